//! `tatabox design`.

mod search;

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args};
use tatabox::design::{DesignLimits, DesignRequest, DesignTarget};
use tatabox::inputs::{AuxiliarySources, TssRange};
use tatabox_model::DEFAULT_SEED;

use crate::args::{ModelArgs, PromoterInput};
use crate::terminal::failure::usage;
use search::SearchArgs;

/// Fraction of G and C in random starts without `--gc`.
const DEFAULT_GC: f64 = 0.5;

/// Design promoters with a target expression.
///
/// Searches for few substitutions that bring the predicted expression of a promoter closer to a target in some cell types.
/// Designs optimise the prediction of a model, which may differ from expression in cells: verify every design by experiment.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("starts").args(["start", "gene", "random"]).required(true).multiple(true)))]
#[command(after_long_help = "\
EXAMPLES
  tatabox design --target K562=high,HepG2=low --start promoter.fa --edits 20
  tatabox design --target K562=high:2,HepG2=4.5 --gene ALB --data data/human300
  tatabox design --target K562=high --start p.fa --protect -35..+5,+40..+50 \\
      --protect-motif TATAWA --gc 0.3..0.7 --max-homopolymer 5
  tatabox design --target all=low --random 5 --search genetic --generations 80
  tatabox predict --fasta design/designs.fa

TARGETS
  NAME=high, NAME=low or NAME=LEVEL, with a level in log2(TPM + 1); NAME may be
  all. A weight follows a colon, 1 unless given. The objective is the sum of
    high   weight x log2(TPM + 1)
    low   -weight x log2(TPM + 1)
    LEVEL -weight x (log2(TPM + 1) - LEVEL)^2, the squared distance
  Cell types without a target are unconstrained.

POSITIONS
  Relative to the TSS base, which is 0, with an exclusive end: -35..+5 is from
  35 bases before the TSS to 4 bases after it.

LIMITS
  Every tried sequence keeps --gc and --max-homopolymer. A start outside a limit
  is edited, but not moved further outside; designs.tsv reports whether the
  design keeps all limits.

FILES
  designs.fa   each design and its start, with the extent of the model and
               tss_offset= in the header
  designs.tsv  one row per design: predictions of start and design, their
               standard deviation over the members of an ensemble, z (standard
               deviations from the mean of the train genes; beyond 3 there is
               little training data), the cell type without a target that
               changes most
  edits.tsv    the edits of each design in the order of the search (genetic
               search: by position) and the predictions after each
  pareto.tsv   sequences of the search that no sequence with as few edits
               surpasses
  run.json     versions, model, options
  files.txt    the files of the run, which --force removes")]
pub(crate) struct DesignArgs {
    /// Target expression: NAME=high, NAME=low or NAME=LEVEL, each with an optional :WEIGHT; may be repeated
    #[arg(
        long = "target",
        value_name = "NAME=TARGET",
        help_heading = "Design",
        value_delimiter = ',',
        required = true
    )]
    targets: Vec<DesignTarget>,
    /// Largest number of bases that may differ from the start
    #[arg(long, value_name = "N", help_heading = "Design", default_value_t = 20)]
    edits: usize,
    /// Positions that are not edited, such as -35..+5; may be repeated
    #[arg(long, value_name = "FROM..TO", help_heading = "Design", value_delimiter = ',', allow_hyphen_values = true)]
    protect: Vec<TssRange>,
    /// Motifs that are not edited on either strand, in IUPAC letters; may be repeated
    #[arg(long, value_name = "LETTERS", help_heading = "Design", value_delimiter = ',')]
    protect_motif: Vec<String>,
    /// Fraction of G and C, such as 0.3..0.7
    #[arg(long, value_name = "LOW..HIGH", help_heading = "Design", value_parser = parse_gc)]
    gc: Option<GcRange>,
    /// Longest homopolymer
    #[arg(long, value_name = "N", help_heading = "Design")]
    max_homopolymer: Option<usize>,

    /// Promoters to edit, in sense direction: FASTA (.gz), - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Starts", conflicts_with = "gene")]
    start: Option<PathBuf>,
    /// Genes of a data set whose promoters are edited, by name or identifier; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Starts", value_delimiter = ',')]
    gene: Vec<String>,
    /// The data set of --gene [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Starts", requires = "gene")]
    data: Option<PathBuf>,
    /// Start from N random sequences; with --start or --gene, from N dinucleotide shuffles of each promoter
    #[arg(long, value_name = "N", help_heading = "Starts")]
    random: Option<usize>,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Starts", requires = "start")]
    tss_offset: Option<usize>,

    /// Gene features for models that read them: TSV, CSV (.gz) or parquet with a column gene_id, the name of the record
    #[arg(long, value_name = "TABLE", help_heading = "Starts", requires = "start")]
    gene_features: Option<PathBuf>,

    #[command(flatten)]
    search: SearchArgs,
    /// Seed of random starts, shuffles and the genetic search
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = DEFAULT_SEED)]
    seed: u64,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Output folder
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "design")]
    pub(crate) out: PathBuf,
    /// Replace the results of an earlier run in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
}

/// Fraction of G and C, from low to high.
type GcRange = (f64, f64);

/// Sequences that designs start from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StartChoice {
    /// Promoters.
    Promoters(PromoterInput),
    /// This number of shuffles of each promoter.
    Shuffled(PromoterInput, usize),
    /// This number of random sequences with this fraction of G and C.
    Random(usize, f64),
}

impl DesignArgs {
    /// Targets, constraints and search.
    pub(crate) fn request(&self) -> Result<DesignRequest> {
        Ok(DesignRequest {
            targets: self.targets.clone(),
            max_edits: self.edits,
            protected: self.protect.clone(),
            protected_motifs: self.protect_motif.clone(),
            limits: DesignLimits { gc: self.gc.map(|(low, high)| low..=high), longest_run: self.max_homopolymer },
            search: self.search.search()?,
            seed: self.seed,
        })
    }

    /// Files with auxiliary inputs of starts from a file.
    pub(crate) fn auxiliary(&self) -> AuxiliarySources {
        AuxiliarySources { gene_features: self.gene_features.clone(), tracks: Vec::new() }
    }

    /// The sequences to start from.
    pub(crate) fn starts(&self) -> Result<StartChoice> {
        let promoters = match &self.start {
            Some(path) => Some(PromoterInput::Fasta { path: path.clone(), tss_offset: self.tss_offset }),
            None if !self.gene.is_empty() => {
                Some(PromoterInput::Genes { names: self.gene.clone(), data: self.data.clone() })
            }
            None => None,
        };
        match (promoters, self.random) {
            (Some(promoters), None) => Ok(StartChoice::Promoters(promoters)),
            (Some(promoters), Some(count)) => Ok(StartChoice::Shuffled(promoters, count)),
            (None, Some(count)) => {
                let gc = self.gc.map_or(DEFAULT_GC, |(low, high)| f64::midpoint(low, high));
                Ok(StartChoice::Random(count, gc))
            }
            (None, None) => Err(usage("give starts with --start, --gene or --random")),
        }
    }
}

fn parse_gc(text: &str) -> Result<GcRange, String> {
    let read = || {
        let (low, high) = text.split_once("..")?;
        let (low, high): (f64, f64) = (low.parse().ok()?, high.parse().ok()?);
        (0.0 <= low && low <= high && high <= 1.0).then_some((low, high))
    };
    read().ok_or_else(|| "expected two fractions from 0 to 1, such as 0.3..0.7".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox::design::DesignSearch;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DesignArgs,
    }

    fn parse(line: &str) -> Result<DesignArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("design {line}").split_whitespace())?.args)
    }

    #[test]
    fn design_args_become_a_request() {
        let args =
            parse("--target K562=high,HepG2=low --start p.fa --edits 20 --protect -35..+5,+50..+60 --gc 0.3..0.7");
        let args = args.expect("parsed");
        let request = args.request().expect("valid");
        let protected: Vec<String> = request.protected.iter().map(ToString::to_string).collect();
        assert_eq!((request.max_edits, protected), (20, vec!["-35..+5".to_owned(), "+50..+60".to_owned()]));
        assert_eq!(request.limits, DesignLimits { gc: Some(0.3..=0.7), longest_run: None });
        assert_eq!(request.search, DesignSearch::Greedy);
        let input = PromoterInput::Fasta { path: "p.fa".into(), tss_offset: None };
        assert_eq!(args.starts().expect("one"), StartChoice::Promoters(input));
    }

    #[test]
    fn design_args_starts_are_files_genes_shuffles_or_random() {
        assert!(parse("--target K562=high").is_err());
        assert!(parse("--target K562=high --start p.fa --gene ALB").is_err());
        assert!(parse("--start p.fa").is_err());
        assert!(parse("--target K562=high --random 2 --tss-offset 5").is_err());
        let starts =
            |line: &str| parse(&format!("--target K562=high {line}")).expect("parsed").starts().expect("valid");
        assert_eq!(starts("--random 2 --gc 0.4..0.5"), StartChoice::Random(2, 0.45));
        assert!(matches!(starts("--random 2 --gene ALB"), StartChoice::Shuffled(_, 2)));
    }

    #[test]
    fn design_args_malformed_ranges_are_refused() {
        for option in ["--gc 0.7..0.3", "--gc 30..70", "--gc 0.5", "--protect 5..5", "--protect x"] {
            assert!(parse(&format!("--target K562=high --random 1 {option}")).is_err(), "{option}");
        }
    }
}
