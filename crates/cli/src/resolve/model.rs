//! The model that a command uses.

use std::path::Path;

use anyhow::Result;
use tatabox::Model;
use tatabox_model::SelectedDevice;

use crate::args::ModelArgs;
use crate::terminal::console::Console;

/// Loads the requested model, else the bundled one, and reports model and device.
pub(crate) fn open(args: &ModelArgs, console: &Console) -> Result<Model> {
    open_on(args.model.as_deref(), args.device.select()?, console)
}

/// As [`open`], on a device that was selected before.
pub(crate) fn open_on(folder: Option<&Path>, device: SelectedDevice, console: &Console) -> Result<Model> {
    let model = match folder {
        Some(folder) => Model::open_on(folder, device)?,
        None => Model::bundled_on(device)?,
    };
    console.note(format!("model: {}", model.summary()));
    console.note(format!("device: {}", model.device()));
    if model.is_simulated() {
        let name = model.name();
        console
            .warn(format!("model {name} was trained on SIMULATED data; its predictions mean nothing for real genes"));
    }
    Ok(model)
}
