//! Comparison of a data set with the one that a model was trained on.

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{Predictor, TrainedModel};

use super::check::Check;

const NAME: &str = "data";

/// Data set whose files were compared with its checksums, once for all folders.
pub(super) struct VerifiedData<'a> {
    pub(super) dataset: &'a PreparedDataset,
    /// Damage of its files, where there is any.
    damage: Option<String>,
}

impl<'a> VerifiedData<'a> {
    pub(super) fn new(dataset: &'a PreparedDataset) -> Self {
        Self { dataset, damage: dataset.verify().err().map(|error| error.to_string()) }
    }

    /// Compares checksums, and where they differ the inputs, whose paths do not matter. Every member of an ensemble must have been trained on the data set.
    pub(super) fn check(&self, predictor: &Predictor) -> Check {
        match &self.damage {
            Some(damage) => Check::failed(NAME, damage.clone()),
            None => check_trained_on(predictor, self.dataset),
        }
    }
}

fn check_trained_on(predictor: &Predictor, dataset: &PreparedDataset) -> Check {
    let Some(model) = predictor.members().iter().find(|member| !member.was_trained_on(dataset)) else {
        let was_moved = predictor.members().iter().any(|member| member.config.data.checksum != dataset.checksum());
        let moved = if was_moved { ", prepared from the same files at other paths" } else { "" };
        return Check::new(NAME, format!("{}, the training data{moved}", dataset.name()), Vec::new());
    };
    let trained_on = &model.config.data;
    let finding = format!(
        "{} has sha256 {}, but the model was trained on {}, sha256 {}",
        dataset.name(),
        dataset.checksum(),
        trained_on.name,
        trained_on.checksum
    );
    Check::new(NAME, finding, differences(model, dataset))
}

/// Differences between the inputs of the two data sets, as far as the record of the model lists them.
fn differences(model: &TrainedModel, dataset: &PreparedDataset) -> Vec<String> {
    let mut differences = Vec::new();
    let (before, now) = (&model.record.dataset_inputs, &dataset.manifest().inputs);
    for input in before {
        match now.iter().find(|other| other.role == input.role) {
            None => differences.push(format!("{} is missing: {}, sha256 {}", input.role, input.path, input.sha256)),
            Some(other) if other.sha256 != input.sha256 => differences.push(format!(
                "{} is {}, sha256 {}; it was {}, sha256 {}",
                input.role, other.path, other.sha256, input.path, input.sha256
            )),
            Some(_) => {}
        }
    }
    for other in now.iter().filter(|other| before.iter().all(|input| input.role != other.role)) {
        differences.push(format!("{} is additional: {}", other.role, other.path));
    }
    let trained_on = &model.config.data;
    let (windows, windows_before) = (Extent::of_window(dataset.geometry()), Extent::of_window(trained_on.geometry));
    if windows != windows_before {
        differences.push(format!("windows are {windows} around the TSS; they were {windows_before}"));
    }
    if differences.is_empty() {
        let same = "prepared from the same files; name, split, other options or the version of tatabox differ";
        differences.push(same.to_owned());
    }
    differences
}
