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
use crate::args::{CellTypeArgs, Format, ModelArgs};
use crate::resolve::promoters::genome_source;
use crate::terminal::failure::usage;

/// Score the effects of variants on promoters.
///
/// For each allele and each TSS whose window contains it, predicts the promoter with and without the variant and writes
/// the difference of log2(TPM + 1) in every cell type of the model. Alleles that cannot be scored are counted by reason.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("sites").args(["annotation", "tss"])))]
#[command(after_long_help = "\
EXAMPLES
  tatabox variants --vcf in.vcf.gz --genome hg38.fa.gz \\
      --annotation gencode.gtf.gz -o effects.tsv
  tatabox variants --vcf in.bcf --genome hg38.2bit --tss tss.bed \\
      --annotated out.vcf.gz --report unscored.tsv
  tatabox variants --vcf in.vcf --genome hg38.fa --tss tss.bed \\
      --cell-type K562 --shifts 0 --shard 1/3 -o part1.parquet
  tatabox variants --saturate --gene GATA1 --genome hg38.fa.gz \\
      --annotation gencode.gtf.gz --cell-type K562 -o gata1.tsv

TSSs
  The TSSs of the annotation are chosen as in `tatabox prepare`; use the same
  --tss-choice and --cage as for the data set of the model.

COLUMNS
  chrom, pos, id, ref, alt
             the allele as in the file, one row per allele of a record, TSS
             and cell type; pos is 1-based
  kind       snv, mnv, insertion, deletion or delins, after trimming of
             common bases
  gene_id, gene_name, strand, tss
             the promoter; tss is 1-based
  distance_to_tss
             distance of the changed base nearest to the TSS, in the direction
             of transcription; 0 if the TSS base itself changes; for an
             insertion, distance of the farther of its two neighbours
  cell_type
  ref_log2_tpm, alt_log2_tpm
             log2(TPM + 1) without and with the variant
  effect     alt_log2_tpm - ref_log2_tpm
  effect_sd_shifts
             standard deviation (n - 1) of the effect over --shifts
  effect_sd_members
             standard deviation over the members of an ensemble
  sign_stable
             whether all shifts and members agree in sign
  indel_shift_effect
             effect of the change in length alone; 0 for a substitution
  effect_shift_corrected
             effect - indel_shift_effect
  tss_deleted
             whether the TSS base is deleted and replaced by another
  ref_match  whether REF agrees with the genome
  note       conditions that affect the row

CONTIGS
  chr1, 1 and NC_000001.11 are matched, and chrM, MT, Mito and MtDNA. Records or TSSs
  without a contig of the genome are an error. So is a contig whose length in the
  header differs from that in the genome, unless --ref-mismatch is skip.

WINDOWS
  Variants are left-aligned and trimmed first (as by bcftools norm), so that
  equivalent spellings of an indel have the same score. A variant is in a window
  if it changes or deletes a base of the window, or inserts bases between two of
  them. The window stays at its TSS. Bases between an indel and the TSS keep
  their position; the side away from the TSS shifts: a deletion moves bases into
  the window, an insertion moves bases out of it. If the TSS base is deleted and
  the length changes, the first remaining base on its 3' side becomes the TSS,
  and inserted bases are upstream of it.
  Both windows are predicted at each of --shifts, since a TSS is rarely known to
  the base; effects are means over the shifts.

CHANGES IN LENGTH
  An indel shifts one side of the window against the bins of the network, which
  alone changes a prediction. indel_shift_effect measures this: for an insertion,
  the effect of as many N in its place; for a deletion, the difference between
  the deletion and as many N in place of the deleted bases.
  effect_shift_corrected is the remainder: the effect of the gained or lost bases
  without a shift. The bases that both alleles of a delins have in number are
  compared in place.

ALLELES THAT ARE NOT SCORED
  no_alternate, symbolic_allele, breakend, overlapping_deletion, invalid_allele,
  no_change, contig_not_in_genome, outside_contig, reference_unknown (the genome
  has N), reference_mismatch, alternate_is_genome (REF differs from the genome
  and ALT agrees with it) and malformed_record are counted, and listed by
  --report. Variants in no window are counted only. --all adds a row with the
  reason for all of them.

ANNOTATED FILES
  --annotated adds INFO/TATABOX: one entry per allele and TSS,
  allele|gene_id|gene_name|distance_to_tss|cell_type|effect|effect_shift_corrected|
  effect_sd_shifts|sign_stable, for the cell type with the largest effect;
  characters that are reserved in VCF are replaced by _ in names. Other columns
  and the order of records are unchanged. Contigs of the genome are added to a
  header without any if the records name them alike; malformed records are
  excluded. A BCF file also declares all other contigs, filters and fields that
  its records use; undeclared fields are text. A value that BCF cannot represent,
  such as text in an integer field, is an error; write .vcf.gz instead. With
  --annotated, the table is written only with --output.

SATURATION
  --saturate --gene NAME scores all single-nucleotide variants of a promoter: of
  a genome with --annotation or --tss, else of a data set. The columns are the
  same. Windows of a data set are shifted only where it has the bases.

KNOWN LIMITS
  Models of this kind predict differences between genes better than differences
  between people, and often get the sign of a person's variant wrong (Huang et
  al. 2023, doi:10.1038/s41588-023-01574-w; Sasse et al. 2023,
  doi:10.1038/s41588-023-01524-6). effect_sd_* and sign_stable show how
  consistent a prediction is, not whether it is right.")]
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
    pub(crate) cell_types: CellTypeArgs,
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
enum ReferenceMismatch {
    /// Stop with an error that names the record and both sequences
    #[default]
    Error,
    /// Count the allele without scoring it
    Skip,
    /// Replace REF by the bases of the genome
    UseGenome,
}

/// Handling of malformed records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MalformedRecord {
    /// Stop with an error that names the line
    #[default]
    Error,
    /// Count the record and skip it
    Skip,
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
            reference_mismatch: match self.ref_mismatch {
                ReferenceMismatch::Error => ReferenceMismatchPolicy::Error,
                ReferenceMismatch::Skip => ReferenceMismatchPolicy::Skip,
                ReferenceMismatch::UseGenome => ReferenceMismatchPolicy::UseGenome,
            },
            malformed: match self.on_malformed {
                MalformedRecord::Error => MalformedRecordPolicy::Error,
                MalformedRecord::Skip => MalformedRecordPolicy::Skip,
            },
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
