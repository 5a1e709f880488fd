//! `tatabox insert`.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use tatabox::tables::TableFormat;
use tatabox_dataset::Split;
use tatabox_model::DEFAULT_SEED;

use crate::args::{CellTypeArgs, Format, ModelArgs};
use tatabox::inputs::TssRange;

/// Measure what a motif adds to expression at each position.
///
/// Writes a motif over the bases of many background promoters, at one position after the other, and prints how much the
/// predicted log2(TPM + 1) changes in each cell type: the marginal effect of the motif, whatever else is in the
/// promoter. Nothing is shifted: the bases of the motif take the place of as many others.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["motif", "motif_file"]).required(true).multiple(true)))]
#[command(after_long_help = "\
EXAMPLES
  tatabox insert --motif TATAAA --positions -40..-20 --step 1
  tatabox insert --motif GGGCGGGGC,TGACGTCA --positions -200..0 \\
      --orientation both -o inserted.tsv
  tatabox insert --motif-file jaspar.meme --motif-name GATA1 \\
      --data data/human --background promoters
  tatabox insert --motif CCAAT --background backgrounds.fa

MOTIFS
  --motif        IUPAC letters. Where a letter stands for several bases, a base
                 of the background that is one of them stays; any other is
                 replaced by one of them, each in turn over the backgrounds
  --motif-file   of a matrix the most probable base of each column

BACKGROUNDS
  shuffled       promoters of --split of the data set, their dinucleotides
                 shuffled: what is left is their composition
  promoters      the same promoters as they are
  FILE           records of a FASTA file (.gz), the first --backgrounds of them
  Promoters that are not known over all that the model reads are left out.

POSITIONS
  relative to the TSS, of the first base of the motif in sense direction; -1
  is the base before the TSS, 0 the TSS itself. The end is left out: -200..0
  ends with a motif that begins at -1. Reverse is the reverse complement,
  written from the same first base on.

COLUMNS
  motif             as it was given, or its name
  position_bp       of its first base
  orientation       forward or reverse
  cell_type
  effect_log2_tpm   mean over the backgrounds of the change of log2(TPM + 1)
  low, high         its 95% bootstrap interval over the backgrounds
  backgrounds       number of them")]
pub(crate) struct MarginalizeArgs {
    /// A motif as IUPAC letters; may be repeated
    #[arg(long, value_name = "LETTERS", help_heading = "Motifs", value_delimiter = ',')]
    pub(crate) motif: Vec<String>,
    /// Motifs as matrices: MEME or JASPAR (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Motifs")]
    pub(crate) motif_file: Option<PathBuf>,
    /// Motifs of --motif-file by name; may be repeated [default: the only one]
    #[arg(long, value_name = "NAME", help_heading = "Motifs", value_delimiter = ',', requires = "motif_file")]
    pub(crate) motif_name: Vec<String>,
    /// Positions of the motif's first base relative to the TSS, or one of them [default: all that the model reads]
    #[arg(long, value_name = "FROM..TO", help_heading = "Motifs", allow_hyphen_values = true)]
    pub(crate) positions: Option<TssRange>,
    /// Bases from one position to the next
    #[arg(long, value_name = "BP", help_heading = "Motifs", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) step: u32,
    /// The strands that the motif is written on
    #[arg(long, value_name = "STRAND", help_heading = "Motifs", default_value = "forward")]
    pub(crate) orientation: Orientation,

    /// Promoters to write into: shuffled, promoters or a FASTA file
    #[arg(long, value_name = "KIND", help_heading = "Backgrounds", default_value = "shuffled")]
    pub(crate) background: BackgroundChoice,
    /// Number of them at most, drawn at random
    #[arg(long, value_name = "N", help_heading = "Backgrounds", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) backgrounds: u32,
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Backgrounds")]
    pub(crate) data: Option<PathBuf>,
    /// Genes whose promoters are taken: train, validation or test
    #[arg(long, help_heading = "Backgrounds", default_value_t = Split::Test)]
    pub(crate) split: Split,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Backgrounds")]
    pub(crate) tss_offset: Option<usize>,
    /// Seed of genes, shuffles and bootstrap draws
    #[arg(long, value_name = "N", help_heading = "Backgrounds", default_value_t = DEFAULT_SEED)]
    pub(crate) seed: u64,

    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) cell_types: CellTypeArgs,

    /// Bootstrap draws of each interval
    #[arg(long, value_name = "DRAWS", help_heading = "Output", default_value_t = 1_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write to a file, which appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// The strands that a motif is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Orientation {
    Forward,
    Reverse,
    Both,
}

/// What a motif is written into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BackgroundChoice {
    Shuffled,
    Promoters,
    Fasta(PathBuf),
}

impl MarginalizeArgs {
    /// The format asked for, else that of the file's extension.
    pub(crate) fn format(&self) -> Result<TableFormat> {
        Format::of(self.format, self.output.as_deref())
    }
}

impl FromStr for BackgroundChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "shuffled" => Ok(Self::Shuffled),
            "promoters" => Ok(Self::Promoters),
            "" => Err("expected shuffled, promoters or a FASTA file".to_owned()),
            path => Ok(Self::Fasta(path.into())),
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
        args: MarginalizeArgs,
    }

    fn parse(line: &str) -> Result<MarginalizeArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("insert {line}").split_whitespace())?.args)
    }

    #[test]
    fn a_motif_is_needed_and_a_background_is_a_kind_or_a_file() {
        assert!(parse("").is_err());
        assert!(parse("--motif-name GATA1").is_err());
        let args = parse("--motif TATAAA,CCAAT --motif GATA --background x.fa").expect("valid");
        assert_eq!(args.motif, ["TATAAA", "CCAAT", "GATA"]);
        assert_eq!(args.background, BackgroundChoice::Fasta("x.fa".into()));
        assert_eq!(parse("--motif-file x.meme").expect("valid").background, BackgroundChoice::Shuffled);
    }
}
