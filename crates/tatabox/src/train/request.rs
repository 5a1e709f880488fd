//! Request to train a model.

use std::path::PathBuf;

use tatabox_model::Start;

use super::{TrainingOptions, TransferOptions, check_model_name};
use crate::error::Result;

/// Request to train a network or an ensemble on a data set.
///
/// # Examples
///
/// ```
/// use tatabox::train::TrainRequest;
///
/// let mut request = TrainRequest::new("models");
/// request.name = Some("k562-short".to_owned());
/// request.members = Some(5);
/// request.validate()?;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrainRequest {
    /// Network, training and data.
    pub options: TrainingOptions,
    /// Networks of an ensemble; `None` for a single network.
    pub members: Option<usize>,
    /// Fraction of the train genes to learn from, above 0 to 1; the genes of a smaller one are among those of a larger one.
    pub genes_fraction: Option<f64>,
    /// Trained model to begin from.
    pub transfer: Option<TransferOptions>,
    /// Name of the model; `None` for cell types and data set, such as `k562-human300`.
    pub name: Option<String>,
    /// Folder in which the folder of the model is written.
    pub models_dir: PathBuf,
    /// Whether to start, to replace a finished model, or to resume.
    pub start: Start,
    /// Epoch after which the run is cancelled, for tests.
    pub stop_after_epoch: Option<usize>,
    /// Command as typed, for the run record.
    pub command: Vec<String>,
}

impl TrainRequest {
    /// A new network with default options, in a folder below `models_dir`.
    pub fn new(models_dir: impl Into<PathBuf>) -> Self {
        Self {
            options: TrainingOptions::default(),
            members: None,
            genes_fraction: None,
            transfer: None,
            name: None,
            models_dir: models_dir.into(),
            start: Start::New,
            stop_after_epoch: None,
            command: Vec::new(),
        }
    }

    /// Checks the request without a data set.
    ///
    /// # Errors
    /// A value is outside its range.
    pub fn validate(&self) -> Result<()> {
        if let Some(name) = &self.name {
            check_model_name("name", name)?;
        }
        self.options.validate()
    }
}
