//! `tatabox predict`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use tatabox_model::{DeviceChoice, Precision};

use crate::failure::usage;

/// Predict expression from promoter sequence.
///
/// Reads promoters, cuts each to the bases around its TSS that the model reads, and prints log2(TPM + 1) and TPM in
/// every cell type of the model. Records that reach less far are padded with N, which the column known_bp tells.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("input").args(["fasta", "bed", "gene"]).required(true)))]
#[command(after_long_help = "\
EXAMPLES
  tatabox predict --fasta promoters.fa
  zcat promoters.fa.gz | tatabox predict --fasta - --tss-offset 250
  tatabox predict --bed tss.bed --genome hg38.fa -o predictions.parquet
  tatabox predict --gene GATA1 --gene ALB --data data/human --wide

WHERE THE TSS OF A FASTA RECORD IS (index of its base, 0-based)
  tss_offset= in its header, else --tss-offset; a record exactly as long as
  the model's extent needs neither.

COLUMNS
  id         record, BED name or gene identifier
  cell_type  one row each; with --wide one column each instead, log2_tpm_NAME
  log2_tpm   log2(TPM + 1); empty where there is nothing to predict from
  tpm        TPM
  log2_tpm_sd
             only for ensembles, whose mean log2_tpm is: standard deviation
             over the members (n - 1); how far training alone moves the
             prediction, and no interval for what would be measured
  known_bp   bases other than N among those that the model reads
  note       what to know of the row: padding, the split that a gene is in
  With --gene also measured_log2_tpm, where the data set has it.")]
pub(crate) struct PredictArgs {
    /// Promoter records in sense direction: FASTA (.gz), - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Promoters")]
    fasta: Option<PathBuf>,
    /// TSSs on a genome: BED6 (.gz), 0-based
    #[arg(long, value_name = "FILE", help_heading = "Promoters", requires = "genome")]
    bed: Option<PathBuf>,
    /// The genome of --bed: FASTA (plain or bgzip) or 2bit
    #[arg(long, value_name = "FILE", help_heading = "Promoters", requires = "bed", conflicts_with_all = ["fasta", "gene"])]
    genome: Option<PathBuf>,
    /// Genes of a data set, by name or identifier; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Promoters", value_delimiter = ',')]
    gene: Vec<String>,
    /// The data set of --gene [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Promoters", requires = "gene")]
    data: Option<PathBuf>,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Promoters", conflicts_with_all = ["bed", "gene"])]
    tss_offset: Option<usize>,

    /// Folder of a trained model [default: models/human]
    #[arg(long, value_name = "DIR", help_heading = "Model")]
    pub(crate) model: Option<PathBuf>,
    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, help_heading = "Model", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    /// Number format of convolutions and large products, where the model has them: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Model", default_value_t = Precision::F32)]
    pub(crate) precision: Precision,

    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write to a file, which appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// One row a promoter, one column a cell type
    #[arg(long, help_heading = "Output")]
    pub(crate) wide: bool,
}

/// Format of a table of predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Tsv,
    Csv,
    /// One JSON object a line
    Jsonl,
    Parquet,
}

/// Where promoters come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PromoterInput {
    Fasta { path: PathBuf, tss_offset: Option<usize> },
    Bed { path: PathBuf, genome: PathBuf },
    Genes { names: Vec<String>, data: Option<PathBuf> },
}

impl PredictArgs {
    /// Where promoters come from.
    pub(crate) fn input(&self) -> Result<PromoterInput> {
        match (&self.fasta, &self.bed, &self.genome) {
            (Some(path), ..) => Ok(PromoterInput::Fasta { path: path.clone(), tss_offset: self.tss_offset }),
            (None, Some(path), Some(genome)) => Ok(PromoterInput::Bed { path: path.clone(), genome: genome.clone() }),
            _ if !self.gene.is_empty() => {
                Ok(PromoterInput::Genes { names: self.gene.clone(), data: self.data.clone() })
            }
            _ => Err(usage("give promoters with --fasta, --bed or --gene")),
        }
    }

    /// The format asked for, else that of the file's extension.
    pub(crate) fn format(&self) -> Result<Format> {
        match (self.format, self.output.as_deref()) {
            (Some(format), _) => Ok(format),
            (None, None) => Ok(Format::Tsv),
            (None, Some(path)) => format_of(path),
        }
    }
}

fn format_of(path: &Path) -> Result<Format> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("tsv" | "txt") | None => Ok(Format::Tsv),
        Some("csv") => Ok(Format::Csv),
        Some("jsonl" | "ndjson") => Ok(Format::Jsonl),
        Some("parquet") => Ok(Format::Parquet),
        Some(other) => {
            Err(usage(format!("--output {}: no format has the extension .{other}; give --format", path.display())))
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
        args: PredictArgs,
    }

    fn parse(line: &str) -> Result<PredictArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("predict {line}").split_whitespace())?.args)
    }

    #[test]
    fn exactly_one_input_is_taken() {
        assert!(parse("").is_err());
        assert!(parse("--fasta a.fa --gene GATA1").is_err());
        assert!(parse("--bed a.bed").is_err());
        assert!(parse("--fasta a.fa --genome g.fa").is_err());
        assert!(parse("--gene GATA1 --tss-offset 5").is_err());
        let genes = parse("--gene GATA1,ALB --gene CD19").expect("valid").input().expect("one input");
        let names = ["GATA1", "ALB", "CD19"].map(str::to_owned).to_vec();
        assert_eq!(genes, PromoterInput::Genes { names, data: None });
    }

    #[test]
    fn the_format_is_that_of_the_extension_unless_named() {
        let format = |line: &str| parse(line).expect("valid").format();
        assert_eq!(format("--fasta a.fa").expect("known"), Format::Tsv);
        assert_eq!(format("--fasta a.fa -o x.parquet").expect("known"), Format::Parquet);
        assert_eq!(format("--fasta a.fa -o x.parquet --format csv").expect("known"), Format::Csv);
        assert!(format("--fasta a.fa -o x.xlsx").is_err());
    }
}
