//! `tatabox design`.

mod search;
mod target;

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args};
use tatabox_model::{DEFAULT_SEED, DesignLimits, DesignSearch};

use crate::args::{AuxiliaryArgs, ModelArgs, PromoterInput};
use crate::terminal::failure::usage;
use search::SearchArgs;
pub(crate) use target::Target;
use tatabox::inputs::TssRange;

/// Share of G and C in random starts without `--gc`.
const USUAL_GC: f64 = 0.5;

/// Edit promoters towards a wanted expression.
///
/// Looks for few substitutions that bring a promoter nearer to what is wanted in some cell types, as the model predicts
/// it. It finds what the network likes, which need not be what a cell does: verify every design by experiment.
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
  NAME=high, NAME=low or NAME=LEVEL, a level being log2(TPM + 1); NAME may be
  all. Behind a colon a weight, 1 unless given. The objective is the sum of
    high   weight x log2(TPM + 1)
    low   -weight x log2(TPM + 1)
    LEVEL -weight x (log2(TPM + 1) - LEVEL)^2, the squared distance
  Cell types that are not named are free to change.

POSITIONS
  Relative to the TSS base, which is 0: -35..+5 is from 35 bases before it up
  to the fifth base from it on, as an extent is written; its end is left out.

LIMITS
  Every sequence that is tried keeps to --gc and --max-homopolymer. A start
  that breaks one is edited all the same: nothing that is tried then breaks it
  more than the start does, and designs.tsv tells whether the design keeps to
  all limits.

FILES
  designs.fa   each design and its start, as long as the model reads, with
               tss_offset= in the header
  designs.tsv  a row for each design: predictions of start and design, their
               spread over the members of an ensemble, z (standard deviations
               from the mean of the train genes; beyond 3 the network has seen
               next to nothing), the cell type without target that changes most
  edits.tsv    the edits of each design in the order of the search (of a
               genetic search: by position) and predictions after each
  pareto.tsv   of all sequences on the way: those that none with as few edits
               beats
  run.json     what was asked for")]
pub(crate) struct DesignArgs {
    /// What is wanted: NAME=high, NAME=low or NAME=LEVEL, each with :WEIGHT; may be repeated
    #[arg(long = "target", value_name = "NAME=WISH", help_heading = "Design", value_delimiter = ',', required = true)]
    pub(crate) targets: Vec<Target>,
    /// Most bases that may differ from the start
    #[arg(long, value_name = "N", help_heading = "Design", default_value_t = 20)]
    edits: usize,
    /// Positions that stay as they are, such as -35..+5; may be repeated
    #[arg(long, value_name = "FROM..TO", help_heading = "Design", value_delimiter = ',', allow_hyphen_values = true)]
    protect: Vec<TssRange>,
    /// Words that stay as they are on either strand, in IUPAC letters; may be repeated
    #[arg(long, value_name = "WORD", help_heading = "Design", value_delimiter = ',')]
    protect_motif: Vec<String>,
    /// Share of G and C, such as 0.3..0.7
    #[arg(long, value_name = "LOW..HIGH", help_heading = "Design", value_parser = parse_gc)]
    gc: Option<GcRange>,
    /// Longest run of one base
    #[arg(long, value_name = "N", help_heading = "Design")]
    max_homopolymer: Option<usize>,

    /// Promoters to edit, in sense direction: FASTA (.gz), - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Starts", conflicts_with = "gene")]
    start: Option<PathBuf>,
    /// Genes of a data set to edit the promoters of, by name or identifier; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Starts", value_delimiter = ',')]
    gene: Vec<String>,
    /// The data set of --gene [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Starts", requires = "gene")]
    data: Option<PathBuf>,
    /// Begin from N random sequences; with --start or --gene from N shuffles of each promoter that keep its
    /// dinucleotides
    #[arg(long, value_name = "N", help_heading = "Starts")]
    random: Option<usize>,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Starts", requires = "start")]
    tss_offset: Option<usize>,

    /// Features of genes for models that read them: TSV, CSV (.gz) or parquet with a column gene_id, the record's name; they stay as
    /// they are
    #[arg(long, value_name = "TABLE", help_heading = "Starts", requires = "start")]
    gene_features: Option<PathBuf>,

    #[command(flatten)]
    search: SearchArgs,
    /// Seed of every draw
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = DEFAULT_SEED)]
    seed: u64,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Folder to write to
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "design")]
    pub(crate) out: PathBuf,
    /// Replace designs that are already there
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
}

/// Share of G and C, from low to high.
type GcRange = (f64, f64);

/// The arguments, checked as far as can be without a model.
#[derive(Debug, Clone)]
pub(crate) struct DesignPlan {
    pub(crate) most_edits: usize,
    /// Positions relative to the TSS that stay, ends left out.
    pub(crate) protected: Vec<(i64, i64)>,
    /// Words that stay, in IUPAC letters.
    pub(crate) protected_motifs: Vec<String>,
    pub(crate) limits: DesignLimits,
    pub(crate) starts: StartChoice,
    /// What the model reads beside the bases of starts from a file.
    pub(crate) auxiliary: AuxiliaryArgs,
    pub(crate) search: DesignSearch,
    pub(crate) seed: u64,
}

/// Where designs begin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StartChoice {
    Promoters(PromoterInput),
    /// So many shuffles of each promoter.
    Shuffled(PromoterInput, usize),
    /// So many random sequences with this share of G and C.
    Random(usize, f64),
}

impl DesignArgs {
    /// What is asked for.
    pub(crate) fn plan(&self) -> Result<DesignPlan> {
        if self.edits == 0 {
            return Err(usage("--edits 0: expected 1 or more"));
        }
        if self.max_homopolymer == Some(0) {
            return Err(usage("--max-homopolymer 0: expected 1 or more"));
        }
        for word in &self.protect_motif {
            if tatabox_model::occurrences(&[], word).is_none() {
                return Err(usage(format!("--protect-motif {word}: expected IUPAC letters, such as TATAWA")));
            }
        }
        Ok(DesignPlan {
            most_edits: self.edits,
            protected: self.protect.iter().map(|range| (range.from_bp, range.to_bp)).collect(),
            protected_motifs: self.protect_motif.clone(),
            limits: DesignLimits { gc: self.gc.map(|(low, high)| low..=high), longest_run: self.max_homopolymer },
            starts: self.starts()?,
            auxiliary: AuxiliaryArgs { gene_features: self.gene_features.clone(), track: Vec::new() },
            search: self.search.search()?,
            seed: self.seed,
        })
    }

    fn starts(&self) -> Result<StartChoice> {
        let promoters = match &self.start {
            Some(path) => Some(PromoterInput::Fasta { path: path.clone(), tss_offset: self.tss_offset }),
            None if !self.gene.is_empty() => {
                Some(PromoterInput::Genes { names: self.gene.clone(), data: self.data.clone() })
            }
            None => None,
        };
        match (promoters, self.random) {
            (_, Some(0)) => Err(usage("--random 0: expected 1 or more")),
            (Some(promoters), None) => Ok(StartChoice::Promoters(promoters)),
            (Some(promoters), Some(count)) => Ok(StartChoice::Shuffled(promoters, count)),
            (None, Some(count)) => {
                let gc = self.gc.map_or(USUAL_GC, |(low, high)| f64::midpoint(low, high));
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
    read().ok_or_else(|| "expected two shares from 0 to 1, such as 0.3..0.7".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DesignArgs,
    }

    fn parse(line: &str) -> Result<DesignArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("design {line}").split_whitespace())?.args)
    }

    fn plan(line: &str) -> DesignPlan {
        parse(line).expect("parsed").plan().expect("valid")
    }

    #[test]
    fn the_example_is_a_plan() {
        let plan =
            plan("--target K562=high,HepG2=low --start p.fa --edits 20 --protect -35..+5,+50..+60 --gc 0.3..0.7");
        assert_eq!((plan.most_edits, plan.protected), (20, vec![(-35, 5), (50, 60)]));
        assert_eq!(plan.limits, DesignLimits { gc: Some(0.3..=0.7), longest_run: None });
        let input = PromoterInput::Fasta { path: "p.fa".into(), tss_offset: None };
        assert_eq!(plan.starts, StartChoice::Promoters(input));
        assert_eq!(plan.search, DesignSearch::Greedy);
    }

    #[test]
    fn starts_are_files_genes_shuffles_or_random() {
        assert!(parse("--target K562=high").is_err());
        assert!(parse("--target K562=high --start p.fa --gene ALB").is_err());
        assert!(parse("--start p.fa").is_err());
        assert!(parse("--target K562=high --random 2 --tss-offset 5").is_err());
        assert_eq!(plan("--target K562=high --random 2 --gc 0.4..0.5").starts, StartChoice::Random(2, 0.45));
        assert!(matches!(plan("--target K562=high --random 2 --gene ALB").starts, StartChoice::Shuffled(_, 2)));
        assert!(parse("--target K562=high --random 0").expect("parsed").plan().is_err());
    }

    #[test]
    fn limits_that_cannot_be_kept_are_refused() {
        for option in ["--gc 0.7..0.3", "--gc 30..70", "--gc 0.5", "--protect 5..5", "--protect x"] {
            assert!(parse(&format!("--target K562=high --random 1 {option}")).is_err(), "{option}");
        }
        for option in ["--edits 0", "--max-homopolymer 0", "--protect-motif TATAX"] {
            let args = parse(&format!("--target K562=high --random 1 {option}")).expect("parsed");
            let message = args.plan().expect_err("refused").to_string();
            assert!(message.contains(option), "{message}");
        }
    }
}
