//! `tatabox import`: a model folder from weights.

use anyhow::{Context, Result};
use tatabox_model::ImportedModel;

use crate::args::ImportArgs;
use crate::run_record;
use crate::terminal::console::Console;

pub(crate) fn run(args: &ImportArgs, console: &Console) -> Result<()> {
    let run = args.run()?;
    let imported = ImportedModel::read(&args.weights, &args.files()).context("cannot import")?;
    imported.write(&run, run_record::of_import(&imported.config), args.force)?;
    let names = if imported.from_torch { " from the names of PyTorch" } else { "" };
    console.note(format!("weights imported{names} to {}", run.path().display()));
    if imported.metrics.is_none() {
        console
            .note(format!("its scores are not known; measure them: tatabox evaluate --model {}", run.path().display()));
    }
    Ok(())
}
