//! Content of a model folder: one network or an ensemble.

use std::path::Path;
use std::slice;

use burn::tensor::Device;

use super::ensemble::Ensemble;
use super::ensemble_record::ENSEMBLE;
use super::files::ModelFiles;
use super::run_record::RunRecord;
use super::trained_model::TrainedModel;
use crate::error::ModelError;

/// Loaded model: a single network or an ensemble.
///
/// # Examples
/// ```
/// use tatabox_model::{DeviceChoice, LoadedModel, ModelError};
///
/// let device = DeviceChoice::Cpu.select()?;
/// let empty = tempfile::tempdir()?;
/// let error = LoadedModel::load(empty.path(), &device.device).expect_err("an empty folder");
/// assert!(matches!(error, ModelError::NotAModel { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub enum LoadedModel {
    /// Single network.
    Network(Box<TrainedModel>),
    /// Ensemble, whose members are averaged.
    Ensemble(Box<Ensemble>),
}

impl LoadedModel {
    /// Loads the model in folder `path`.
    ///
    /// # Errors
    /// Errors of [`TrainedModel::load`] and [`Ensemble::load`].
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        Self::load_files(&ModelFiles::folder(path), device)
    }

    /// Loads a model from a folder or from files embedded in the program.
    ///
    /// # Errors
    /// Errors of [`LoadedModel::load`].
    pub fn load_files(files: &ModelFiles, device: &Device) -> Result<Self, ModelError> {
        if files.contains(ENSEMBLE) {
            return Ok(Ensemble::load_files(files, device)?.into());
        }
        Ok(TrainedModel::load_files(files, device)?.into())
    }

    /// Networks of the model, at least one.
    pub fn members(&self) -> &[TrainedModel] {
        match self {
            Self::Network(model) => slice::from_ref(model),
            Self::Ensemble(ensemble) => &ensemble.members,
        }
    }

    /// Names of the outputs of all members: those of the first, then further ones.
    pub fn outputs(&self) -> Vec<String> {
        let mut outputs: Vec<String> = Vec::new();
        for name in self.members().iter().flat_map(|member| &member.config.cell_types) {
            if !outputs.contains(name) {
                outputs.push(name.clone());
            }
        }
        outputs
    }

    /// Removes members. `kept` has one value per member, and keeps at least one.
    pub(crate) fn retain(&mut self, kept: &[bool]) {
        if let Self::Ensemble(ensemble) = self {
            let mut kept = kept.iter();
            ensemble.members.retain(|_| kept.next().copied().unwrap_or(true));
        }
    }

    /// The single network, or the first member.
    pub fn first(&self) -> &TrainedModel {
        &self.members()[0]
    }

    /// The ensemble; `None` for a single network.
    pub fn ensemble(&self) -> Option<&Ensemble> {
        match self {
            Self::Network(_) => None,
            Self::Ensemble(ensemble) => Some(ensemble),
        }
    }

    /// Outputs whose variant effects are reported unless others are requested; empty for expression.
    pub fn effect_outputs(&self) -> &[String] {
        self.ensemble().map_or(&[], |ensemble| &ensemble.summary.record.effect_outputs)
    }

    /// Run record of the network or of the ensemble.
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
