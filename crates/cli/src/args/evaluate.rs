//! `tatabox evaluate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tatabox_dataset::Split;
use tatabox_model::DeviceChoice;

/// Score a model on held-out genes.
///
/// Predicts the genes of a split with the model and, on the same genes and the same bases, with the baselines. Prints
/// correlations and errors with 95% bootstrap intervals, and writes predictions, metrics and figures.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox evaluate --split test
  tatabox evaluate --model models/k562-human --bootstrap 10000
  tatabox evaluate --split validation --baselines none --no-figures --json

FILES
  predictions.tsv  measured and predicted log2(TPM + 1) of every model
  attention.tsv    where the network looks, by distance from the TSS
  metrics.tsv, metrics.json
  fig1.. fig5      SVG, PNG and the table behind each")]
pub(crate) struct EvaluateArgs {
    /// Genes to score: train, validation or test
    #[arg(long, help_heading = "Data", default_value_t = Split::Test)]
    pub(crate) split: Split,
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,

    /// Folder of a trained model [default: models/human]
    #[arg(long, value_name = "DIR", help_heading = "Model")]
    pub(crate) model: Option<PathBuf>,
    /// Models to compare with, trained anew on the train genes; comma-separated
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',', default_value = "all")]
    pub(crate) baselines: Vec<BaselineChoice>,
    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, help_heading = "Model", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,

    /// Bootstrap draws of each interval, over genes
    #[arg(long, value_name = "DRAWS", help_heading = "Scores", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,

    /// Folder to write [default: evaluation-SPLIT in the model's folder]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Draw the figures (the default)
    #[arg(long, help_heading = "Output", overrides_with = "no_figures")]
    figures: bool,
    /// Do not draw figures
    #[arg(long, help_heading = "Output", overrides_with = "figures")]
    no_figures: bool,
    /// Print metrics as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Baselines by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BaselineChoice {
    /// The mean of the train genes
    #[value(alias = "train-mean")]
    Mean,
    /// Ridge regression on k-mer frequencies, k from 1 to 5
    KmerRidge,
    All,
    None,
}

impl EvaluateArgs {
    pub(crate) fn draws_figures(&self) -> bool {
        self.figures || !self.no_figures
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: EvaluateArgs,
    }

    fn parse(line: &str) -> EvaluateArgs {
        Line::try_parse_from(format!("evaluate {line}").split_whitespace()).expect("valid").args
    }

    #[test]
    fn the_last_word_on_figures_counts() {
        assert!(parse("").draws_figures());
        assert!(!parse("--no-figures").draws_figures());
        assert!(parse("--no-figures --figures").draws_figures());
    }

    #[test]
    fn splits_and_baselines_are_read_by_name() {
        let args = parse("--split val --baselines mean,kmer-ridge");
        assert_eq!(args.split, Split::Validation);
        assert_eq!(args.baselines, [BaselineChoice::Mean, BaselineChoice::KmerRidge]);
    }
}
