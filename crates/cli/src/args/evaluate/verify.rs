//! `tatabox verify`.

use std::path::PathBuf;

use clap::Args;
use tatabox_model::DeviceChoice;

/// Check that a model is what it says it is.
///
/// Compares the checksum of every file of the model's folder with those kept in SHA256SUMS, and predicts the sequences of
/// check_predictions.tsv again, which have to come out as they are kept there. With --data the scores of metrics.json and
/// test_metrics.json are computed again from the weights too, on the very data set that the model was trained on. Ends with
/// exit code 1 where anything differs, and names it. Of an ensemble each member is checked as well.
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

WHAT IS NOT CHECKED is said: files without a checksum, rows of other models in
test_metrics.json, the best epoch.")]
pub(crate) struct VerifyArgs {
    /// Folder of a trained model [default: models/human]
    #[arg(value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, help_heading = "Model", default_value_t = DeviceChoice::Cpu)]
    pub(crate) device: DeviceChoice,

    /// The prepared data set that the model was trained on
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,

    /// Keep the checksums of the files as they are now, and the predictions where there are none yet; says what it changes
    #[arg(long, help_heading = "Output", conflicts_with = "data")]
    pub(crate) write: bool,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
