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
  tatabox verify models/k562 --write --data data/human

EFFECT BACKGROUND
  --write --data computes effect_background.json where there is none: quantiles, mean
  and standard deviation of the effects of 20,000 random SNVs in promoters of the
  train genes, by cell type and distance to the TSS, in seconds to minutes. With it,
  `tatabox variants` reports percentile and z. It is recomputed with --data, and
  refused if it belongs to other weights, outputs or training data than the model's.

TOLERANCES
  predictions  1e-5 log2(TPM + 1)
  background   2e-5 log2(TPM + 1); numbers of SNVs and promoters are equal
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

    /// Record the current checksums of the files, predictions where there are none, and with --data the effect
    /// background, and report the changes
    #[arg(long, help_heading = "Output")]
    pub(crate) write: bool,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
