//! Training of networks and ensembles.

use std::path::PathBuf;

use pyo3::prelude::*;
use tatabox::train::{
    self as library, ExtentChoice, FrozenEpochs, NameSelection, TrainRequest, Trained, TrainingOptions, TransferOptions,
};
use tatabox_model::Start;

use crate::arguments::names;
use crate::dataset::Dataset;
use crate::error::request_error;
use crate::task;

/// Network and training; `None` is the default of the library.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct TrainOptions {
    cell_types: Option<Vec<String>>,
    assays: Vec<String>,
    extent: Option<(u32, u32)>,
    extent_coverage: Option<f64>,
    gene_features: bool,
    tracks: Option<Vec<String>>,
    architecture: Option<String>,
    preset: Option<String>,
    epochs: Option<usize>,
    batch_size: Option<usize>,
    learning_rate: Option<f64>,
    weight_decay: Option<f64>,
    difference_weight: Option<f64>,
    patience: Option<usize>,
    max_shift_bp: Option<usize>,
    seed: Option<u64>,
    device: String,
    precision: Option<String>,
}

impl TrainOptions {
    pub(crate) fn options(self, py: Python<'_>) -> PyResult<TrainingOptions> {
        let defaults = TrainingOptions::default();
        let extent = match (self.extent, self.extent_coverage) {
            (Some(extent), None) => ExtentChoice::Exact(names::extent(extent)),
            (None, Some(coverage)) => ExtentChoice::Coverage(coverage),
            (None, None) => defaults.extent,
            (Some(_), Some(_)) => {
                return Err(request_error(py, "extent_coverage", "expected either extent or extent_coverage"));
            }
        };
        let assays = self.assays.iter().map(|assay| names::parsed(py, "assays", assay));
        let architecture = self.architecture.as_deref().map(|name| names::architecture(py, name)).transpose()?;
        let preset = self.preset.as_deref().map(|name| names::preset(py, name)).transpose()?;
        let precision = self.precision.as_deref().map(|name| names::precision(py, name)).transpose()?;
        Ok(TrainingOptions {
            cell_types: self.cell_types.map_or(NameSelection::All, NameSelection::Only),
            assays: assays.collect::<PyResult<_>>()?,
            extent,
            gene_features: self.gene_features,
            tracks: self.tracks.map_or(NameSelection::All, NameSelection::Only),
            architecture: architecture.unwrap_or(defaults.architecture),
            preset: preset.unwrap_or(defaults.preset),
            epochs: self.epochs.unwrap_or(defaults.epochs),
            batch_size: self.batch_size.unwrap_or(defaults.batch_size),
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay.unwrap_or(defaults.weight_decay),
            difference_weight: self.difference_weight.unwrap_or(defaults.difference_weight),
            patience: self.patience.unwrap_or(defaults.patience),
            max_shift_bp: self.max_shift_bp.unwrap_or(defaults.max_shift_bp),
            seed: self.seed.unwrap_or(defaults.seed),
            devices: vec![names::device_choice(py, &self.device)?],
            precision: precision.unwrap_or(defaults.precision),
            ..defaults
        })
    }
}

/// Training and output of a run.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RunOptions {
    training: TrainOptions,
    members: Option<usize>,
    genes_fraction: Option<f64>,
    from_model: Option<PathBuf>,
    frozen_epochs: Option<usize>,
    name: Option<String>,
    models_dir: PathBuf,
    force: bool,
    resume: bool,
}

/// Trains a network or an ensemble; returns its folder.
#[pyfunction]
pub(crate) fn train(
    listener: &Bound<'_, PyAny>,
    dataset: &Bound<'_, Dataset>,
    run: RunOptions,
    threads: Option<usize>,
) -> PyResult<PathBuf> {
    let py = listener.py();
    let start = match (run.force, run.resume) {
        (false, false) => Start::New,
        (true, false) => Start::Replace,
        (false, true) => Start::Resume,
        (true, true) => return Err(request_error(py, "resume", "expected either force or resume")),
    };
    let transfer = run.from_model.map(|from| {
        let transfer = TransferOptions::new(from);
        let frozen = FrozenEpochs { epochs: run.frozen_epochs.or(transfer.frozen.epochs), ..transfer.frozen };
        TransferOptions { frozen, ..transfer }
    });
    let request = TrainRequest {
        options: run.training.options(py)?,
        members: run.members,
        genes_fraction: run.genes_fraction,
        transfer,
        name: run.name,
        start,
        ..TrainRequest::new(run.models_dir)
    };
    let dataset = dataset.get().prepared();
    let trained = task::run(listener, threads, |observer| library::run(dataset, &request, observer))?;
    Ok(match trained {
        Trained::Network(network) => network.directory,
        Trained::Ensemble(ensemble) => ensemble.directory,
    })
}
