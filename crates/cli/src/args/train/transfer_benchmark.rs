//! `tatabox transfer-benchmark`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use tatabox::transfer::TransferBenchmarkRequest;
use tatabox_dataset::Split;

use crate::args::train::training::selection;
use crate::args::{BootstrapArgs, FrozenArgs, TrainingArgs};
use crate::run_record;

/// Measure the gain of transfer learning for new cell types.
///
/// Holds out one cell type after the other: trains a network on all others, transfers it to the held-out one with a fraction
/// of its train genes, and trains a network from scratch on the same genes. Both are compared with the simplest transfer: the
/// mean prediction for the other cell types, which needs no measurement of the new one. Smaller fractions are trained for
/// more epochs, by the square root of the fraction and equally for both networks. The same command resumes an interrupted
/// benchmark.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox transfer-benchmark --data data/human300
  tatabox transfer-benchmark --leave-out K562,Jurkat --genes-fraction 0.01,0.1,1
  tatabox transfer-benchmark --leave-out K562 --split test -o transfer/k562

FILES
  validation.tsv                        scores by fraction of genes, model and cell type, with intervals
  validation-1pct, validation-10pct ..  predictions, metrics and tests, as `evaluate` writes them
  models                                the trained networks")]
pub(crate) struct TransferBenchmarkArgs {
    /// Cell types to hold out, one at a time: names, comma-separated or repeated, or all
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',', default_value = "all")]
    leave_out: Vec<String>,
    /// Fractions of the train genes from which a cell type is learned; genes of a smaller one are part of a larger one
    #[arg(long, value_name = "FRACTION", help_heading = "Data", value_delimiter = ',')]
    #[arg(default_values_t = [0.01, 0.1, 1.0])]
    genes_fraction: Vec<f64>,
    /// Genes to score: validation during development, test once at the end
    #[arg(long, help_heading = "Data", default_value_t = Split::Validation)]
    split: Split,
    #[command(flatten)]
    training: TrainingArgs,
    #[command(flatten)]
    frozen: FrozenArgs,
    /// Peak learning rate of a transfer once all weights are trained [default: 0.0002]
    #[arg(long, value_name = "RATE", help_heading = "Transfer")]
    transfer_learning_rate: Option<f64>,

    #[command(flatten)]
    bootstrap: BootstrapArgs,

    /// Folder to write [default: transfer/DATA, such as transfer/human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Discard an earlier benchmark in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print the scores as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl TransferBenchmarkArgs {
    /// The data set, if one is named.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.training.data()
    }

    /// The request, checked without the data set.
    pub(crate) fn request(&self) -> Result<TransferBenchmarkRequest> {
        Ok(TransferBenchmarkRequest {
            options: self.training.options()?,
            held_out: selection("--leave-out", &self.leave_out)?,
            genes_fractions: self.genes_fraction.clone(),
            split: self.split,
            frozen: self.frozen.epochs(),
            transfer_learning_rate: self.transfer_learning_rate,
            resamples: self.bootstrap.resamples(),
            output: self.out.clone(),
            replace: self.force,
            command: run_record::command(),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: TransferBenchmarkArgs,
    }

    #[test]
    fn transfer_benchmark_args_defaults_are_those_of_the_library() {
        let request = Line::parse_from(["transfer-benchmark"]).args.request().expect("valid");
        let default = TransferBenchmarkRequest { command: request.command.clone(), ..Default::default() };
        assert_eq!(format!("{request:?}"), format!("{default:?}"));
    }
}
