//! The models that are compared for one cell type and one share of its genes.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tatabox_dataset::PredictionRow;
use tatabox_model::{
    GeneSelection, NetworkConfig, Predictor, RunDirectory, TrainedModel, TrainingConfig, TransferConfig, TransferRecord,
};

use super::{Trial, percentage};
use crate::run_record;
use tatabox::evaluate::predict_split;
use tatabox::train::{TrainingRun, folder_name as plain, validated};

/// The model that the others are compared with.
pub(super) const TRANSFER: &str = "transfer";
const FROM_SCRATCH: &str = "from-scratch";
const MEAN_OF_OTHERS: &str = "mean-of-other-cell-types";

/// Trains and predicts for one share of the genes.
pub(super) struct Arms<'a> {
    pub(super) trial: &'a Trial<'a>,
    pub(super) models: &'a Path,
    pub(super) command: &'a [String],
    /// Share of the train genes that a cell type is learned from.
    pub(super) share: f64,
}

impl Arms<'_> {
    /// Checks the settings, so that what cannot be meant is told before the work.
    pub(super) fn check(&self, cell_type: &str) -> Result<()> {
        self.configs(cell_type, Path::new(""), "").map(drop)
    }

    /// Predictions of `cell_type` by the transfer, by a network from scratch and by the control.
    pub(super) fn predict(&self, cell_type: &str) -> Result<Vec<PredictionRow>> {
        let Trial { args, options, dataset, setup, device, console } = self.trial;
        let line = plain(cell_type);
        let others: Vec<String> = setup.cell_types.iter().filter(|&name| name != cell_type).cloned().collect();
        let source_config = of_cell_types(&setup.config(options, dataset)?, others);
        let source_path = self.train(&source_config, &format!("{line}-left-out"), None)?;
        let source = Predictor::new(TrainedModel::load(&source_path, &device.device)?, device);

        let record = &source.model().record;
        let [transfer, scratch] = self.configs(cell_type, &source_path, &record.weights_sha256)?;
        let transferred_from = TransferRecord {
            from: source_path.display().to_string(),
            held_out_genes_seen: record.seen_genes(dataset),
            source: record.clone(),
        };

        let percentage = percentage(self.share);
        let mut rows = Vec::new();
        for (model, config, from) in [(TRANSFER, transfer, Some(transferred_from)), (FROM_SCRATCH, scratch, None)] {
            let path = self.train(&config, &format!("{line}-{percentage}-{model}"), from)?;
            let predictor = Predictor::new(TrainedModel::load(&path, &device.device)?, device);
            let label = format!("predicting {cell_type}");
            rows.extend(predict_split(&predictor, dataset, args.split, model, label, *console)?.rows);
        }
        rows.extend(self.mean_of_others(cell_type, &source)?);
        Ok(rows)
    }

    /// The runs of a transfer from the model in folder `from` and of a network from scratch, of equal length.
    fn configs(&self, cell_type: &str, from: &Path, weights_sha256: &str) -> Result<[TrainingConfig; 2]> {
        let Trial { args, options, dataset, setup, .. } = self.trial;
        let mut scratch = of_cell_types(&setup.config(options, dataset)?, vec![cell_type.to_owned()]);
        scratch.genes_fraction = Some(self.share);
        // A step takes as many genes as before, so that fewer genes make shorter epochs.
        let longer = |epochs: usize| (epochs as f64 / self.share.sqrt()).round() as usize;
        scratch.epochs = longer(scratch.epochs);
        scratch.patience = longer(scratch.patience);
        let mut transfer = scratch.clone();
        let mut frozen = args.frozen.epochs().config(from.to_owned(), weights_sha256.to_owned());
        frozen.frozen_epochs = longer(frozen.frozen_epochs);
        transfer.transfer = Some(frozen);
        transfer.learning_rate = args.transfer_learning_rate.unwrap_or(TransferConfig::DEFAULT_LEARNING_RATE);
        Ok([validated(transfer)?, validated(scratch)?])
    }

    /// The folder of the trained network, which is trained as far as that is not done yet.
    fn train(&self, config: &TrainingConfig, name: &str, from: Option<TransferRecord>) -> Result<PathBuf> {
        let Trial { dataset, device, console, .. } = self.trial;
        let run = RunDirectory::new(self.models, name);
        let standing = run.standing(config)?;
        console.note(format!("network: {name}"));
        let training =
            TrainingRun { dataset, device, command: self.command, stop_after_epoch: None, observer: *console };
        training.complete(config, &run, standing, from).map_err(run_record::resumed_by_repetition)?;
        Ok(run.path().to_owned())
    }

    /// The mean over the cell types that the source knows, as a prediction of one that it does not.
    fn mean_of_others(&self, cell_type: &str, source: &Predictor) -> Result<Vec<PredictionRow>> {
        let Trial { args, dataset, .. } = self.trial;
        let column = dataset.cell_type_index(cell_type)?;
        let genes = GeneSelection::of_split(dataset, args.split, source.extent(), source.needs()).genes;
        let predicted = source.predict_genes(dataset, &genes, MEAN_OF_OTHERS, &mut |_, _| {})?;
        let rows = genes.iter().zip(&predicted.windows).filter_map(|(&gene, window)| {
            let measured = f64::from(dataset.log2_tpm(gene, column));
            let entry = &dataset.genes()[gene];
            measured.is_finite().then(|| PredictionRow {
                gene_id: entry.gene_id.clone(),
                gene_name: entry.gene_name.clone(),
                cell_type: cell_type.to_owned(),
                split: args.split,
                measured,
                predicted: window.log2_tpm.iter().sum::<f64>() / window.log2_tpm.len() as f64,
                model: MEAN_OF_OTHERS.to_owned(),
            })
        });
        Ok(rows.collect())
    }
}

/// The same run with other outputs.
fn of_cell_types(config: &TrainingConfig, cell_types: Vec<String>) -> TrainingConfig {
    let mut config = config.clone();
    config.network = NetworkConfig { outputs: cell_types.len(), ..config.network };
    config.cell_types = cell_types;
    config
}
