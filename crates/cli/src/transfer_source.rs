//! The trained model that a training run begins from.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{
    Architecture, AuxiliaryInputs, NetworkConfig, RunRecord, TrainingOverlap, TrainedModel, TrainingConfig, TransferConfig,
    TransferRecord, cpu, first_member,
};

use crate::args::FrozenArgs;
use crate::terminal::console::Console;
use tatabox::model_name as name_of;

/// A model to be taken over to other cell types.
pub(crate) struct TransferSource {
    name: String,
    /// Of an ensemble the folder of its first member.
    directory: PathBuf,
    config: TrainingConfig,
    record: RunRecord,
    seen: Option<TrainingOverlap>,
}

impl TransferSource {
    /// Reads the model, of an ensemble the first member, and warns where it has seen what `dataset` holds out.
    pub(crate) fn open(directory: &Path, dataset: &PreparedDataset, console: &Console) -> Result<Self> {
        let member = first_member(directory);
        if let Some(member) = &member {
            console.note(format!("{} is an ensemble; training begins from {}", directory.display(), member.display()));
        }
        let name = name_of(directory);
        let directory = member.as_deref().unwrap_or(directory);
        let model = TrainedModel::load(directory, &cpu())
            .with_context(|| format!("cannot begin from model {}", directory.display()))?;
        let source = Self {
            name,
            directory: directory.to_owned(),
            seen: model.record.training_overlap(dataset),
            config: model.config,
            record: model.record,
        };
        if let Some(warning) = source.warning(dataset) {
            console.warn(warning);
        }
        Ok(source)
    }

    /// Name of the model's folder.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its parts.
    pub(crate) fn architecture(&self) -> Architecture {
        self.config.network.architecture
    }

    /// The bases it reads, which the windows of `dataset` must hold.
    pub(crate) fn extent_in(&self, dataset: &PreparedDataset) -> Result<Extent> {
        let (extent, windows) = (self.config.data.extent, Extent::of_window(dataset.geometry()));
        anyhow::ensure!(
            windows.covers(extent),
            "model {} reads {extent} around the TSS, the windows of {} hold {windows}; prepare the data with \
             --upstream {} --downstream {} or more",
            self.name(),
            dataset.name(),
            extent.upstream_bp,
            extent.downstream_bp
        );
        Ok(extent)
    }

    /// `config`, of a network drawn anew, as one that begins from this model. It reads what the model reads; features of genes
    /// may be new.
    ///
    /// # Errors
    /// Where what is read beside the bases does not go together.
    pub(crate) fn transfer(
        &self,
        mut config: TrainingConfig,
        frozen: &FrozenArgs,
        learning_rate: Option<f64>,
    ) -> Result<TrainingConfig> {
        let inputs = AuxiliaryInputs::for_transfer(self.config.inputs(), config.inputs.take())
            .context("give --gene-features and --tracks as the model to begin from was trained")?;
        config.network = NetworkConfig { outputs: config.cell_types.len(), ..self.config.network.clone() };
        config.transfer = Some(frozen.config(self.directory.clone(), self.record.weights_sha256.clone()));
        config.learning_rate = learning_rate.unwrap_or(TransferConfig::DEFAULT_LEARNING_RATE);
        Ok(config.with_auxiliary_inputs(inputs))
    }

    /// What the record of the run says of this model.
    pub(crate) fn record(&self) -> TransferRecord {
        TransferRecord {
            from: self.directory.display().to_string(),
            held_out_genes_seen: self.seen,
            source: self.record.clone(),
        }
    }

    /// What to know before a score on held-out genes is believed.
    fn warning(&self, dataset: &PreparedDataset) -> Option<String> {
        let (name, data) = (self.name(), dataset.name());
        match self.seen {
            Some(TrainingOverlap { validation: 0, test: 0 }) => None,
            Some(TrainingOverlap { validation, test }) => Some(format!(
                "model {name} has LEARNED FROM {validation} validation and {test} test genes of {data}, whose split is \
                 another: scores on them are too high; prepare the data with the split of {}, or train a model on {data}",
                self.config.data.name
            )),
            None => Some(format!(
                "model {name} was trained on another data set ({}) and its record does not tell on which chromosomes: \
                 it may have LEARNED FROM genes that {data} holds out, and scores on them may be too high",
                self.config.data.name
            )),
        }
    }
}
