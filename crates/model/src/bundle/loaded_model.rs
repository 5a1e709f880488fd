//! What a model folder holds.

use std::path::Path;
use std::slice;

use burn::tensor::Device;

use super::ensemble::Ensemble;
use super::ensemble_record::ENSEMBLE;
use super::files::ModelFiles;
use super::run_record::RunRecord;
use super::trained_model::TrainedModel;
use crate::error::ModelError;

/// One network, or an ensemble of several.
#[derive(Debug)]
pub enum LoadedModel {
    /// A network of its own.
    Network(Box<TrainedModel>),
    /// Networks that predict together.
    Ensemble(Box<Ensemble>),
}

impl LoadedModel {
    /// Reads the model in folder `path`, whichever kind it is.
    ///
    /// # Errors
    /// As [`TrainedModel::load`] and [`Ensemble::load`].
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        Self::load_files(&ModelFiles::folder(path), device)
    }

    /// Reads a model from a folder or from files embedded in the program.
    ///
    /// # Errors
    /// As [`LoadedModel::load`].
    pub fn load_files(files: &ModelFiles, device: &Device) -> Result<Self, ModelError> {
        if files.contains(ENSEMBLE) {
            return Ok(Ensemble::load_files(files, device)?.into());
        }
        Ok(TrainedModel::load_files(files, device)?.into())
    }

    /// The networks, at least one.
    pub fn members(&self) -> &[TrainedModel] {
        match self {
            Self::Network(model) => slice::from_ref(model),
            Self::Ensemble(ensemble) => &ensemble.members,
        }
    }

    /// The network, or the first of them.
    pub fn first(&self) -> &TrainedModel {
        &self.members()[0]
    }

    /// The ensemble, where it is one.
    pub fn ensemble(&self) -> Option<&Ensemble> {
        match self {
            Self::Network(_) => None,
            Self::Ensemble(ensemble) => Some(ensemble),
        }
    }

    /// The run record, of an ensemble that of the whole.
    pub fn record(&self) -> &RunRecord {
        match self {
            Self::Network(model) => &model.record,
            Self::Ensemble(ensemble) => &ensemble.summary.run,
        }
    }
}

impl From<TrainedModel> for LoadedModel {
    fn from(model: TrainedModel) -> Self {
        Self::Network(Box::new(model))
    }
}

impl From<Ensemble> for LoadedModel {
    fn from(ensemble: Ensemble) -> Self {
        Self::Ensemble(Box::new(ensemble))
    }
}
