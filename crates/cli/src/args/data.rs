//! `tatabox data`.

pub(super) mod audit;
pub(super) mod auxiliary_inputs;
pub(super) mod download;
pub(super) mod expression;
pub(super) mod half_life;
pub(super) mod prepare;
pub(super) mod simulate;
pub(super) mod tss;

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Show or choose the data set that other verbs use.
///
/// `prepare` makes the set it wrote the active one. `train`, `evaluate` and `predict --gene` use the active set unless
/// --data names another.
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

/// What to do with the choice.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Show the data set in use: genes, splits, cell types, windows, origin
    #[command(after_long_help = "EXAMPLES\n  tatabox data show\n  tatabox data show --data data/demo --json")]
    Show {
        /// A prepared data set [default: the active one, else data/demo]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Print dataset.json instead
        #[arg(long)]
        json: bool,
    },
    /// Make a prepared data set the active one
    #[command(after_long_help = "EXAMPLES\n  tatabox data use data/human")]
    Use {
        /// Folder that `tatabox prepare` wrote
        directory: PathBuf,
    },
}
