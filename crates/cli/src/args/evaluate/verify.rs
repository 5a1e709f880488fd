//! `tatabox verify`.

use std::path::PathBuf;

use clap::Args;
use tatabox_model::DeviceChoice;

/// Verify the files, predictions and scores of a model.
///
/// Compares every file of the model folder with its checksum in SHA256SUMS, and recomputes the predictions recorded in
/// check_predictions.tsv. With --data, also recomputes the scores of metrics.json and test_metrics.json on the data set that
/// the model was trained on. Reports every difference and ends with exit code 1 if there is any, or if a file that the model
/// needs has no checksum or no prediction is recorded. Each member of an ensemble is verified as well.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox verify
  tatabox verify models/human --data data/human
  tatabox verify models/k562 --json
  tatabox verify models/old --write

TOLERANCES
  predictions  1e-5 log2(TPM + 1)
  scores       1e-4, intervals too; numbers of genes are equal
  checksums    none; `sha256sum --check SHA256SUMS` checks them as well

NOT VERIFIED, and reported as such: other files without a checksum, rows of other
models in test_metrics.json, the best epoch.")]
pub(crate) struct VerifyArgs {
    /// Folder of a trained model [default: models/human]
    #[arg(value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Device that computes: auto, cpu or cuda:N
    #[arg(long, help_heading = "Model", default_value_t = DeviceChoice::Cpu)]
    pub(crate) device: DeviceChoice,

    /// Prepared data set that the model was trained on
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,

    /// Record the checksums of the files as they are now, and predictions where there are none, and report the changes
    #[arg(long, help_heading = "Output", conflicts_with = "data")]
    pub(crate) write: bool,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
