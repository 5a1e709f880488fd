//! Record of a training run.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, SplitSummary};

use super::training_overlap::TransferRecord;

/// Provenance of a model, stored in run.json: everything needed to repeat the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of tatabox.
    pub tatabox_version: String,
    /// Version of burn, the tensor library.
    pub burn_version: String,
    /// Command line as typed.
    pub command: Vec<String>,
    /// Training seed.
    pub seed: u64,
    /// Device, and the reason for its selection.
    pub device: String,
    /// Threads of the CPU backend.
    pub threads: usize,
    /// Operating system and processor architecture.
    pub platform: String,
    /// SHA-256 of the dataset.json of the data set.
    pub dataset_checksum: String,
    /// Identifier of the genes and their splits where it differs from `dataset_checksum`: the data set whose measurements an
    /// expression table replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_checksum: Option<String>,
    /// Source files of the data set.
    pub dataset_inputs: Vec<InputFile>,
    /// Split of the genes; absent in records of early versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitSummary>,
    /// Source model of a transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Box<TransferRecord>>,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
    /// End of training, in seconds since 1970-01-01 UTC.
    pub ended_unix_s: u64,
    /// Training time in seconds, including resumed parts.
    pub elapsed_s: f64,
    /// Number of times the run was resumed.
    pub resumed: usize,
    /// File that the weights were imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<InputFile>,
}
