//! Summary of an ensemble.

use tatabox_dataset::PreparedDataset;

use crate::bundle::{Ensemble, EnsembleSummary, MeanMetrics};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::predict::Predictor;

impl Ensemble {
    /// What is to be written of an ensemble that `command` made, its mean scored on the validation genes of a data set
    /// where there is one.
    pub(crate) fn summarize(
        self,
        command: Vec<String>,
        validation: Option<&PreparedDataset>,
        device: &SelectedDevice,
    ) -> Result<EnsembleSummary, ModelError> {
        let mut summary = self.summary.clone();
        summary.run.command = command;
        if let Some(dataset) = validation {
            summary.metrics.mean = Some(MeanMetrics::of(&Predictor::new(self, device), dataset)?);
        }
        Ok(summary)
    }
}
