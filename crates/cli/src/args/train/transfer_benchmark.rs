//! `tatabox transfer-trial`.

use std::path::PathBuf;

use clap::Args;
use tatabox_dataset::Split;

use crate::args::FrozenArgs;
use crate::args::TrainingArgs;

/// Measure what transfer to a new cell type is worth.
///
/// Leaves out one cell type after the other: trains a network on all others, takes it over to the one left out with some
/// of its train genes, and trains a network from scratch on the same genes. Both are compared with the simplest transfer
/// there is: the mean of what the network predicts for the other cell types, which needs no measurement of the new one.
/// Fewer genes get more epochs, by the root of their share and as many for both networks. An interrupted trial goes on where it was when the same
/// command is given again.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox transfer-trial --data data/human300
  tatabox transfer-trial --leave-out K562,Jurkat --genes-fraction 0.01,0.1,1
  tatabox transfer-trial --leave-out K562 --split test -o transfer/k562

FILES
  validation.tsv                        scores of each share of genes, model and cell type, with intervals
  validation-1pct, validation-10pct ..  predictions, metrics and tests, as `evaluate` writes them
  models                                the trained networks")]
pub(crate) struct TransferBenchmarkArgs {
    /// Cell types to leave out, one at a time: names, comma-separated or repeated, or all
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',', default_value = "all")]
    pub(crate) leave_out: Vec<String>,
    /// Shares of the train genes to learn a cell type from; a smaller one is part of a larger one
    #[arg(long, value_name = "SHARE", help_heading = "Data", value_delimiter = ',', default_values_t = [0.01, 0.1, 1.0])]
    pub(crate) genes_fraction: Vec<f64>,
    /// Genes to score: validation while there is something to choose, test once at the end
    #[arg(long, help_heading = "Data", default_value_t = Split::Validation)]
    pub(crate) split: Split,
    #[command(flatten)]
    pub(crate) training: TrainingArgs,
    #[command(flatten)]
    pub(crate) frozen: FrozenArgs,
    /// Highest learning rate of a transfer once all weights are trained [default: 0.0002]
    #[arg(long, value_name = "RATE", help_heading = "Transfer")]
    pub(crate) transfer_learning_rate: Option<f64>,

    /// Bootstrap draws of each interval
    #[arg(long, value_name = "DRAWS", help_heading = "Scores", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,

    /// Folder to write [default: transfer/DATA, such as transfer/human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Print the scores as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
