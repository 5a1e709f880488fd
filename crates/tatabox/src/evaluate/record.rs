//! Model, data and settings of an evaluation: `evaluation.json`.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Split;
use tatabox_model::RunRecord;

use crate::audit::AuditSummary;
use crate::inputs::DatasetSource;

/// Remark on predictions of an ensemble.
pub(crate) fn ensemble_remark(members: usize) -> String {
    format!("the model is an ensemble of {members} networks; predictions and attention are their mean")
}

/// Record of an evaluation: model, data, settings and remarks.
///
/// # Examples
///
/// ```
/// use tatabox::evaluate::EvaluationRecord;
/// use tatabox_dataset::Split;
///
/// let record = EvaluationRecord::new("k562".to_owned(), vec![Split::Test], Vec::new());
/// assert!(record.remarks.is_empty() && record.dataset.is_none());
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EvaluationRecord {
    /// Version of tatabox.
    pub tatabox_version: String,
    /// The command as typed; empty where there was none.
    pub command: Vec<String>,
    /// Name of the model that the others are compared with.
    pub reference: String,
    /// Splits that were scored.
    pub splits: Vec<Split>,
    /// Remark under each figure.
    pub note: Option<String>,
    /// How the model was trained, where a model was evaluated.
    pub training: Option<RunRecord>,
    /// Auxiliary inputs of the model, as a text; `None` where it has none, or where they are unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auxiliary_inputs: Option<String>,
    /// The data set, where it is known.
    pub dataset: Option<DatasetSource>,
    /// Excluded genes, and settings that comparators chose.
    pub remarks: Vec<String>,
    /// Findings of the leak audit, where there was one.
    pub audit: Option<AuditSummary>,
}

impl EvaluationRecord {
    /// Record without model, data and remarks.
    pub fn new(reference: String, splits: Vec<Split>, command: Vec<String>) -> Self {
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            reference,
            splits,
            note: None,
            training: None,
            auxiliary_inputs: None,
            dataset: None,
            remarks: Vec::new(),
            audit: None,
        }
    }
}
