//! Evaluation of models, cross-validation, comparison of measured with predicted effects of variants.

use std::path::PathBuf;

use pyo3::prelude::*;
use tatabox::comparators::ComparatorChoice;
use tatabox::crossval::{self as folds, CrossvalRequest, FoldSource};
use tatabox::evaluate::{self as library, Drawing, EvaluateRequest, EvaluationSettings};
use tatabox::evaluate_variants::{self as effects, EvaluateVariantsRequest};
use tatabox::{Model as LibraryModel, OutputSelection};
use tatabox_eval::EffectScoreOptions;
use tatabox_model::DeviceChoice;

use crate::arguments::names;
use crate::dataset::Dataset;
use crate::error::{IntoPython, request_error};
use crate::model::Model;
use crate::task;
use crate::training::TrainOptions;
use crate::variants::{GenomeSites, reference_mismatch, window_shifts};

/// Comparators, scores and output.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ScoreOptions {
    baselines: Vec<String>,
    cache: Option<PathBuf>,
    resamples: Option<u32>,
    seed: Option<u64>,
    figures: bool,
    report: bool,
    out: PathBuf,
    force: bool,
}

impl ScoreOptions {
    fn comparators(&self, py: Python<'_>) -> PyResult<Vec<ComparatorChoice>> {
        let choice = |name: &String| {
            ComparatorChoice::from_name(name).ok_or_else(|| {
                request_error(
                    py,
                    "baselines",
                    format!("'{name}'; expected 'fast', 'all', 'none' or names such as 'kmer-ridge'"),
                )
            })
        };
        self.baselines.iter().map(choice).collect()
    }

    fn drawing(&self) -> Drawing {
        Drawing { figures: self.figures, report: self.report, ..Drawing::default() }
    }
}

/// Writes the evaluation of a model into a folder.
#[pyfunction]
pub(crate) fn evaluate(
    listener: &Bound<'_, PyAny>,
    model: &Bound<'_, Model>,
    dataset: &Bound<'_, Dataset>,
    split: &str,
    options: ScoreOptions,
    threads: Option<usize>,
) -> PyResult<()> {
    let py = listener.py();
    let defaults = EvaluationSettings::default();
    let settings = EvaluationSettings {
        split: names::split(py, split)?,
        resamples: options.resamples.unwrap_or(defaults.resamples),
        seed: options.seed.unwrap_or(defaults.seed),
        drawing: options.drawing(),
        out_dir: Some(options.out.clone()),
        overwrite: options.force,
        ..defaults
    };
    let request = EvaluateRequest { settings, comparators: options.comparators(py)?, cache: options.cache.clone() };
    let (path, dataset) = (model.get().library().folder().map(PathBuf::from), dataset.get().prepared());
    task::run(listener, threads, |observer| {
        // The evaluation narrows the outputs of its model, so that it opens a second one.
        let model = match path {
            Some(path) => LibraryModel::open(path)?,
            None => LibraryModel::bundled()?,
        };
        library::run(model, dataset, &request, observer).map(drop)
    })
}

/// Writes a cross-validation into a folder.
#[pyfunction]
pub(crate) fn crossval(
    listener: &Bound<'_, PyAny>,
    dataset: &Bound<'_, Dataset>,
    training: TrainOptions,
    number_of_folds: usize,
    members: Option<usize>,
    options: ScoreOptions,
    threads: Option<usize>,
) -> PyResult<()> {
    let py = listener.py();
    let defaults = CrossvalRequest::default();
    let request = CrossvalRequest {
        options: training.options(py)?,
        folds: FoldSource::Random(number_of_folds),
        members,
        comparators: options.comparators(py)?,
        resamples: options.resamples.unwrap_or(defaults.resamples),
        drawing: options.drawing(),
        comparator_cache: options.cache,
        output: Some(options.out),
        replace: options.force,
        ..defaults
    };
    let dataset = dataset.get().prepared();
    task::run(listener, threads, |observer| folds::run(dataset, &request, observer).map(drop))
}

/// Table, sequences and scores of a comparison of effects.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct EffectOptions {
    measured: PathBuf,
    promoters: Option<PathBuf>,
    sites: GenomeSites,
    outputs: Vec<String>,
    shifts: Option<Vec<i64>>,
    reference_mismatch: String,
    resamples: Option<usize>,
    seed: Option<u64>,
    figures: bool,
    out: PathBuf,
    force: bool,
}

/// Writes a comparison of measured with predicted effects of variants into a folder.
#[pyfunction]
pub(crate) fn evaluate_variants(
    listener: &Bound<'_, PyAny>,
    models: Vec<Py<Model>>,
    dataset: Option<&Bound<'_, Dataset>>,
    options: EffectOptions,
    threads: Option<usize>,
) -> PyResult<()> {
    let py = listener.py();
    let mut request = EvaluateVariantsRequest::new(options.measured, options.out);
    request.promoters = options.promoters;
    request.genome = options.sites.optional_genome(py)?;
    request.sites = options.sites.sites(py)?;
    request.outputs = OutputSelection::of_names_or(&options.outputs, OutputSelection::Effects);
    request.shifts = window_shifts(py, options.shifts.as_deref())?;
    request.reference_mismatch = reference_mismatch(py, &options.reference_mismatch)?;
    let scores = EffectScoreOptions::default();
    request.scores = EffectScoreOptions {
        resamples: options.resamples.unwrap_or(scores.resamples),
        seed: options.seed.unwrap_or(scores.seed),
        ..scores
    };
    request.figures = options.figures;
    request.overwrite = options.force;
    let device = DeviceChoice::Cpu.select().into_python(py)?;
    let paths: Vec<Option<PathBuf>> =
        models.iter().map(|model| model.get().library().folder().map(PathBuf::from)).collect();
    let dataset = dataset.map(|dataset| dataset.get().prepared());
    task::run(listener, threads, |observer| {
        let open = |path: &Option<PathBuf>| match path {
            Some(path) => LibraryModel::open_on(path, device.clone()),
            None => LibraryModel::bundled_on(device.clone()),
        };
        let models = paths.iter().map(open).collect::<tatabox::Result<Vec<_>>>()?;
        effects::run(&models, dataset, &request, observer).map(drop)
    })
}
