//! Which trained model a verb uses.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tatabox_model::{LoadedModel, ModelInputs, Predictor, SelectedDevice};

use crate::console::Console;
use crate::locate;

/// A model ready to predict.
pub(crate) struct ChosenModel {
    pub(crate) predictor: Predictor,
    pub(crate) directory: PathBuf,
    /// Name of its folder.
    pub(crate) name: String,
    pub(crate) device: SelectedDevice,
}

impl ChosenModel {
    /// Loads the model named, else the one that comes with the program, to `device`, and says which and where it runs.
    pub(crate) fn load(named: Option<&Path>, device: SelectedDevice, console: &Console) -> Result<Self> {
        let directory = match named {
            Some(directory) => directory.to_owned(),
            None => locate::beside_program(locate::SHIPPED_MODEL).ok_or_else(|| {
                anyhow!(
                    "no model: there is no {}; name one with --model DIR, or make one with `tatabox train`",
                    locate::SHIPPED_MODEL
                )
            })?,
        };
        let model = LoadedModel::load(&directory, &device.device)
            .with_context(|| format!("cannot use model {}", directory.display()))?;
        let name = name_of(&directory);
        let predictor = Predictor::new(model, &device);
        console.note(format!(
            "model: {name}{} reads {} around the TSS{}, {} cell types",
            in_words(&predictor),
            predictor.extent(),
            beside_in_words(predictor.needs()),
            predictor.cell_types().len()
        ));
        console.note(format!("device: {device}"));
        let chosen = Self { predictor, directory, name, device };
        if chosen.is_simulated() {
            let name = &chosen.name;
            console
                .warn(format!("model {name} was trained on SIMULATED data; its predictions say nothing on real genes"));
        }
        Ok(chosen)
    }

    /// Whether the model has only ever seen simulated data.
    pub(crate) fn is_simulated(&self) -> bool {
        self.predictor.members().iter().any(|member| member.config.data.simulated)
    }
}

/// What kind of model it is, where it is not one network.
fn in_words(predictor: &Predictor) -> String {
    predictor.ensemble().map(|ensemble| format!(", an ensemble of {},", ensemble.members.len())).unwrap_or_default()
}

/// What is read beside the bases, as the end of a sentence; empty where that is nothing.
pub(crate) fn beside_in_words(inputs: &ModelInputs) -> String {
    if inputs.is_empty() { String::new() } else { format!(" and, beside the bases, {inputs}") }
}

/// The name of a model's folder.
pub(crate) fn name_of(directory: &Path) -> String {
    // `.` and `..` have no name until they are resolved.
    let resolved = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    resolved.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}
