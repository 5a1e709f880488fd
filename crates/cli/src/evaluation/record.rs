//! What was evaluated, on what and how: `evaluation.json`.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, PreparedDataset, Split};
use tatabox_model::RunRecord;

use super::audit_note::AuditNote;
use crate::run_record;

/// The remark under figures of simulated data.
pub(crate) const SIMULATED_DATA: &str = "Simulated data, not biology.";

/// The remark on predictions of an ensemble.
pub(crate) fn ensemble_remark(members: usize) -> String {
    format!("the model is an ensemble of {members} networks; predictions and attention are their mean")
}

/// The record of an evaluation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EvaluationRecord {
    pub(crate) tatabox_version: String,
    /// The command as typed.
    pub(crate) command: Vec<String>,
    /// The model that the others are compared with.
    pub(crate) reference: String,
    /// The splits that were scored.
    pub(crate) splits: Vec<Split>,
    /// A remark under each figure.
    pub(crate) note: Option<String>,
    /// How the model was trained, where one was evaluated.
    pub(crate) training: Option<RunRecord>,
    /// What the model reads beside the bases, in words; absent where that is nothing, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside_the_bases: Option<String>,
    /// The data, where they are known.
    pub(crate) dataset: Option<DatasetSource>,
    /// What was left out and what was chosen.
    pub(crate) remarks: Vec<String>,
    /// What the leak audit found, where there was one.
    pub(crate) audit: Option<AuditNote>,
}

/// Where measurements and sequence come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DatasetSource {
    pub(crate) name: String,
    /// SHA-256 of dataset.json.
    pub(crate) checksum: String,
    pub(crate) genes: usize,
    pub(crate) inputs: Vec<InputFile>,
    pub(crate) simulated: bool,
}

impl EvaluationRecord {
    /// The record of the command that runs now.
    pub(crate) fn new(reference: String, splits: Vec<Split>) -> Self {
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: run_record::command(),
            reference,
            splits,
            note: None,
            training: None,
            beside_the_bases: None,
            dataset: None,
            remarks: Vec::new(),
            audit: None,
        }
    }
}

impl DatasetSource {
    pub(crate) fn of(dataset: &PreparedDataset) -> Self {
        Self {
            name: dataset.name().to_owned(),
            checksum: dataset.checksum().to_owned(),
            genes: dataset.len(),
            inputs: dataset.manifest().inputs.clone(),
            simulated: crate::resolve::dataset::is_simulated(dataset),
        }
    }
}
