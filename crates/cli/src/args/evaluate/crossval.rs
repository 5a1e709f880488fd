//! `tatabox crossval`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::comparators::ComparatorChoice;

use crate::args::DrawingArgs;
use crate::args::MembersArgs;
use crate::args::TrainingArgs;
use crate::args::evaluate::comparators;
use crate::terminal::failure::usage;

/// Cross-validate over groups of chromosomes.
///
/// Deals the chromosomes to folds of nearly equal size. Each fold in turn is tested: some chromosomes of the next one, about
/// a tenth of the genes, choose the best epoch, and a network is trained on the others, so that every gene is predicted once
/// by a network that has not seen its chromosome. Writes these out-of-fold predictions, the scores of each fold, and everything that `evaluate` writes. An
/// interrupted cross-validation goes on where it was when the same command is given again. With --fold, folds are run one
/// at a time, in any order and side by side; the same command without it then puts together what they left.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox crossval --cell-type K562
  tatabox crossval --folds 5 --cell-type all --data data/human300 -o crossval/human300
  tatabox crossval --cell-type all --baselines train-mean,kmer-ridge,random-forest
  tatabox crossval --cell-type all --ensemble 5
  tatabox crossval --cell-type all --fold 2 -o crossval/all

FILES
  predictions.tsv    measured and out-of-fold predicted log2(TPM + 1) of every model
  folds.tsv          the fold of each gene, and which genes are left out
  fold_metrics.tsv   scores of each model in each fold
  fold1, fold2 ..    the trained models
  metrics.tsv, comparisons.tsv, figures and report as `evaluate` writes them")]
pub(crate) struct CrossvalArgs {
    /// Folds, 3 to 50
    #[arg(long, value_name = "N", help_heading = "Data", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(3..=50))]
    pub(crate) folds: u16,
    /// Train only the network of this fold, counted from 1, and fit its baselines; score and report nothing yet
    #[arg(long, value_name = "K", help_heading = "Data", conflicts_with = "json")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=50))]
    fold: Option<u16>,
    #[command(flatten)]
    pub(crate) training: TrainingArgs,
    #[command(flatten)]
    pub(crate) members: MembersArgs,

    /// Baselines and controls to compare with, fitted anew in each fold; comma-separated
    #[arg(long, value_name = "NAME", help_heading = "Scores", value_delimiter = ',', default_value = "fast")]
    #[arg(value_parser = comparators::parser())]
    pub(crate) baselines: Vec<ComparatorChoice>,
    /// Expression of the same cell types from another laboratory, for the replicate ceiling
    #[arg(long, value_name = "TABLE", help_heading = "Scores")]
    pub(crate) replicates: Option<PathBuf>,
    /// Bootstrap draws of each interval
    #[arg(long, value_name = "DRAWS", help_heading = "Scores", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,

    /// Folder to write [default: crossval/NAME, such as crossval/all-human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Throw away what an earlier cross-validation left in the folder, with --fold of that fold alone
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) drawing: DrawingArgs,
    /// Print metrics and tests as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Stop after this epoch of each fold as Ctrl-C would; for tests
    #[arg(long, value_name = "N", hide = true)]
    pub(crate) stop_after_epoch: Option<usize>,
}

impl CrossvalArgs {
    /// The one fold to run, counted from 0.
    pub(crate) fn single_fold(&self) -> Result<Option<usize>> {
        match self.fold {
            Some(fold) if fold > self.folds => {
                Err(usage(format!("--fold {fold}: expected at most {}, the number of --folds", self.folds)))
            }
            fold => Ok(fold.map(|fold| usize::from(fold) - 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: CrossvalArgs,
    }

    fn parse(line: &str) -> Result<CrossvalArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("crossval {line}").split_whitespace())?.args)
    }

    #[test]
    fn a_fold_is_one_of_the_folds() {
        let fold = |line: &str| parse(line).expect("numbers").single_fold();
        assert_eq!(fold("").expect("all"), None);
        assert_eq!(fold("--fold 5").expect("the last one"), Some(4));
        assert!(fold("--folds 3 --fold 4").expect_err("none").to_string().contains("at most 3"));
        assert!(parse("--fold 0").is_err());
        assert!(parse("--fold 1 --json").is_err(), "there is nothing to print yet");
    }
}
