//! Descriptions of trained models: configuration, scores and the run that trained them.

use std::path::Path;

use serde::Serialize;
use tatabox_model::{EnsembleMetrics, EnsembleRecord, RunRecord, TrainedModel, TrainingConfig, ValidationMetrics};

use crate::model_store::Model;

/// Configuration, scores and run record of a single network.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::info::NetworkDescription;
///
/// let model = Model::bundled()?;
/// let network = NetworkDescription::of_model(&model);
/// assert!(network.directory.is_none() && !network.config.data.simulated);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct NetworkDescription<'a> {
    /// Folder; `None` for the bundled model.
    pub directory: Option<&'a Path>,
    /// Configuration of the training.
    pub config: &'a TrainingConfig,
    /// Scores on validation genes; `None` for imported weights.
    pub metrics: Option<&'a ValidationMetrics>,
    /// Record of the run.
    pub run: &'a RunRecord,
}

/// Records of an ensemble and configurations of its members.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::info::EnsembleDescription;
///
/// let model = Model::bundled()?;
/// let ensemble = EnsembleDescription::of_model(&model).expect("the bundled model is an ensemble");
/// assert_eq!(ensemble.configs.len(), ensemble.record.members.len());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct EnsembleDescription<'a> {
    /// Folder; `None` for the bundled model.
    pub directory: Option<&'a Path>,
    /// Members with their checksums.
    pub record: &'a EnsembleRecord,
    /// Validation scores of the members and of their mean prediction.
    pub metrics: &'a EnsembleMetrics,
    /// Record of the run.
    pub run: &'a RunRecord,
    /// Configuration of each member.
    pub configs: Vec<&'a TrainingConfig>,
}

impl<'a> NetworkDescription<'a> {
    /// Description of the network of a model; of an ensemble, that of its first member.
    pub fn of_model(model: &'a Model) -> Self {
        let TrainedModel { config, metrics, record, .. } = model.predictor().model();
        Self { directory: model.folder(), config, metrics: metrics.as_ref(), run: record }
    }
}

impl<'a> EnsembleDescription<'a> {
    /// Description of an ensemble; `None` where the model is a single network.
    pub fn of_model(model: &'a Model) -> Option<Self> {
        let ensemble = model.predictor().ensemble()?;
        let summary = &ensemble.summary;
        Some(Self {
            directory: model.folder(),
            record: &summary.record,
            metrics: &summary.metrics,
            run: &summary.run,
            configs: ensemble.members.iter().map(|member| &member.config).collect(),
        })
    }
}
