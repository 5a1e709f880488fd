//! `tatabox marginalize`.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use tatabox::inputs::TssRange;
use tatabox::marginalize::{Backgrounds, MarginalizeRequest, MotifPattern};
use tatabox::tables::TableOutput;
use tatabox_dataset::Split;
use tatabox_model::DEFAULT_SEED;

use crate::args::{CellTypeArgs, Format, ModelArgs};

/// Marginal effect of a motif on expression at each position.
///
/// Replaces bases of many background promoters by a motif, at one position after another, and reports the change of the
/// predicted log2(TPM + 1) in each cell type: the effect of the motif independent of its context. The length of the promoter
/// does not change.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["motif", "motif_file"]).required(true).multiple(true)))]
#[command(after_long_help = "\
EXAMPLES
  tatabox marginalize --motif TATAAA --positions -40..-20 --step 1
  tatabox marginalize --motif GGGCGGGGC,TGACGTCA --positions -200..0 \\
      --orientation both -o effects.tsv
  tatabox marginalize --motif-file jaspar.meme --motif-name GATA1 \\
      --data data/human --background promoters
  tatabox marginalize --motif CCAAT --background backgrounds.fa

MOTIFS
  --motif        IUPAC letters. A base of the background that an ambiguous letter
                 includes stays; any other is replaced by one of the included
                 bases, each in turn over the backgrounds
  --motif-file   the most probable base of each column of a matrix

BACKGROUNDS
  shuffled       promoters of --split of the data set with dinucleotides
                 shuffled, which keeps their composition only
  promoters      the same promoters, unchanged
  FILE           records of a FASTA file (.gz), the first --backgrounds of them
  Promoters that are not known over all that the model reads are excluded.

POSITIONS
  of the first base of the motif relative to the TSS, in sense direction; -1 is
  the base before the TSS, 0 the TSS itself. The end is exclusive: -200..0 ends
  with a motif that starts at -1. Reverse is the reverse complement, from the
  same first base on.

COLUMNS
  motif             letters or name
  position_bp       of its first base
  orientation       forward or reverse
  cell_type
  effect_log2_tpm   mean change of log2(TPM + 1) over the backgrounds
  low, high         its 95% bootstrap interval over the backgrounds
  backgrounds       number of backgrounds")]
pub(crate) struct MarginalizeArgs {
    /// Motif as IUPAC letters; may be repeated
    #[arg(long, value_name = "LETTERS", help_heading = "Motifs", value_delimiter = ',')]
    motif: Vec<String>,
    /// Motifs as matrices: MEME, JASPAR, HOMER, TRANSFAC, CIS-BP, UniPROBE or gimme (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Motifs")]
    motif_file: Option<PathBuf>,
    /// Motifs of --motif-file by name; may be repeated [default: the only one]
    #[arg(long, value_name = "NAME", help_heading = "Motifs", value_delimiter = ',', requires = "motif_file")]
    motif_name: Vec<String>,
    /// Positions of the motif's first base relative to the TSS, or one position [default: all that the model reads]
    #[arg(long, value_name = "FROM..TO", help_heading = "Motifs", allow_hyphen_values = true)]
    positions: Option<TssRange>,
    /// Distance between neighbouring positions
    #[arg(long, value_name = "BP", help_heading = "Motifs", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    step: u32,
    /// Orientation of the motif
    #[arg(long, value_name = "STRAND", help_heading = "Motifs", default_value = "forward")]
    orientation: Orientation,

    /// Background promoters: shuffled, promoters or a FASTA file
    #[arg(long, value_name = "KIND", help_heading = "Backgrounds", default_value = "shuffled")]
    pub(crate) background: BackgroundChoice,
    /// Largest number of backgrounds, which are selected at random
    #[arg(long, value_name = "N", help_heading = "Backgrounds", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    backgrounds: u32,
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Backgrounds")]
    pub(crate) data: Option<PathBuf>,
    /// Split of the genes: train, validation or test
    #[arg(long, help_heading = "Backgrounds", default_value_t = Split::Test)]
    pub(crate) split: Split,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Backgrounds")]
    pub(crate) tss_offset: Option<usize>,
    /// Seed of the selection of genes, shuffles and bootstrap resamples
    #[arg(long, value_name = "N", help_heading = "Backgrounds", default_value_t = DEFAULT_SEED)]
    seed: u64,

    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) cell_types: CellTypeArgs,

    /// Bootstrap resamples of each interval
    #[arg(long, value_name = "N", help_heading = "Output", default_value_t = 1_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    bootstrap: u32,
    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write to a file, which appears once it is complete [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// Orientation of a motif, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Orientation {
    Forward,
    Reverse,
    Both,
}

impl From<Orientation> for tatabox::marginalize::Orientation {
    fn from(orientation: Orientation) -> Self {
        match orientation {
            Orientation::Forward => Self::Forward,
            Orientation::Reverse => Self::Reverse,
            Orientation::Both => Self::Both,
        }
    }
}

/// Kind of background promoters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BackgroundChoice {
    /// Shuffled promoters of a data set.
    Shuffled,
    /// Promoters of a data set.
    Promoters,
    /// Records of a FASTA file.
    Fasta(PathBuf),
}

impl MarginalizeArgs {
    /// Destination and format of the table.
    pub(crate) fn output(&self) -> Result<TableOutput> {
        let format = Format::of(self.format, self.output.as_deref())?;
        Ok(TableOutput { destination: self.output.clone().into(), format })
    }

    /// The motifs, read from their file where there is one.
    pub(crate) fn motifs(&self) -> Result<Vec<MotifPattern>> {
        let mut motifs =
            self.motif.iter().map(|letters| MotifPattern::from_letters(letters)).collect::<Result<Vec<_>, _>>()?;
        if let Some(path) = &self.motif_file {
            motifs.extend(MotifPattern::read(path, &self.motif_name)?);
        }
        Ok(motifs)
    }

    /// The request for these motifs and backgrounds.
    pub(crate) fn request(&self, motifs: Vec<MotifPattern>, backgrounds: Backgrounds) -> MarginalizeRequest {
        MarginalizeRequest {
            motifs,
            positions: self.positions,
            step_bp: self.step as usize,
            orientation: self.orientation.into(),
            backgrounds,
            max_backgrounds: self.backgrounds as usize,
            cell_types: self.cell_types.names().to_vec(),
            resamples: self.bootstrap as usize,
            seed: self.seed,
        }
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
        Ok(Line::try_parse_from(format!("marginalize {line}").split_whitespace())?.args)
    }

    #[test]
    fn marginalize_args_motif_is_required_and_background_is_a_kind_or_a_file() {
        assert!(parse("").is_err());
        assert!(parse("--motif-name GATA1").is_err());
        let args = parse("--motif TATAAA,CCAAT --motif GATA --background x.fa").expect("valid");
        assert_eq!(args.motif, ["TATAAA", "CCAAT", "GATA"]);
        assert_eq!(args.background, BackgroundChoice::Fasta("x.fa".into()));
        assert_eq!(parse("--motif-file x.meme").expect("valid").background, BackgroundChoice::Shuffled);
    }
}
