//! `tatabox predict`.

pub(super) mod cell_types;
pub(super) mod format;
pub(super) mod model;
pub(super) mod promoters;
pub(super) mod variants;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::tables::TableFormat;
use tatabox_model::Precision;
use tatabox_sequence::is_read_once;

use crate::args::predict::variants::MalformedRecord;
use crate::args::{Format, ModelArgs, PromoterArgs, PromoterInput};
use crate::terminal::failure::usage;
use tatabox::OutputSelection;
use tatabox::inputs::Shard;

/// Predict expression from promoter sequence.
///
/// Reads promoters, cuts each to the extent of the model around its TSS, and prints log2(TPM + 1) and TPM in every
/// cell type of the model. Shorter records are padded with N; the column n_acgt counts the remaining bases.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox predict --fasta promoters.fa
  zcat promoters.fa.gz | tatabox predict --fasta - --tss-offset 250
  tatabox predict --bed tss.bed --genome hg38.fa -o predictions.parquet
  tatabox predict --bed tss.bed --genome hg38.fa --shard 2/8 -o part2.tsv
  tatabox predict --gene GATA1 --gene ALB --data data/human --wide

  With a model that reads half-life features and chromatin accessibility:
    tatabox predict --bed tss.bed --genome hg38.fa --model models/multi \\
        --gene-features half_life.tsv --track dnase=K562.dnase.bw

TSS OF A FASTA RECORD (0-based index of its base)
  tss_offset= in its header, else --tss-offset; a record exactly as long as
  the model's extent needs neither.

COLUMNS
  id         record, BED name or gene identifier
  cell_type  one row each; with --wide one column each instead, log2_tpm_NAME
  log2_tpm   log2(TPM + 1); empty where there is no base to predict from
  tpm        TPM; empty for outputs of assays
  log2_tpm_sd
             only for ensembles, whose mean is log2_tpm: standard deviation
             over the members (n - 1); the effect of training alone, not an
             interval for a measurement
  n_acgt     bases other than N within the extent of the model
  note       conditions that affect the row: padding, split of the gene
  With --gene also measured_log2_tpm, where the data set has it.")]
pub(crate) struct PredictArgs {
    #[command(flatten)]
    pub(crate) promoters: PromoterArgs,
    /// Predict one of n equal parts, such as 2/3; the concatenated tables equal that of all promoters
    #[arg(long, value_name = "I/N", help_heading = "Promoters", conflicts_with = "gene")]
    pub(crate) shard: Option<Shard>,
    /// Handling of FASTA records without a name, sequence or TSS, or with letters that are not bases; skipped ones are rows
    /// without a prediction, whose note says why
    #[arg(long, value_name = "WHAT", help_heading = "Promoters", value_enum, default_value_t)]
    #[arg(conflicts_with_all = ["bed", "gene"])]
    pub(crate) on_malformed: MalformedRecord,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Outputs: expression (all cell types), all, or names, comma-separated; other models than those of expression have
    /// outputs of assays
    #[arg(
        long,
        visible_alias = "cell-type",
        value_name = "NAMES",
        help_heading = "Model",
        default_value = "expression"
    )]
    pub(crate) outputs: OutputSelection,
    /// Number format of convolutions and large matrix products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Model", default_value_t = Precision::F32)]
    pub(crate) precision: Precision,

    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write to a file, which appears once it is complete [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// One row per promoter, one column per cell type
    #[arg(long, help_heading = "Output")]
    pub(crate) wide: bool,
}

impl PredictArgs {
    /// Source of promoters.
    pub(crate) fn input(&self) -> Result<PromoterInput> {
        let input = self.promoters.input()?;
        if self.shard.is_some() && matches!(&input, PromoterInput::Fasta { path, .. } if is_read_once(path)) {
            return Err(usage("--shard: standard input and pipes cannot be read twice; write them to a file first"));
        }
        Ok(input)
    }

    /// The requested format, else that of the output file's extension.
    pub(crate) fn format(&self) -> Result<TableFormat> {
        Format::of(self.format, self.output.as_deref())
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
    fn predict_args_require_exactly_one_input() {
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
    fn predict_args_shard_requires_a_file() {
        assert!(parse("--gene GATA1 --shard 1/2").is_err());
        assert!(parse("--fasta a.fa --shard 3/2").is_err());
        assert!(parse("--fasta a.fa --shard 1/2").expect("valid").input().is_ok());
        let piped = parse("--fasta - --shard 1/2").expect("left to check").input();
        assert!(piped.expect_err("read twice").to_string().contains("standard input"));
    }

    #[test]
    fn predict_args_format_follows_extension_unless_named() {
        let format = |line: &str| parse(line).expect("valid").format();
        assert_eq!(format("--fasta a.fa").expect("known"), TableFormat::Tsv);
        assert_eq!(format("--fasta a.fa -o x.parquet").expect("known"), TableFormat::Parquet);
        assert_eq!(format("--fasta a.fa -o x.parquet --format csv").expect("known"), TableFormat::Csv);
        assert!(format("--fasta a.fa -o x.xlsx").is_err());
    }
}
