//! `tatabox ensemble`.

use std::path::PathBuf;

use clap::Args;
use tatabox_model::DeviceChoice;

/// Make one model of several that are trained already.
///
/// The ensemble predicts the mean over its members of log2(TPM + 1), and how far they lie apart. Its members are copies:
/// networks of any architecture and from any data set, as long as they predict the same cell types from the same bases
/// around the TSS; of an ensemble, its members. `tatabox train --ensemble` trains the members as well.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox ensemble -o models/both models/first models/second --data data/human
  tatabox ensemble -o models/folds crossval/all-human300/fold*
  tatabox predict --model models/folds --fasta promoters.fa

FILES
  ensemble.json          the members in their order, by seed and checksum
  members/1, members/2.. each as a single model lies in its folder
  metrics.json           validation scores of the mean and of each member
  run.json               how the ensemble came about

The folds of a cross-validation have together been trained on every gene:
such an ensemble can be scored on new genes alone.")]
pub(crate) struct EnsembleArgs {
    /// Folders of trained models, two or more
    #[arg(value_name = "MODEL", required = true, num_args = 2..)]
    pub(crate) models: Vec<PathBuf>,
    /// Score the mean on the validation genes of the data set that all members were trained on
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,
    /// Where to compute the score: auto, cpu or cuda:N
    #[arg(long, help_heading = "Data", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,

    /// Folder to write
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// Replace a model that lies there
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
    /// Print the summary as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
