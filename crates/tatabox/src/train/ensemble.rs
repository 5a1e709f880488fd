//! Ensembles of trained models.

use std::path::PathBuf;

use tatabox_dataset::PreparedDataset;
use tatabox_model::{DeviceChoice, EnsembleDirectory, LoadedModel, assemble_ensemble};
use tatabox_sequence::counted;

use super::TrainedEnsemble;
use crate::error::Result;
use crate::few_genes::FEW_GENES;
use crate::model_store::model_name;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;

/// Request to combine trained models into an ensemble.
///
/// ```
/// use tatabox::train::EnsembleRequest;
///
/// let request = EnsembleRequest::new(["models/first", "models/second"], "models/both");
/// assert_eq!(request.models.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct EnsembleRequest {
    /// Folders of the models; an ensemble contributes its members.
    pub models: Vec<PathBuf>,
    /// Outputs whose variant effects are reported unless others are requested; empty for expression.
    pub effect_outputs: Vec<String>,
    /// Folder to write.
    pub output: PathBuf,
    /// Whether a model in that folder is replaced.
    pub replace: bool,
    /// Device for the validation score of the mean prediction.
    pub device: DeviceChoice,
    /// Command as typed, for the run record.
    pub command: Vec<String>,
}

impl EnsembleRequest {
    /// An ensemble of `models` in a new folder.
    pub fn new<P: Into<PathBuf>>(models: impl IntoIterator<Item = P>, output: impl Into<PathBuf>) -> Self {
        Self {
            models: models.into_iter().map(Into::into).collect(),
            effect_outputs: Vec::new(),
            output: output.into(),
            replace: false,
            device: DeviceChoice::Auto,
            command: Vec::new(),
        }
    }
}

/// Copies trained models into an ensemble, which predicts their mean.
///
/// With a data set, on which all members must have been trained, the mean prediction is scored on its validation genes.
///
/// # Errors
/// A model cannot be read, differs from the first in cell types, extent or auxiliary inputs, was trained on another data set,
/// the folder to write is one of the models, or it exists.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::train::{self, EnsembleRequest};
///
/// let request = EnsembleRequest::new(["models/first", "models/second"], "models/both");
/// let ensemble = train::assemble(None, &request, &Silent)?;
/// assert_eq!(ensemble.members.len(), 2);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn assemble(
    dataset: Option<&PreparedDataset>,
    request: &EnsembleRequest,
    observer: &dyn Observer,
) -> Result<TrainedEnsemble> {
    let mut paths = OutputPaths::default();
    for model in &request.models {
        paths.input_folder("model", model);
    }
    if let Some(dataset) = dataset {
        paths.dataset(dataset);
    }
    paths.output_folder("output", &request.output, &[""]);
    paths.check()?;
    let device = request.device.select()?;
    if dataset.is_some() {
        observer.note(&format!("device: {device}"));
    }
    let run = EnsembleDirectory::at(&request.output);
    let command = request.command.clone();
    let summary =
        assemble_ensemble(&request.models, &request.effect_outputs, &run, request.replace, command, dataset, &device)?;
    if let Some(mean) = summary.metrics.mean.as_ref().filter(|mean| mean.validation_genes < FEW_GENES) {
        observer.warn(&format!("a validation score on {} means little", counted(mean.validation_genes, "gene")));
    }
    // The written folder is read back, so that the result describes the files.
    let model = LoadedModel::load(run.path(), &device.device)?;
    let outputs = model.outputs();
    if let Some(counts) = networks_per_output(&model, &outputs) {
        observer.note(&format!("networks per output: {counts}"));
    }
    Ok(TrainedEnsemble::new(&model_name(run.path()), run.path(), &outputs, &summary))
}

/// `K562 3, lentiMPRA 2`; `None` where every network has every output.
fn networks_per_output(model: &LoadedModel, outputs: &[String]) -> Option<String> {
    let networks = |name: &String| model.members().iter().filter(|one| one.config.cell_types.contains(name)).count();
    let counts: Vec<usize> = outputs.iter().map(networks).collect();
    let listed = outputs.iter().zip(&counts).map(|(name, count)| format!("{name} {count}"));
    counts.iter().any(|&count| count < model.members().len()).then(|| listed.collect::<Vec<_>>().join(", "))
}
