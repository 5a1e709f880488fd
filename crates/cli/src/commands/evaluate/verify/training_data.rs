//! Whether a data set is the one that a model was trained on.

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{Predictor, TrainedModel};

use super::report::Check;

const NAME: &str = "data";

/// A data set whose own files were compared with its checksums, once for all folders.
pub(super) struct VerifiedData<'a> {
    pub(super) dataset: &'a PreparedDataset,
    /// What is wrong with its files.
    damage: Option<String>,
}

impl<'a> VerifiedData<'a> {
    pub(super) fn new(dataset: &'a PreparedDataset) -> Self {
        Self { dataset, damage: dataset.verify().err().map(|error| error.to_string()) }
    }

    /// Compares checksums; where they differ, says what does. Of an ensemble every member must have been trained on it.
    pub(super) fn check(&self, predictor: &Predictor) -> Check {
        match &self.damage {
            Some(damage) => Check::failed(NAME, damage.clone()),
            None => check_trained_on(predictor, self.dataset),
        }
    }
}

fn check_trained_on(predictor: &Predictor, dataset: &PreparedDataset) -> Check {
    let other_data = |member: &&TrainedModel| member.config.data.checksum != dataset.checksum();
    let Some(model) = predictor.members().iter().find(other_data) else {
        return Check::new(NAME, format!("{}, the data set trained on", dataset.name()), Vec::new());
    };
    let trained_on = &model.config.data;
    let finding = format!(
        "{} has sha256 {}, the model was trained on {} of {}",
        dataset.name(),
        dataset.checksum(),
        trained_on.name,
        trained_on.checksum
    );
    Check::new(NAME, finding, differences(model, dataset))
}

/// What went into the one and not into the other, as far as the model's record tells.
fn differences(model: &TrainedModel, dataset: &PreparedDataset) -> Vec<String> {
    let mut differences = Vec::new();
    let (before, now) = (&model.record.dataset_inputs, &dataset.manifest().inputs);
    for input in before {
        match now.iter().find(|other| other.role == input.role) {
            None => differences.push(format!("{} is missing: {}, sha256 {}", input.role, input.path, input.sha256)),
            Some(other) if other.sha256 != input.sha256 => differences.push(format!(
                "{} is {} of sha256 {}, it was {} of {}",
                input.role, other.path, other.sha256, input.path, input.sha256
            )),
            Some(_) => {}
        }
    }
    for other in now.iter().filter(|other| before.iter().all(|input| input.role != other.role)) {
        differences.push(format!("{} is more than there was: {}", other.role, other.path));
    }
    let trained_on = &model.config.data;
    let (windows, windows_before) = (Extent::of_window(dataset.geometry()), Extent::of_window(trained_on.geometry));
    if windows != windows_before {
        differences.push(format!("windows are {windows} around the TSS, they were {windows_before}"));
    }
    if differences.is_empty() {
        let same =
            "the same files went into it: its name, its split, another option or the program that prepared it differs";
        differences.push(same.to_owned());
    }
    differences
}
