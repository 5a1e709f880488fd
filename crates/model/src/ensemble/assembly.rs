//! Assembly of an ensemble from trained models.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use tatabox_dataset::PreparedDataset;

use super::directory::EnsembleDirectory;
use crate::bundle::{Ensemble, EnsembleSummary, RunLock, TrainedModel, copy_model, is_ensemble, member_path};
use crate::device::SelectedDevice;
use crate::error::ModelError;

/// Copies trained models, in the order given, into an ensemble at `run`; an ensemble contributes all its members.
///
/// Variant effects are reported for `effect_outputs` unless others are requested; for expression if it is empty. The mean
/// prediction is scored on the validation genes of `validation`. Every member must have been trained on that
/// data set, because otherwise validation genes may be training genes of another member.
///
/// # Errors
/// [`ModelError::MembersDiffer`]; [`ModelError::Mismatch`] for an output that no member has;
/// [`ModelError::NoCommonValidationGenes`]; [`ModelError::RunExists`] unless `force`; errors of loading a model and of
/// writing files.
pub fn assemble_ensemble(
    models: &[PathBuf],
    effect_outputs: &[String],
    run: &EnsembleDirectory,
    force: bool,
    command: Vec<String>,
    validation: Option<&PreparedDataset>,
    device: &SelectedDevice,
) -> Result<EnsembleSummary, ModelError> {
    let mut members = Vec::new();
    for path in models {
        members.extend(read_members(path, &device.device)?);
    }
    if let Some(dataset) = validation {
        check_trained_on(&members, dataset)?;
    }
    let folders: Vec<PathBuf> = members.iter().map(|(path, _)| path.clone()).collect();
    let summary = Ensemble::of(members)?.with_effect_outputs(effect_outputs)?.summarize(command, validation, device)?;
    let _lock = RunLock::acquire(run.path())?;
    run.start(force)?;
    for (number, folder) in (1..).zip(&folders) {
        copy_model(folder, run.member(number).path())?;
    }
    run.finish(&summary)?;
    Ok(summary)
}

/// Model in a folder, or the members of the ensemble in it.
fn read_members(path: &Path, device: &Device) -> Result<Vec<(PathBuf, TrainedModel)>, ModelError> {
    if !is_ensemble(path) {
        return Ok(vec![(path.to_owned(), TrainedModel::load(path, device)?)]);
    }
    let folders = (1..).map(|number| member_path(path, number));
    Ok(folders.zip(Ensemble::load(path, device)?.members).collect())
}

fn check_trained_on(members: &[(PathBuf, TrainedModel)], dataset: &PreparedDataset) -> Result<(), ModelError> {
    let trained_elsewhere = |(_, model): &&(PathBuf, TrainedModel)| !model.was_trained_on(dataset);
    match members.iter().find(trained_elsewhere) {
        None => Ok(()),
        Some((path, model)) => Err(ModelError::NoCommonValidationGenes {
            path: path.clone(),
            trained_on: model.config.data.name.clone(),
            dataset: dataset.name().to_owned(),
        }),
    }
}
