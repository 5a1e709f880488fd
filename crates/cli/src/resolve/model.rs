//! The model that a command uses.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tatabox::Model;
use tatabox_model::SelectedDevice;

use crate::args::ModelArgs;
use crate::resolve::locations as locate;
use crate::terminal::console::Console;

/// Loads the requested model, else the bundled one, and reports model and device.
pub(crate) fn open(args: &ModelArgs, console: &Console) -> Result<Model> {
    open_on(args.model.as_deref(), args.device.select()?, console)
}

/// Folder of the model that `path` names; that of the bundled model is unpacked into the cache folder.
pub(crate) fn folder(path: &Path) -> Result<PathBuf> {
    Ok(Model::folder_of(path, locate::cache_dir().as_deref())?)
}

/// As [`open`], on a device that was selected before.
pub(crate) fn open_on(path: Option<&Path>, device: SelectedDevice, console: &Console) -> Result<Model> {
    let model = match path {
        // The bundled model is read from the program, and only a member of it from an unpacked copy.
        Some(path) if path.iter().any(|part| part == "members") => Model::open_on(folder(path)?, device)?,
        Some(path) => Model::open_on(path, device)?,
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
