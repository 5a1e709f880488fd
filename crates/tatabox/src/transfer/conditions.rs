//! Models that are compared for one cell type and one fraction of its genes.

use std::path::{Path, PathBuf};

use tatabox_dataset::{PredictionRow, PreparedDataset};
use tatabox_model::{
    GeneSelection, ModelError, NetworkConfig, Predictor, RunDirectory, SelectedDevice, TrainedModel, TrainingConfig,
    TransferConfig, TransferRecord,
};

use super::TransferBenchmarkRequest;
use super::folder::percentage;
use crate::error::{Error, Result};
use crate::evaluate::predict_split;
use crate::observer::Observer;
use crate::remedy::Remedy;
use crate::train::{TrainingRun, TrainingSetup, distinct_folder_names, validated};

/// Name of the model that the others are compared with.
pub(super) const TRANSFER: &str = "transfer";
pub(super) const FROM_SCRATCH: &str = "from-scratch";
/// End of the name of a network that was trained without the held-out cell type.
pub(super) const HELD_OUT: &str = "held-out";
const MEAN_OF_OTHERS: &str = "mean-of-other-cell-types";

/// Training and prediction for one fraction of the genes.
pub(super) struct Conditions<'a> {
    pub(super) dataset: &'a PreparedDataset,
    pub(super) request: &'a TransferBenchmarkRequest,
    pub(super) setup: &'a TrainingSetup,
    pub(super) device: &'a SelectedDevice,
    /// Folder of the networks.
    pub(super) models: &'a Path,
    /// Fraction of the train genes from which a cell type is learned.
    pub(super) genes_fraction: f64,
    pub(super) observer: &'a dyn Observer,
}

impl Conditions<'_> {
    /// Checks the settings before any network is trained.
    pub(super) fn check(&self, cell_type: &str) -> Result<()> {
        self.configs(cell_type, Path::new(""), "").map(drop)
    }

    /// Predictions of `cell_type` by the transferred network, by a network from scratch and by the control.
    pub(super) fn predict(&self, cell_type: &str) -> Result<Vec<PredictionRow>> {
        let Self { dataset, request, setup, device, observer, .. } = *self;
        let names = setup.cell_types.iter().zip(distinct_folder_names(&setup.cell_types));
        let name = names.into_iter().find_map(|(other, name)| (other == cell_type).then_some(name)).unwrap_or_default();
        let others: Vec<String> = setup.cell_types.iter().filter(|&other| other != cell_type).cloned().collect();
        let source_config = of_cell_types(&setup.config(&request.options, dataset)?, others);
        let source_path = self.train(&source_config, &format!("{name}-{HELD_OUT}"), None)?;
        let source = Predictor::new(TrainedModel::load(&source_path, &device.device)?, device);

        let record = &source.model().record;
        let [transfer, scratch] = self.configs(cell_type, &source_path, &record.weights_sha256)?;
        let transferred_from = TransferRecord {
            from: source_path.display().to_string(),
            held_out_genes_seen: record.training_overlap(dataset),
            source: record.clone(),
        };

        let percentage = percentage(self.genes_fraction);
        let mut rows = Vec::new();
        for (model, config, from) in [(TRANSFER, transfer, Some(transferred_from)), (FROM_SCRATCH, scratch, None)] {
            let path = self.train(&config, &format!("{name}-{percentage}-{model}"), from)?;
            let predictor = Predictor::new(TrainedModel::load(&path, &device.device)?, device);
            let label = format!("predicting {cell_type}");
            rows.extend(predict_split(&predictor, dataset, request.split, model, label, observer)?.rows);
        }
        rows.extend(self.mean_of_others(cell_type, &source)?);
        Ok(rows)
    }

    /// Configurations of a transfer from the model in folder `from` and of a network from scratch, with equal epochs.
    fn configs(&self, cell_type: &str, from: &Path, weights_sha256: &str) -> Result<[TrainingConfig; 2]> {
        let request = self.request;
        let mut scratch =
            of_cell_types(&self.setup.config(&request.options, self.dataset)?, vec![cell_type.to_owned()]);
        scratch.genes_fraction = Some(self.genes_fraction);
        // The batch size stays the same, so that fewer genes make shorter epochs.
        let mut frozen = request.frozen.config(from.to_owned(), weights_sha256.to_owned(), scratch.epochs);
        let lengthened = |epochs: usize| (epochs as f64 / self.genes_fraction.sqrt()).round() as usize;
        scratch.epochs = lengthened(scratch.epochs);
        scratch.patience = lengthened(scratch.patience);
        let mut transfer = scratch.clone();
        frozen.frozen_epochs = lengthened(frozen.frozen_epochs);
        transfer.transfer = Some(frozen);
        transfer.learning_rate = request.transfer_learning_rate.unwrap_or(TransferConfig::DEFAULT_LEARNING_RATE);
        Ok([validated(transfer)?, validated(scratch)?])
    }

    /// Trains the missing part of a network, and returns its folder.
    fn train(&self, config: &TrainingConfig, name: &str, from: Option<TransferRecord>) -> Result<PathBuf> {
        let Self { dataset, request, device, observer, .. } = *self;
        let run = RunDirectory::new(self.models, name);
        let status = run.status(config)?;
        observer.note(&format!("network: {name}"));
        let training = TrainingRun { dataset, device, command: &request.command, stop_after_epoch: None, observer };
        training.complete(config, &run, status, from).map_err(|error| match error {
            // The benchmark discards nothing by itself.
            Error::Model(ModelError::DamagedCheckpoint { .. }) => error.with_remedy(Remedy::ChooseOutputOrReplace),
            error => error,
        })?;
        Ok(run.path().to_owned())
    }

    /// Mean over the source's cell types as a prediction of another one, which needs no measurement of it.
    fn mean_of_others(&self, cell_type: &str, source: &Predictor) -> Result<Vec<PredictionRow>> {
        let Self { dataset, request, .. } = *self;
        let column = dataset.cell_type_index(cell_type)?;
        let genes = GeneSelection::of_split(dataset, request.split, source.extent(), source.auxiliary_inputs()).genes;
        let predicted = source.predict_genes(dataset, &genes, MEAN_OF_OTHERS, &mut |_, _| {})?;
        let rows = genes.iter().zip(&predicted.windows).filter_map(|(&gene, window)| {
            let measured = f64::from(dataset.log2_tpm(gene, column));
            let entry = &dataset.genes()[gene];
            measured.is_finite().then(|| PredictionRow {
                gene_id: entry.gene_id.clone(),
                gene_name: entry.gene_name.clone(),
                cell_type: cell_type.to_owned(),
                split: request.split,
                measured,
                predicted: window.log2_tpm.iter().sum::<f64>() / window.log2_tpm.len() as f64,
                model: MEAN_OF_OTHERS.to_owned(),
            })
        });
        Ok(rows.collect())
    }
}

/// The configuration with other cell types.
fn of_cell_types(config: &TrainingConfig, cell_types: Vec<String>) -> TrainingConfig {
    let mut config = config.clone();
    config.network = NetworkConfig { outputs: cell_types.len(), ..config.network };
    config.cell_types = cell_types;
    config
}
