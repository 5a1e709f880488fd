//! This machine, and the folders of the program.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use tatabox::info::Machine;

use crate::resolve::locations as locate;

/// Version, processor, devices and folders.
#[derive(Serialize)]
pub(super) struct MachineInfo {
    #[serde(flatten)]
    machine: Machine,
    /// The model that comes with the program.
    model: Option<PathBuf>,
    state_folder: Option<PathBuf>,
    cache_folder: Option<PathBuf>,
}

impl MachineInfo {
    pub(super) fn detect() -> Self {
        Self {
            machine: Machine::detect(),
            model: locate::beside_program(locate::SHIPPED_MODEL),
            state_folder: locate::state_dir(),
            cache_folder: locate::cache_dir(),
        }
    }

    pub(super) fn to_text(&self) -> Result<String> {
        let machine = &self.machine;
        let mut text = String::new();
        let folder =
            |path: &Option<PathBuf>| path.as_ref().map_or("none".to_owned(), |path| path.display().to_string());
        let vectors = if machine.vector_instructions.is_empty() {
            "no wide vector instructions".to_owned()
        } else {
            machine.vector_instructions.join(", ")
        };
        writeln!(text, "tatabox     {}, built with {}", machine.version, machine.features.join(", "))?;
        writeln!(text, "platform    {}, {} cores, {vectors}", machine.platform, machine.cores)?;
        writeln!(text, "threads     {}", machine.threads)?;
        for device in &machine.devices {
            let usable = if device.usable { "usable" } else { "not usable" };
            writeln!(text, "{:<12}{usable}: {}", device.name, device.reason)?;
        }
        writeln!(text, "model       {}", self.model.as_ref().map_or("bundled".to_owned(), |_| folder(&self.model)))?;
        writeln!(text, "state       {}", folder(&self.state_folder))?;
        writeln!(text, "cache       {}", folder(&self.cache_folder))?;
        Ok(text)
    }
}
