//! Export of a trained model as one safetensors file.

use serde::{Deserialize, Serialize};
use tatabox_dataset::TargetTransform;

use super::weight_table::WeightTable;
use crate::bundle::{RunRecord, TrainedModel, TrainingConfig, ValidationMetrics};
use crate::error::ModelError;

/// Description of a model in the metadata of a safetensors file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ModelDescription {
    pub config: TrainingConfig,
    pub transform: TargetTransform,
    /// Absent if the model was imported without scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<ValidationMetrics>,
    pub record: RunRecord,
}

impl TrainedModel {
    /// Exports the model as the bytes of a safetensors file.
    ///
    /// The file contains the weights and, under the metadata key `tatabox`, a JSON object with the contents of
    /// config.json, transform.json, metrics.json and run.json. [`ImportedModel`](crate::ImportedModel) reads it.
    ///
    /// # Errors
    /// [`ModelError::Weights`] if a value cannot be represented in the format.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, ModelError> {
        let description = ModelDescription {
            config: self.config.clone(),
            transform: self.transform.clone(),
            metrics: self.metrics.clone(),
            record: self.record.clone(),
        };
        let json = serde_json::to_string(&description)
            .map_err(|error| ModelError::Weights(format!("have metadata that cannot be written as JSON: {error}")))?;
        WeightTable::of(&self.network)?.to_bytes(Some(json))
    }
}
