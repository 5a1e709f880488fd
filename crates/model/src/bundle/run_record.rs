//! Record of a run.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, SplitSummary};

use super::training_overlap::TransferRecord;

/// What was used, for whoever wants to repeat the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of tatabox.
    pub tatabox_version: String,
    /// Version of the tensor library.
    pub burn_version: String,
    /// The command as typed.
    pub command: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// The device, and why it was taken.
    pub device: String,
    /// Threads of the CPU backend.
    pub threads: usize,
    /// Operating system and processor architecture.
    pub platform: String,
    /// SHA-256 of the data set's dataset.json.
    pub dataset_checksum: String,
    /// The files the data set was made from.
    pub dataset_inputs: Vec<InputFile>,
    /// How its genes were split; runs made before this was recorded do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitSummary>,
    /// The model that training began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Box<TransferRecord>>,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
    /// When training ended, in seconds since 1970-01-01 UTC.
    pub ended_unix_s: u64,
    /// Seconds spent training, resumed parts included.
    pub elapsed_s: f64,
    /// Times the run was resumed.
    pub resumed: usize,
    /// The file that the weights came from, where they were imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<InputFile>,
}
