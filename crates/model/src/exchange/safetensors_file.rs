//! A trained model as one safetensors file.

use serde::{Deserialize, Serialize};
use tatabox_dataset::TargetTransform;

use super::weight_table::WeightTable;
use crate::bundle::{RunRecord, TrainedModel, TrainingConfig, ValidationMetrics};
use crate::error::ModelError;

/// What a file of weights says of the model they belong to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ModelDescription {
    pub config: TrainingConfig,
    pub transform: TargetTransform,
    /// Absent of a model that was itself imported without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<ValidationMetrics>,
    pub record: RunRecord,
}

impl TrainedModel {
    /// The model as one safetensors file: its weights, and in the metadata, under `tatabox`, a JSON object of
    /// config.json, transform.json, metrics.json and run.json. [`ImportedModel`](crate::ImportedModel) reads it back.
    ///
    /// # Errors
    /// [`ModelError::Weights`] where a name or a number cannot be written.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, ModelError> {
        let description = ModelDescription {
            config: self.config.clone(),
            transform: self.transform.clone(),
            metrics: self.metrics.clone(),
            record: self.record.clone(),
        };
        let json = serde_json::to_string(&description)
            .map_err(|error| ModelError::Weights(format!("cannot be described as JSON: {error}")))?;
        WeightTable::of(&self.network)?.to_bytes(Some(json))
    }
}
