//! `tatabox crossval`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use tatabox::comparators::ComparatorChoice;
use tatabox::crossval::{CrossvalRequest, FoldSource};

use crate::args::data::measurements::replicate_tables;
use crate::args::evaluate::comparators;
use crate::args::{BootstrapArgs, DrawingArgs, MembersArgs, TrainingArgs};
use crate::resolve::locations as locate;
use crate::run_record;
use crate::terminal::failure::usage;

/// Cross-validate over groups of chromosomes.
///
/// Assigns the chromosomes to folds of nearly equal size. Each fold is tested once, by a network that is trained on the
/// other folds; some chromosomes of the next fold, about a tenth of the genes, select the best epoch. Every gene is thus
/// predicted once, by a network that was not trained on its chromosome. Writes these out-of-fold predictions, the scores of
/// each fold, and everything that `evaluate` writes. The same command resumes an interrupted cross-validation. With --fold,
/// folds are trained one at a time, in any order and in parallel; the same command without it then combines them.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox crossval --cell-type K562
  tatabox crossval --folds 5 --cell-type all --data data/human300 -o crossval/human300
  tatabox crossval --cell-type all --baselines train-mean,kmer-ridge,random-forest
  tatabox crossval --cell-type all --ensemble 5
  tatabox crossval --cell-type all --fold 2 -o crossval/all
  tatabox crossval --cell-type all --fold-file folds.tsv

FILES
  predictions.tsv    measured and out-of-fold predicted log2(TPM + 1) of every model
  folds.tsv          fold of each gene, and excluded genes
  fold_metrics.tsv   scores of each model in each fold
  fold1, fold2 ..    the trained models
  metrics.tsv, comparisons.tsv, figures and report as `evaluate` writes them
  files.txt          the files of these scores, which the next run replaces")]
pub(crate) struct CrossvalArgs {
    /// Number of folds, 3 to 50
    #[arg(long, value_name = "N", help_heading = "Data", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(3..=50))]
    folds: u16,
    /// Folds of a published comparison, in place of a random choice: a table with the columns chrom or gene_id, and fold
    /// (numbers from 0 or 1); folds.tsv of a cross-validation is one
    #[arg(long, value_name = "TABLE", help_heading = "Data", conflicts_with = "folds")]
    fold_file: Option<PathBuf>,
    /// Train only the network of this fold, from 1, and fit its baselines, without scores and report
    #[arg(long, value_name = "K", help_heading = "Data", conflicts_with = "json")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=50))]
    fold: Option<u16>,
    #[command(flatten)]
    training: TrainingArgs,
    #[command(flatten)]
    members: MembersArgs,

    /// Baselines and controls to compare with, fitted anew in each fold; comma-separated
    #[arg(long, value_name = "NAME", help_heading = "Scores", value_delimiter = ',', default_value = "fast")]
    #[arg(value_parser = comparators::parser())]
    baselines: Vec<ComparatorChoice>,
    /// Expression of the same cell types from another laboratory, for the noise ceiling
    #[arg(long, value_name = "TABLE", help_heading = "Scores")]
    replicates: Option<PathBuf>,
    /// Annotation with the genes of transcripts and the lengths of genes, for --replicates that state neither: GTF or GFF3 (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Scores", requires = "replicates")]
    annotation: Option<PathBuf>,
    #[command(flatten)]
    bootstrap: BootstrapArgs,

    /// Folder to write [default: crossval/NAME, such as crossval/all-human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Discard an earlier cross-validation in the folder; with --fold, only that fold; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Print metrics and tests as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Stop after this epoch of each fold, as Ctrl-C does; for tests
    #[arg(long, value_name = "N", hide = true)]
    stop_after_epoch: Option<usize>,
}

impl CrossvalArgs {
    /// The data set, if one is named.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.training.data()
    }

    /// The single fold to train, from 0.
    pub(crate) fn single_fold(&self) -> Result<Option<usize>> {
        match self.fold {
            Some(fold) if self.fold_file.is_none() && fold > self.folds => {
                Err(usage(format!("--fold {fold}: expected at most {}, the number of --folds", self.folds)))
            }
            fold => Ok(fold.map(|fold| usize::from(fold) - 1)),
        }
    }

    /// The request, checked without the data set.
    pub(crate) fn request(&self) -> Result<CrossvalRequest> {
        Ok(CrossvalRequest {
            options: self.training.options()?,
            folds: self.fold_file.clone().map_or(FoldSource::Random(self.folds.into()), FoldSource::Listed),
            members: self.members.count(),
            comparators: self.baselines.clone(),
            replicates: replicate_tables(self.replicates.as_deref(), self.annotation.as_deref()),
            resamples: self.bootstrap.resamples(),
            output: self.out.clone(),
            replace: self.force,
            drawing: (&self.drawing).into(),
            comparator_cache: locate::comparator_cache(),
            stop_after_epoch: self.stop_after_epoch,
            command: run_record::command(),
        })
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
    fn crossval_args_fold_is_one_of_the_folds() {
        let fold = |line: &str| parse(line).expect("numbers").single_fold();
        assert_eq!(fold("").expect("all"), None);
        assert_eq!(fold("--fold 5").expect("the last one"), Some(4));
        assert!(fold("--folds 3 --fold 4").expect_err("none").to_string().contains("at most 3"));
        assert_eq!(fold("--fold-file f.tsv --fold 9").expect("known from the file"), Some(8));
        assert!(parse("--fold-file f.tsv --folds 5").is_err());
        assert!(parse("--fold 0").is_err());
        assert!(parse("--fold 1 --json").is_err(), "a single fold has no scores to print");
    }
}
