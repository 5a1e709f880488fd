//! Trained model that a training run begins from.

use std::path::{Path, PathBuf};

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{
    Architecture, AuxiliaryInputs, RunRecord, TrainedModel, TrainingConfig, TrainingOverlap, TransferConfig,
    TransferRecord, cpu, first_member,
};

use super::FrozenEpochs;
use crate::error::{Context, Error, Result};
use crate::evaluate::held_out_warning;
use crate::model_store::model_name;
use crate::observer::Observer;
use crate::remedy::Remedy;

/// Model whose weights are trained on for other cell types.
pub(super) struct TransferSource {
    name: String,
    /// Folder of the model; for an ensemble, of its first member.
    directory: PathBuf,
    config: TrainingConfig,
    record: RunRecord,
    training_overlap: Option<TrainingOverlap>,
}

impl TransferSource {
    /// Reads the model, of an ensemble the first member, and warns where it was trained on held-out genes of `dataset`.
    pub(super) fn open(directory: &Path, dataset: &PreparedDataset, observer: &dyn Observer) -> Result<Self> {
        let member = first_member(directory);
        if let Some(member) = &member {
            let (ensemble, member) = (directory.display(), member.display());
            observer.note(&format!("{ensemble} is an ensemble; training begins from {member}"));
        }
        let name = model_name(directory);
        let directory = member.as_deref().unwrap_or(directory);
        let model = TrainedModel::load(directory, &cpu())
            .with_context(|| format!("cannot begin from model {}", directory.display()))?;
        let source = Self {
            name,
            directory: directory.to_owned(),
            training_overlap: model.record.training_overlap(dataset),
            config: model.config,
            record: model.record,
        };
        if let Some(warning) = source.warning(dataset) {
            observer.warn(&warning);
        }
        Ok(source)
    }

    /// Name of the model's folder.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Folder of the model; for an ensemble, of its first member.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Layers of its network.
    pub(super) fn architecture(&self) -> Architecture {
        self.config.network.architecture
    }

    /// Bases that it reads, which the windows of `dataset` must hold.
    pub(super) fn extent_in(&self, dataset: &PreparedDataset) -> Result<Extent> {
        let (extent, windows) = (self.config.data.extent, Extent::of_window(dataset.geometry()));
        if windows.covers(extent) {
            return Ok(extent);
        }
        let message = format!(
            "model {} reads {extent} around the TSS, and the windows of data set {} hold {windows}",
            self.name(),
            dataset.name()
        );
        let remedy = Remedy::PrepareWindows { upstream_bp: extent.upstream_bp, downstream_bp: extent.downstream_bp };
        Err(Error::input_with(remedy, message))
    }

    /// `config`, which has random initial weights, with the network and weights of this model. Auxiliary inputs must be those
    /// of the model; gene features may be new.
    ///
    /// # Errors
    /// The auxiliary inputs differ.
    pub(super) fn transfer(
        &self,
        mut config: TrainingConfig,
        frozen: FrozenEpochs,
        learning_rate: Option<f64>,
    ) -> Result<TrainingConfig> {
        let inputs = AuxiliaryInputs::for_transfer(self.config.auxiliary_inputs(), config.inputs.take())
            .with_context(|| format!("cannot begin from model {}", self.name()))
            .map_err(|error| error.with_remedy(Remedy::MatchAuxiliaryInputs))?;
        let heads = config.output_groups().into_iter().map(|group| group.len()).collect();
        config.network = self.config.network.clone().with_heads(heads);
        let has_new_features = inputs.as_ref().is_some_and(|inputs| inputs.gene_features.is_some())
            && self.config.auxiliary_inputs().gene_features.is_none();
        if has_new_features {
            config.network.head_hidden += TransferConfig::UNITS_FOR_NEW_FEATURES;
        }
        let weights_sha256 = self.record.weights_sha256.clone();
        config.transfer = Some(frozen.config(self.directory.clone(), weights_sha256, config.epochs));
        config.learning_rate = learning_rate.unwrap_or(TransferConfig::DEFAULT_LEARNING_RATE);
        Ok(config.with_auxiliary_inputs(inputs))
    }

    /// Entry on this model in the record of the run.
    pub(super) fn record(&self) -> TransferRecord {
        TransferRecord {
            from: self.directory.display().to_string(),
            held_out_genes_seen: self.training_overlap,
            source: self.record.clone(),
        }
    }

    /// Warning that scores on held-out genes are, or may be, too high.
    fn warning(&self, dataset: &PreparedDataset) -> Option<String> {
        held_out_warning(self.name(), self.training_overlap, &self.config.data.name, dataset.name())
    }
}
