//! Model, data and settings of an evaluation: `evaluation.json`.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, PreparedDataset, Split};
use tatabox_model::RunRecord;

use crate::audit::AuditSummary;

/// Remark under figures of simulated data.
pub(crate) const SIMULATED_DATA: &str = "Simulated data, not biology.";

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

/// Origin of measurements and sequence: name and checksum of a data set, and the files it was prepared from.
///
/// ```
/// use tatabox::evaluate::DatasetSource;
///
/// let source = DatasetSource {
///     name: "human".to_owned(),
///     checksum: String::new(),
///     genes: 13_145,
///     inputs: Vec::new(),
///     simulated: false,
/// };
/// assert!(!source.simulated);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatasetSource {
    /// Name of the data set.
    pub name: String,
    /// SHA-256 of dataset.json.
    pub checksum: String,
    /// Number of genes.
    pub genes: usize,
    /// Files that the data set was prepared from.
    pub inputs: Vec<InputFile>,
    /// Whether the data are simulated.
    pub simulated: bool,
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

impl DatasetSource {
    /// Origin of a data set.
    pub fn of_dataset(dataset: &PreparedDataset) -> Self {
        Self {
            name: dataset.name().to_owned(),
            checksum: dataset.checksum().to_owned(),
            genes: dataset.len(),
            inputs: dataset.manifest().inputs.clone(),
            simulated: dataset.manifest().simulated.is_some(),
        }
    }
}
