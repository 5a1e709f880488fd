//! Motifs of filters, marginal effects of motifs, designed promoters.

use std::path::PathBuf;

use pyo3::prelude::*;
use tatabox::design::{
    self as designs, DesignFolderRequest, DesignLimits, DesignRequest, DesignSearch, GeneticOptions, StartSource,
};
use tatabox::inputs::AuxiliarySources;
use tatabox::marginalize::{self as marginal, Backgrounds, MarginalizeRequest, MotifPattern, Orientation};
use tatabox::motifs::{self as filters, AblationOptions, MotifDatabase, MotifsOutput, MotifsRequest};

use crate::arguments::names;
use crate::arguments::promoters::{PromoterFiles, reopened};
use crate::dataset::Dataset;
use crate::error::{IntoPython, request_error};
use crate::model::{Model, to_table};
use crate::table::Table;
use crate::task;

/// Settings of motifs of filters.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MotifOptions {
    split: String,
    max_genes: Option<usize>,
    database: Option<PathBuf>,
    ablation_genes: Option<usize>,
    seed: Option<u64>,
    out: PathBuf,
    force: bool,
}

/// Writes the motifs of filters into a folder.
#[pyfunction]
pub(crate) fn motifs(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    dataset: &Bound<'_, Dataset>,
    options: MotifOptions,
    threads: Option<usize>,
) -> PyResult<()> {
    let py = listener.py();
    let defaults = MotifsRequest::default();
    let ablation = AblationOptions {
        max_genes: options.ablation_genes.unwrap_or(defaults.ablation.max_genes),
        ..defaults.ablation
    };
    let request = MotifsRequest {
        split: names::split(py, &options.split)?,
        max_genes: options.max_genes.unwrap_or(defaults.max_genes),
        database: options.database.as_deref().map(MotifDatabase::read).transpose().into_python(py)?,
        ablation,
        seed: options.seed.unwrap_or(defaults.seed),
    };
    let output = MotifsOutput { overwrite: options.force, ..MotifsOutput::new(options.out) };
    let (model, dataset) = (model.get().library(), dataset.get().prepared());
    task::run(listener, threads, |observer| filters::run(model, dataset, &request, &output, observer).map(drop))
}

/// Settings of marginal effects.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MarginalizeOptions {
    motifs: Vec<String>,
    motif_file: Option<PathBuf>,
    positions: Option<(i64, i64)>,
    step_bp: Option<usize>,
    orientation: String,
    fasta: Option<PathBuf>,
    tss_offset: Option<usize>,
    dataset: Option<Py<Dataset>>,
    split: String,
    shuffle: bool,
    max_backgrounds: Option<usize>,
    cell_types: Vec<String>,
    seed: Option<u64>,
    output: Option<PathBuf>,
}

/// Mean effects of motifs in background promoters.
#[pyfunction]
pub(crate) fn marginalize(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    options: MarginalizeOptions,
    threads: Option<usize>,
) -> PyResult<Option<Table>> {
    let py = listener.py();
    let backgrounds = match (options.fasta, &options.dataset) {
        (Some(path), None) => Backgrounds::Fasta { path, tss_offset: options.tss_offset },
        (None, Some(dataset)) => Backgrounds::Genes {
            dataset: Box::new(reopened(py, dataset.get())?),
            split: names::split(py, &options.split)?,
            is_shuffled: options.shuffle,
        },
        _ => return Err(request_error(py, "backgrounds", "expected a FASTA file or a data set")),
    };
    let patterns = match &options.motif_file {
        Some(path) => MotifPattern::read(path, &options.motifs),
        None => options.motifs.iter().map(|letters| MotifPattern::from_letters(letters)).collect(),
    };
    let mut request = MarginalizeRequest::new(patterns.into_python(py)?, backgrounds);
    request.positions = options.positions.map(|positions| names::range(py, "positions", positions)).transpose()?;
    request.step_bp = options.step_bp.unwrap_or(request.step_bp);
    let orientations =
        [("forward", Orientation::Forward), ("reverse", Orientation::Reverse), ("both", Orientation::Both)];
    request.orientation = names::chosen(py, "orientation", &options.orientation, &orientations)?;
    request.max_backgrounds = options.max_backgrounds.unwrap_or(request.max_backgrounds);
    request.cell_types = options.cell_types;
    request.seed = options.seed.unwrap_or(request.seed);
    let model = model.get().library();
    to_table(listener, threads, options.output, |output, observer| {
        marginal::run(model, &request, &output, observer).map(drop)
    })
}

/// Settings of designs.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct DesignOptions {
    targets: Vec<String>,
    starts: Option<PromoterFiles>,
    random: Option<(usize, f64)>,
    shuffles: Option<usize>,
    max_edits: Option<usize>,
    protected: Vec<(i64, i64)>,
    protected_motifs: Vec<String>,
    gc: Option<(f64, f64)>,
    longest_run: Option<usize>,
    search: String,
    seed: Option<u64>,
    out: PathBuf,
    force: bool,
}

/// Writes designed promoters into a folder.
#[pyfunction]
pub(crate) fn design(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    options: DesignOptions,
    threads: Option<usize>,
) -> PyResult<()> {
    let py = listener.py();
    let targets = options.targets.iter().map(|target| names::parsed(py, "targets", target));
    let mut request = DesignRequest::new(targets.collect::<PyResult<_>>()?);
    request.max_edits = options.max_edits.unwrap_or(request.max_edits);
    let protected = options.protected.into_iter().map(|positions| names::range(py, "protected", positions));
    request.protected = protected.collect::<PyResult<_>>()?;
    request.protected_motifs = options.protected_motifs;
    request.limits = DesignLimits { gc: options.gc.map(|(low, high)| low..=high), longest_run: options.longest_run };
    let searches = [
        ("greedy", DesignSearch::Greedy),
        ("beam", DesignSearch::Beam { width: 8 }),
        ("genetic", DesignSearch::Genetic(GeneticOptions::default())),
    ];
    request.search = names::chosen(py, "search", &options.search, &searches)?;
    request.seed = options.seed.unwrap_or(request.seed);
    let (starts, auxiliary) = match (options.starts, options.random) {
        (Some(files), None) => {
            let (promoters, auxiliary) = files.source(py)?;
            let starts = match options.shuffles {
                Some(count) => StartSource::Shuffled { promoters, count },
                None => StartSource::Promoters(promoters),
            };
            (starts, auxiliary)
        }
        (None, Some((count, gc))) => (StartSource::Random { count, gc }, AuxiliarySources::default()),
        _ => return Err(request_error(py, "starts", "expected promoters or a number of random sequences")),
    };
    let request = DesignFolderRequest {
        auxiliary,
        overwrite: options.force,
        ..DesignFolderRequest::new(starts, request, options.out)
    };
    let model = model.get().library();
    task::run(listener, threads, |observer| designs::run(model, request, observer).map(drop))
}
