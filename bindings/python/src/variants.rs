//! Effects of variants.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pyo3::prelude::*;
use tatabox::inputs::GenomeSource;
use tatabox::variants::{
    self, AnnotatedOutput, ReferenceMismatchPolicy, SaturatedPromoters, SaturationRequest, TssSource, VariantRequest,
    WindowShifts,
};
use tatabox_dataset::TssSettings;
use tatabox_sequence::VariantFormat;

use crate::arguments::names;
use crate::arguments::promoters::{malformed, reopened};
use crate::dataset::Dataset;
use crate::error::{IntoPython, request_error};
use crate::model::{Model, to_table};
use crate::table::Table;

/// Genome and TSSs.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct GenomeSites {
    genome: Option<PathBuf>,
    genome_cache: Option<PathBuf>,
    annotation: Option<PathBuf>,
    tss_bed: Option<PathBuf>,
    tss_choice: Option<String>,
    cage: Option<PathBuf>,
    gene_features: Option<PathBuf>,
}

impl GenomeSites {
    pub(crate) fn genome(&self, py: Python<'_>) -> PyResult<GenomeSource> {
        let path =
            self.genome.clone().ok_or_else(|| request_error(py, "genome", "none; expected a FASTA or 2bit file"))?;
        Ok(GenomeSource { path, cache: self.genome_cache.clone() })
    }

    pub(crate) fn optional_genome(&self, py: Python<'_>) -> PyResult<Option<GenomeSource>> {
        self.genome.is_some().then(|| self.genome(py)).transpose()
    }

    pub(crate) fn sites(&self, py: Python<'_>) -> PyResult<Option<TssSource>> {
        match (&self.annotation, &self.tss_bed) {
            (Some(annotation), None) => Ok(Some(TssSource::Annotation(annotation.clone(), self.tss_settings(py)?))),
            (None, Some(bed)) => Ok(Some(TssSource::Bed(bed.clone()))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(request_error(py, "tss_bed", "expected either annotation or tss_bed")),
        }
    }

    /// Paths of genome, annotation and TSSs.
    pub(crate) fn paths(&self) -> (Option<PathBuf>, Option<PathBuf>, Option<PathBuf>) {
        (self.genome.clone(), self.annotation.clone(), self.tss_bed.clone())
    }

    fn required_sites(&self, py: Python<'_>) -> PyResult<TssSource> {
        self.sites(py)?
            .ok_or_else(|| request_error(py, "annotation", "none; expected annotation (GTF, GFF3) or tss_bed"))
    }

    pub(crate) fn tss_settings(&self, py: Python<'_>) -> PyResult<TssSettings> {
        let mut settings = TssSettings { cage: self.cage.clone(), ..TssSettings::default() };
        if let Some(choice) = &self.tss_choice {
            settings.choice = names::parsed(py, "tss_choice", choice)?;
        }
        Ok(settings)
    }
}

/// What happens where REF differs from the genome.
pub(crate) fn reference_mismatch(py: Python<'_>, name: &str) -> PyResult<ReferenceMismatchPolicy> {
    let choices = [
        ("raise", ReferenceMismatchPolicy::Error),
        ("skip", ReferenceMismatchPolicy::Skip),
        ("use-genome", ReferenceMismatchPolicy::UseGenome),
    ];
    names::chosen(py, "reference_mismatch", name, &choices)
}

pub(crate) fn window_shifts(py: Python<'_>, shifts: Option<&[i64]>) -> PyResult<WindowShifts> {
    shifts.map_or_else(|| Ok(WindowShifts::default()), |shifts| WindowShifts::new(shifts).into_python(py))
}

/// Settings of the scoring of variants.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct VariantOptions {
    variants: PathBuf,
    sites: GenomeSites,
    cell_types: Vec<String>,
    shifts: Option<Vec<i64>>,
    reference_mismatch: String,
    on_malformed: String,
    all: bool,
    output: Option<PathBuf>,
    annotated: Option<PathBuf>,
    report: Option<PathBuf>,
}

/// Scores the variants of a VCF or BCF file; returns the table (`None` where `output` is a file) and counts by outcome.
#[pyfunction]
pub(crate) fn score_variants(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    options: VariantOptions,
    threads: Option<usize>,
) -> PyResult<(Option<Table>, BTreeMap<String, u64>)> {
    let py = listener.py();
    let genome = options.sites.genome(py)?;
    let mut request = VariantRequest::new(options.variants, genome, options.sites.required_sites(py)?);
    request.gene_features.clone_from(&options.sites.gene_features);
    request.cell_types = options.cell_types;
    request.shifts = window_shifts(py, options.shifts.as_deref())?;
    request.reference_mismatch = reference_mismatch(py, &options.reference_mismatch)?;
    request.malformed = malformed(py, &options.on_malformed)?;
    request.all = options.all;
    request.report = options.report;
    request.annotated = options
        .annotated
        .map(|path| {
            let format = VariantFormat::from_path(&path).ok_or_else(|| {
                request_error(py, "annotated", format!("{}; expected .vcf, .vcf.gz or .bcf", path.display()))
            })?;
            Ok::<_, PyErr>(AnnotatedOutput { path, format })
        })
        .transpose()?;
    let model = model.get().library();
    let mut counts = BTreeMap::new();
    let table = to_table(listener, threads, options.output, |output, observer| {
        request.table = Some(output);
        let summary = variants::score(model, &request, observer)?;
        counts.insert("records".to_owned(), summary.records);
        counts.insert("alleles".to_owned(), summary.alleles);
        counts.insert("scored".to_owned(), summary.scored);
        counts.insert("in no window".to_owned(), summary.in_no_window);
        counts.extend(summary.unscored.iter().map(|(reason, count)| (reason.to_string(), *count)));
        Ok(())
    })?;
    Ok((table, counts))
}

/// Settings of the saturation of promoters.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SaturationOptions {
    genes: Vec<String>,
    dataset: Option<Py<Dataset>>,
    sites: GenomeSites,
    region: Option<(i64, i64)>,
    cell_types: Vec<String>,
    shifts: Option<Vec<i64>>,
    output: Option<PathBuf>,
}

/// Effects of all single-nucleotide variants of promoters.
#[pyfunction]
pub(crate) fn saturate(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    options: SaturationOptions,
    threads: Option<usize>,
) -> PyResult<Option<Table>> {
    let py = listener.py();
    let source = match &options.dataset {
        Some(dataset) => SaturatedPromoters::Dataset(Box::new(reopened(py, dataset.get())?)),
        None => SaturatedPromoters::Genome {
            genome: options.sites.genome(py)?,
            sites: options.sites.required_sites(py)?,
            gene_features: options.sites.gene_features.clone(),
        },
    };
    let region = options.region.map(|region| names::range(py, "region", region)).transpose()?;
    let shifts = window_shifts(py, options.shifts.as_deref())?;
    let model = model.get().library();
    to_table(listener, threads, options.output, |output, observer| {
        let request =
            SaturationRequest { genes: options.genes, source, region, cell_types: options.cell_types, shifts, output };
        variants::saturate(model, &request, observer).map(drop)
    })
}
