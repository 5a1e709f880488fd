//! `tatabox figures`.

use std::path::PathBuf;

use clap::Args;

use crate::args::DrawingArgs;

/// Redraw the figures and the report of an evaluation.
///
/// Reads the tables written by `evaluate` or `crossval`; neither the model nor the data set is required.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox figures models/human/evaluation-test
  tatabox figures crossval/all-human300 --out paper/figures --panel-per-cell-type")]
pub(crate) struct FiguresArgs {
    /// Folder of an evaluation
    #[arg(value_name = "DIR")]
    pub(crate) evaluation: PathBuf,
    /// Output folder [default: the same]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the results of an earlier run in the folder --out; other files in it are kept
    #[arg(long, help_heading = "Output", requires = "out")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) drawing: DrawingArgs,
}
