//! Request to score the variants of a file.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;

use tatabox_dataset::TssSettings;
use tatabox_sequence::{VariantFormat, is_read_once};

use crate::error::{Error, Result};
use crate::inputs::{GenomeSource, Shard};
use crate::output_paths::OutputPaths;
use crate::tables::TableOutput;

/// Largest shift of a window, in bases; a larger one is another promoter rather than an uncertain TSS.
const LARGEST_SHIFT_BP: i64 = 50;

/// Variants, genome, TSSs and outputs of a scoring task.
///
/// ```
/// use tatabox::inputs::GenomeSource;
/// use tatabox::variants::{TssSource, VariantRequest};
///
/// let sites = TssSource::Bed("tss.bed".into());
/// let mut request = VariantRequest::new("in.vcf.gz", GenomeSource::new("hg38.fa.gz"), sites);
/// request.cell_types = vec!["K562".to_owned()];
/// assert!(request.validate().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct VariantRequest {
    /// VCF (plain, gzip or bgzip) or BCF; `-` for standard input.
    pub variants: PathBuf,
    /// The genome that REF refers to.
    pub genome: GenomeSource,
    /// Source of the TSSs.
    pub sites: TssSource,
    /// Table of gene features, for models that read them.
    pub gene_features: Option<PathBuf>,
    /// Cell types to report; empty for all of the model.
    pub cell_types: Vec<String>,
    /// Shifts of the window over which effects are averaged.
    pub shifts: WindowShifts,
    /// What happens where REF differs from the genome.
    pub reference_mismatch: ReferenceMismatchPolicy,
    /// What happens to malformed records.
    pub malformed: MalformedRecordPolicy,
    /// One part of the records; `None` for all.
    pub shard: Option<Shard>,
    /// Whether alleles without an effect have a row.
    pub all: bool,
    /// Table of effects.
    pub table: Option<TableOutput>,
    /// The variants with their effects in INFO.
    pub annotated: Option<AnnotatedOutput>,
    /// Table of the alleles that are not scored, as TSV.
    pub report: Option<PathBuf>,
}

/// VCF or BCF file with effects in INFO.
///
/// ```
/// use tatabox::variants::AnnotatedOutput;
/// use tatabox_sequence::VariantFormat;
///
/// let output = AnnotatedOutput { path: "out.bcf".into(), format: VariantFormat::Bcf };
/// assert_eq!(output.format, VariantFormat::Bcf);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotatedOutput {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: VariantFormat,
}

/// Source of TSSs.
///
/// ```
/// use tatabox::variants::TssSource;
/// use tatabox_dataset::TssSettings;
///
/// let sites = TssSource::Annotation("gencode.gtf.gz".into(), TssSettings::default());
/// assert!(matches!(sites, TssSource::Annotation(..)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TssSource {
    /// GTF or GFF3, and the rule that chooses the TSS of a gene.
    Annotation(PathBuf, TssSettings),
    /// BED6, 0-based.
    Bed(PathBuf),
}

/// What happens where REF differs from the genome.
///
/// ```
/// use tatabox::variants::ReferenceMismatchPolicy;
///
/// assert_eq!(ReferenceMismatchPolicy::default(), ReferenceMismatchPolicy::Error);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceMismatchPolicy {
    /// The task ends with an error that names the record and both sequences.
    #[default]
    Error,
    /// The allele is counted and not scored.
    Skip,
    /// The bases of the genome replace REF.
    UseGenome,
}

/// What happens to malformed records.
///
/// ```
/// use tatabox::variants::MalformedRecordPolicy;
///
/// assert_eq!(MalformedRecordPolicy::default(), MalformedRecordPolicy::Error);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MalformedRecordPolicy {
    /// The task ends with an error that names the line.
    #[default]
    Error,
    /// The record is counted and skipped.
    Skip,
}

impl VariantRequest {
    /// A request with default settings and without outputs.
    pub fn new(variants: impl Into<PathBuf>, genome: GenomeSource, sites: TssSource) -> Self {
        Self {
            variants: variants.into(),
            genome,
            sites,
            gene_features: None,
            cell_types: Vec::new(),
            shifts: WindowShifts::default(),
            reference_mismatch: ReferenceMismatchPolicy::default(),
            malformed: MalformedRecordPolicy::default(),
            shard: None,
            all: false,
            table: None,
            annotated: None,
            report: None,
        }
    }

    /// Checks the combination of inputs and outputs, without opening any file.
    ///
    /// # Errors
    /// An output is an input, two outputs are the same file, or a shard of standard input is requested.
    pub fn validate(&self) -> Result<()> {
        self.list_paths(OutputPaths::default()).check()?;
        if self.shard.is_some() && is_read_once(&self.variants) {
            return Err(Error::request(
                "shard",
                "standard input and pipes cannot be read twice; write them to a file first",
            ));
        }
        Ok(())
    }

    /// Adds the inputs and outputs of the request.
    pub(super) fn list_paths(&self, mut paths: OutputPaths) -> OutputPaths {
        paths.input("variants", &self.variants);
        paths.genome(&self.genome);
        paths.sites(&self.sites);
        if let Some(path) = &self.gene_features {
            paths.input("gene features", path);
        }
        if let Some(table) = &self.table {
            paths.destination("output", &table.destination);
        }
        if let Some(annotated) = &self.annotated {
            paths.output("annotated", &annotated.path);
        }
        if let Some(report) = &self.report {
            paths.output("report", report);
        }
        paths
    }
}

/// Shifts of a window in bases: an odd number of distinct values, 0 among them, in ascending order.
///
/// # Examples
///
/// ```
/// use tatabox::variants::WindowShifts;
///
/// assert_eq!(*WindowShifts::default(), [-2, -1, 0, 1, 2]);
/// assert_eq!(*WindowShifts::new(&[5, 0, -5])?, [-5, 0, 5]);
/// assert!(WindowShifts::new(&[1, 2]).is_err());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowShifts(Vec<i64>);

impl WindowShifts {
    /// Sorts and checks shifts.
    ///
    /// # Errors
    /// The number of values is even, a value is repeated or too large, or 0 is missing.
    pub fn new(shifts: &[i64]) -> Result<Self> {
        let mut sorted = shifts.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let is_odd_set = sorted.len() == shifts.len() && sorted.len() % 2 == 1;
        if !is_odd_set || !sorted.contains(&0) || sorted.iter().any(|shift| shift.abs() > LARGEST_SHIFT_BP) {
            let problem = format!(
                "expected an odd number of distinct values from -{LARGEST_SHIFT_BP} to {LARGEST_SHIFT_BP}, 0 among them, \
                 such as -2,-1,0,1,2"
            );
            return Err(Error::request("shifts", problem));
        }
        Ok(Self(sorted))
    }

    /// The largest absolute shift.
    pub(crate) fn max_bp(&self) -> u32 {
        self.0.iter().map(|shift| shift.unsigned_abs() as u32).max().unwrap_or(0)
    }
}

impl Default for WindowShifts {
    fn default() -> Self {
        Self(vec![-2, -1, 0, 1, 2])
    }
}

impl Deref for WindowShifts {
    type Target = [i64];

    fn deref(&self) -> &[i64] {
        &self.0
    }
}

impl fmt::Display for WindowShifts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shifts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&shifts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_shifts_must_be_an_odd_set_with_zero() {
        for refused in [&[1, 2, 3][..], &[0, 1], &[0, 0, 1], &[-100, 0, 100], &[]] {
            assert!(WindowShifts::new(refused).is_err(), "{refused:?}");
        }
        assert_eq!(WindowShifts::new(&[3, 0, -3]).expect("valid").max_bp(), 3);
    }

    #[test]
    fn variant_request_same_output_twice_is_refused() {
        let mut request = VariantRequest::new("in.vcf", GenomeSource::new("g.fa"), TssSource::Bed("t.bed".into()));
        request.table = Some(TableOutput::to_file("x.tsv"));
        request.report = Some("x.tsv".into());
        assert!(request.validate().expect_err("one file").to_string().contains("another output"));
        request.report = Some("./no/../x.tsv".into());
        assert!(request.validate().expect_err("one file").to_string().starts_with("report: "));
        request.report = Some("in.vcf".into());
        assert!(request.validate().expect_err("an input").to_string().contains("an input (variants)"));
        request.report = Some("y.tsv".into());
        assert!(request.validate().is_ok());
        request.variants = "-".into();
        request.shard = "1/2".parse().ok();
        assert!(request.validate().expect_err("a stream").to_string().contains("standard input"));
    }
}
