//! Data sets from sequence and expression, features of genes, simulations.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tatabox::half_life::{self as features, HalfLifeRequest};
use tatabox::simulate::{self as simulation, SimulateRequest};
use tatabox_dataset::{
    AssaySource, DuplicateCellType, ExpressionConfig, ExpressionSource, GeneFeatureSource, Harmonise,
    HeldOutChromosomes, PrepareConfig, PromoterActivitySource, SampleFiles, Scale, Split, TrackSource,
};
use tatabox_model::DEFAULT_SEED;
use tatabox_sequence::{FeatureSet, WindowGeometry};

use crate::arguments::names::{chosen, parsed};
use crate::error::request_error;
use crate::model::to_table;
use crate::table::Table;
use crate::task;
use crate::variants::GenomeSites;

/// Expression tables, or files of samples by cell type.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ExpressionOptions {
    tables: Vec<PathBuf>,
    samples: Vec<(String, Vec<PathBuf>)>,
    scale: Option<String>,
    cell_types: Vec<String>,
    duplicate: Option<String>,
    harmonise: Option<String>,
}

impl ExpressionOptions {
    pub(crate) fn config(self, py: Python<'_>) -> PyResult<ExpressionConfig> {
        let scales = Scale::ALL.map(|scale| (scale.to_string(), scale));
        let scales: Vec<(&str, Scale)> = scales.iter().map(|(name, scale)| (name.as_str(), *scale)).collect();
        let scale = self.scale.map(|name| chosen(py, "scale", &name, &scales)).transpose()?;
        let tables = self.tables.into_iter().map(|path| ExpressionSource::Table { path, format: None, scale });
        let samples: Vec<SampleFiles> =
            self.samples.into_iter().map(|(cell_type, files)| SampleFiles { cell_type, files }).collect();
        let samples = (!samples.is_empty()).then_some(ExpressionSource::Samples { samples, format: None, scale });
        let mut config = ExpressionConfig::of(tables.chain(samples).collect());
        config.cell_types = self.cell_types;
        if let Some(name) = self.duplicate {
            let choices = [("first", DuplicateCellType::First), ("mean", DuplicateCellType::Mean)];
            config.duplicate = chosen(py, "duplicate", &name, &choices)?;
        }
        if let Some(name) = self.harmonise {
            let choices = [("none", Harmonise::None), ("quantile", Harmonise::Quantile), ("offset", Harmonise::Offset)];
            config.harmonise = chosen(py, "harmonise", &name, &choices)?;
        }
        Ok(config)
    }
}

/// Inputs and settings of a data set.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct PrepareOptions {
    expression: ExpressionOptions,
    out: PathBuf,
    name: Option<String>,
    force: bool,
    promoters: Option<PathBuf>,
    tss_offset: Option<usize>,
    sites: GenomeSites,
    promoter_activity: Option<(PathBuf, Vec<String>)>,
    features: Option<String>,
    feature_table: Option<PathBuf>,
    tracks: Vec<(String, PathBuf)>,
    assays: Vec<String>,
    drop: Vec<String>,
    upstream: u32,
    downstream: u32,
    min_known_bp: Option<u32>,
    seed: Option<u64>,
    validation_chromosomes: Vec<String>,
    test_chromosomes: Vec<String>,
    genome_cache: Option<PathBuf>,
}

/// Prepares a data set; returns counts of kept, split and excluded genes.
#[pyfunction]
pub(crate) fn prepare<'py>(
    listener: &Bound<'py, PyAny>,
    options: PrepareOptions,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = listener.py();
    let geometry = WindowGeometry::new(options.upstream, options.downstream)
        .map_err(|error| request_error(py, "upstream, downstream", error.to_string()))?;
    let tss = options.sites.tss_settings(py)?;
    let mut config = PrepareConfig::new(options.expression.config(py)?, options.out, geometry);
    if let Some(name) = options.name {
        config.name = name;
    }
    config.force = options.force;
    config.promoters = options.promoters;
    config.tss_offset = options.tss_offset;
    let sites = &options.sites;
    config.gene_features = match (options.features.as_deref(), options.feature_table) {
        (None, None) => None,
        (Some("half-life"), None) => Some(GeneFeatureSource::HalfLife),
        (Some("structure"), None) => Some(GeneFeatureSource::Structure),
        (None, Some(table)) => Some(GeneFeatureSource::Table(table)),
        _ => return Err(request_error(py, "gene_features", "expected 'half-life', 'structure' or a table")),
    };
    (config.genome, config.annotation, config.tss_bed) = sites.paths();
    config.promoter_activity =
        options.promoter_activity.map(|(table, columns)| PromoterActivitySource { table, columns });
    config.tss = tss;
    config.tracks = options.tracks.into_iter().map(|(name, path)| TrackSource { name, path }).collect();
    let assays = options.assays.iter().map(|text| parsed::<AssaySource>(py, "assays", text));
    config.assays = assays.collect::<PyResult<_>>()?;
    let (without_features, drop): (Vec<String>, Vec<String>) =
        options.drop.into_iter().partition(|name| name == "no-features");
    config.require_features = !without_features.is_empty();
    config.drop = drop.iter().map(|name| parsed(py, "drop", name)).collect::<PyResult<_>>()?;
    config.min_known_bp = options.min_known_bp.unwrap_or(config.min_known_bp);
    config.seed = options.seed.unwrap_or(DEFAULT_SEED);
    config.held_out = HeldOutChromosomes { validation: options.validation_chromosomes, test: options.test_chromosomes };
    config.genome_cache = options.genome_cache;
    let report = task::run(listener, threads, |observer| tatabox::prepare::run(&config, observer))?;
    let counts = PyDict::new(py);
    counts.set_item("kept", report.kept)?;
    for split in Split::ALL {
        counts.set_item(split.as_str(), report.split.part(split).genes)?;
    }
    let dropped = PyDict::new(py);
    for (reason, count) in &report.dropped {
        dropped.set_item(reason.as_str(), count)?;
    }
    counts.set_item("dropped", dropped)?;
    Ok(counts)
}

/// Features of genes from annotation, and from a genome for half-life features.
#[pyfunction]
pub(crate) fn half_life(
    listener: &Bound<'_, PyAny>,
    sites: GenomeSites,
    feature_set: &str,
    output: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<Option<Table>> {
    let py = listener.py();
    let sets = [("half-life", FeatureSet::HalfLife), ("structure", FeatureSet::Structure)];
    let feature_set = chosen(py, "feature_set", feature_set, &sets)?;
    let (_, annotation, _) = sites.paths();
    let annotation = annotation.ok_or_else(|| request_error(py, "annotation", "none; expected a GTF or GFF3 file"))?;
    let genome = sites.optional_genome(py)?;
    to_table(listener, threads, output, |output, observer| {
        let request = HalfLifeRequest { feature_set, genome, output, ..HalfLifeRequest::structure(annotation) };
        features::run(&request, observer).map(drop)
    })
}

/// Simulates promoters and expression, and prepares a data set of them; returns the folder of the data set.
#[pyfunction]
pub(crate) fn simulate(
    listener: &Bound<'_, PyAny>,
    out: PathBuf,
    genes: Option<u32>,
    seed: Option<u64>,
    force: bool,
) -> PyResult<PathBuf> {
    let mut request = SimulateRequest::new(out);
    request.prepare = true;
    request.config.genes = genes.unwrap_or(request.config.genes);
    request.config.seed = seed.unwrap_or(request.config.seed);
    request.config.force = force;
    task::run(listener, None, |observer| simulation::run(&request, observer).map(drop))?;
    Ok(request.dataset_folder())
}
