//! Summary of an ensemble.

use tatabox_dataset::PreparedDataset;

use crate::bundle::{Ensemble, EnsembleSummary, MeanMetrics};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::predict::Predictor;

impl Ensemble {
    /// Summary of an ensemble created by `command`, with the mean prediction scored on the validation genes of a data
    /// set if one is given.
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
