//! `tatabox variants`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use tatabox::inputs::{Shard, TssRange};
use tatabox::tables::TableOutput;
use tatabox::variants::{
    AnnotatedOutput, MalformedRecordPolicy, ReferenceMismatchPolicy, SaturatedPromoters, SaturationRequest, TssSource,
    VariantRequest, WindowShifts,
};
use tatabox_sequence::VariantFormat;

use crate::args::TssArgs;
use crate::args::{EffectOutputArgs, Format, ModelArgs};
use crate::resolve::promoters::genome_source;
use crate::terminal::failure::usage;

/// Score the effects of variants on promoters.
///
/// For each allele and each TSS whose window contains it, predicts the promoter with and without the variant and writes
/// the difference of log2(TPM + 1) in every cell type of the model. Alleles that cannot be scored are counted by reason.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("sites").args(["annotation", "tss"])))]
#[command(after_long_help = include_str!("variants_help.txt").trim_end())]
pub(crate) struct VariantsArgs {
    /// Variants: VCF, plain, gzip or bgzip, or BCF; - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Variants", required_unless_present = "saturate")]
    vcf: Option<PathBuf>,
    /// Genome that REF refers to: FASTA (plain, bgzip or gzip) or 2bit
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Variants",
        required_unless_present = "saturate",
        requires = "sites"
    )]
    pub(crate) genome: Option<PathBuf>,
    /// Gene features for models that read them: TSV, CSV (.gz) or parquet, as written by `tatabox half-life`; variants in
    /// promoters of other genes are not scored
    #[arg(long, value_name = "TABLE", help_heading = "Variants", requires = "genome")]
    pub(crate) gene_features: Option<PathBuf>,
    /// Genes: GTF or GFF3 (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Variants")]
    annotation: Option<PathBuf>,
    /// TSSs: BED6 (.gz), 0-based
    #[arg(long, value_name = "FILE", help_heading = "Variants")]
    tss: Option<PathBuf>,
    #[command(flatten)]
    tss_choice: TssArgs,
    /// Handling of a REF that differs from the genome
    #[arg(long, value_name = "WHAT", help_heading = "Variants", value_enum, default_value_t)]
    ref_mismatch: ReferenceMismatch,
    /// Handling of malformed records
    #[arg(long, value_name = "WHAT", help_heading = "Variants", value_enum, default_value_t)]
    on_malformed: MalformedRecord,
    /// Score one of n equal parts of the records, such as 2/3; the concatenated tables equal that of all records
    #[arg(long, value_name = "I/N", help_heading = "Variants")]
    pub(crate) shard: Option<Shard>,

    /// Score all single-nucleotide variants of the promoters of --gene instead of a VCF
    #[arg(long, help_heading = "Saturation", requires = "gene")]
    #[arg(conflicts_with_all = ["vcf", "annotated", "report", "shard", "all"])]
    pub(crate) saturate: bool,
    /// Genes to saturate, by name or identifier; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Saturation", value_delimiter = ',', requires = "saturate")]
    pub(crate) gene: Vec<String>,
    /// Data set of the genes, without --genome [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Saturation", requires = "saturate", conflicts_with = "genome")]
    pub(crate) data: Option<PathBuf>,
    /// Positions to saturate, relative to the TSS, half-open [default: the extent of the model]
    #[arg(
        long,
        value_name = "FROM..TO",
        help_heading = "Saturation",
        allow_hyphen_values = true,
        requires = "saturate"
    )]
    pub(crate) region: Option<TssRange>,

    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) cell_types: EffectOutputArgs,
    /// Shifts of the window in bases: an odd number of values, 0 among them; 0 alone is fastest
    #[arg(long, value_name = "BP,BP..", help_heading = "Model", value_delimiter = ',', allow_hyphen_values = true)]
    #[arg(default_value = "-2,-1,0,1,2")]
    shifts: Vec<i64>,

    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write the table to a file, which appears once it is complete [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Write the variants with their effects in INFO: .vcf, .vcf.gz or .bcf
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) annotated: Option<PathBuf>,
    /// Write the alleles that are not scored, with the reason, as TSV
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
    /// Add rows for alleles that are not scored or in no window
    #[arg(long, help_heading = "Output")]
    pub(crate) all: bool,
}

/// Handling of a REF that differs from the genome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReferenceMismatch {
    /// Stop with an error that names the record and both sequences
    #[default]
    Error,
    /// Count the allele without scoring it
    Skip,
    /// Replace REF by the bases of the genome
    UseGenome,
}

impl From<ReferenceMismatch> for ReferenceMismatchPolicy {
    fn from(policy: ReferenceMismatch) -> Self {
        match policy {
            ReferenceMismatch::Error => Self::Error,
            ReferenceMismatch::Skip => Self::Skip,
            ReferenceMismatch::UseGenome => Self::UseGenome,
        }
    }
}

/// Handling of malformed records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MalformedRecord {
    /// Stop with an error that names the line or record
    #[default]
    Error,
    /// Count the record and skip it
    Skip,
}

impl MalformedRecord {
    pub(crate) fn policy(self) -> MalformedRecordPolicy {
        match self {
            Self::Error => MalformedRecordPolicy::Error,
            Self::Skip => MalformedRecordPolicy::Skip,
        }
    }
}

impl VariantsArgs {
    /// The request to score a file.
    pub(crate) fn request(&self) -> Result<VariantRequest> {
        // clap requires none of what conflicts with a VCF, so that this remains to be checked.
        if !self.gene.is_empty() || self.region.is_some() || self.data.is_some() {
            return Err(usage(
                "--gene, --region and --data are for --saturate; variants of a VCF are scored for all genes",
            ));
        }
        let (Some(variants), Some(genome)) = (&self.vcf, &self.genome) else {
            return Err(usage("give variants with --vcf and --genome, or --saturate with --gene"));
        };
        let annotated = self.annotated()?;
        let writes_table = self.output.is_some() || annotated.is_none();
        let request = VariantRequest {
            gene_features: self.gene_features.clone(),
            cell_types: self.cell_types.names().to_vec(),
            shifts: WindowShifts::new(&self.shifts)?,
            reference_mismatch: self.ref_mismatch.into(),
            malformed: self.on_malformed.policy(),
            shard: self.shard,
            all: self.all,
            table: if writes_table { Some(self.table()?) } else { None },
            annotated,
            report: self.report.clone(),
            ..VariantRequest::new(variants, genome_source(genome), self.sites()?)
        };
        Ok(request)
    }

    /// The request to saturate promoters, of the data set that `dataset` opens where no genome is given.
    pub(crate) fn saturation(&self, dataset: impl FnOnce() -> Result<SaturatedPromoters>) -> Result<SaturationRequest> {
        let (output, shifts) = (self.table()?, WindowShifts::new(&self.shifts)?);
        let source = match &self.genome {
            Some(genome) => SaturatedPromoters::Genome {
                genome: genome_source(genome),
                sites: self.sites()?,
                gene_features: self.gene_features.clone(),
            },
            None => dataset()?,
        };
        Ok(SaturationRequest {
            genes: self.gene.clone(),
            source,
            region: self.region,
            cell_types: self.cell_types.names().to_vec(),
            shifts,
            output,
        })
    }

    fn table(&self) -> Result<TableOutput> {
        let format = Format::of(self.format, self.output.as_deref())?;
        Ok(TableOutput { destination: self.output.clone().into(), format })
    }

    fn sites(&self) -> Result<TssSource> {
        match (&self.annotation, &self.tss) {
            (Some(path), None) => Ok(TssSource::Annotation(path.clone(), self.tss_choice.settings())),
            (None, Some(path)) => Ok(TssSource::Bed(path.clone())),
            _ => Err(usage("give TSSs with --annotation or --tss")),
        }
    }

    fn annotated(&self) -> Result<Option<AnnotatedOutput>> {
        let Some(path) = &self.annotated else { return Ok(None) };
        match VariantFormat::from_path(path) {
            Some(format) => Ok(Some(AnnotatedOutput { path: path.clone(), format })),
            None => Err(usage(format!(
                "--annotated {}: the name must end with .vcf, .vcf.gz, .vcf.bgz or .bcf",
                path.display()
            ))),
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
        args: VariantsArgs,
    }

    fn parse(line: &str) -> Result<VariantsArgs, clap::Error> {
        let line = format!("variants --vcf v.vcf --genome g.fa {line}");
        Ok(Line::try_parse_from(line.split_whitespace())?.args)
    }

    #[test]
    fn variants_args_tss_have_one_source() {
        assert!(parse("").is_err());
        assert!(parse("--tss t.bed --saturate --gene A").is_err(), "a VCF and no VCF");
        let genes = parse("--tss t.bed --gene A").expect("left to check");
        assert!(genes.request().expect_err("genes are for saturation").to_string().contains("--saturate"));
        assert!(parse("--tss t.bed --annotation a.gtf").is_err());
        let args = parse("--tss t.bed").expect("valid");
        assert_eq!(args.sites().expect("one"), TssSource::Bed("t.bed".into()));
        assert_eq!(args.cell_types.outputs(), tatabox::OutputSelection::Effects);
    }

    #[test]
    fn variants_args_shifts_are_sorted_and_checked() {
        let shifts =
            |text: &str| Ok(parse(&format!("--tss t.bed {text}")).expect("numbers").request()?.shifts.to_vec());
        let shifts = |text: &str| -> Result<Vec<i64>> { shifts(text) };
        assert_eq!(shifts("").expect("valid"), [-2, -1, 0, 1, 2]);
        assert_eq!(shifts("--shifts 3,0,-3").expect("valid"), [-3, 0, 3]);
        assert!(shifts("--shifts 1,2,3").is_err());
    }

    #[test]
    fn variants_args_annotated_format_follows_extension() {
        let annotated = |name: &str| {
            let args = parse(&format!("--tss t.bed --annotated {name}")).expect("valid");
            args.annotated().map(|file| file.expect("given").format)
        };
        assert_eq!(annotated("x.bcf").expect("known"), VariantFormat::Bcf);
        assert!(annotated("x.tsv").is_err());
    }
}
