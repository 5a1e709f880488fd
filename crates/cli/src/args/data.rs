//! `tatabox data`.

pub(super) mod audit;
pub(super) mod auxiliary_inputs;
pub(super) mod download;
pub(super) mod expression;
pub(super) mod expression_source;
pub(super) mod half_life;
pub(super) mod measurements;
pub(super) mod prepare;
pub(super) mod simulate;
pub(super) mod tss;

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Show or choose the active data set.
///
/// `train`, `evaluate` and `predict --gene` use the active data set unless --data names another. `prepare` makes the data set
/// that it wrote the active one.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(after_long_help = "\
EXAMPLES
  tatabox data show
  tatabox data use data/human")]
pub(crate) struct DataArgs {
    #[command(subcommand)]
    pub(crate) command: DataCommand,
}

/// Show or choose.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Show the active data set: genes, splits, cell types, windows, assays, origin
    #[command(after_long_help = "EXAMPLES\n  tatabox data show\n  tatabox data show --data data/demo --json")]
    Show {
        /// Prepared data set [default: the active one, else data/demo]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Print dataset.json
        #[arg(long)]
        json: bool,
    },
    /// Make a prepared data set the active one
    #[command(after_long_help = "EXAMPLES\n  tatabox data use data/human")]
    Use {
        /// Folder written by `tatabox prepare`
        directory: PathBuf,
    },
}
