//! `tatabox ensemble`: one model of several.

use anyhow::Result;
use tatabox_model::{EnsembleDirectory, LoadedModel, assemble_ensemble};

use crate::args::EnsembleArgs;
use crate::ensemble_summary::EnsembleTable;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &EnsembleArgs, console: &Console) -> Result<()> {
    let device = args.device.select()?;
    let dataset = args.data.as_deref().map(|data| data_choice::open(Some(data), console)).transpose()?;
    let run = EnsembleDirectory::at(&args.output);
    let command = run_record::command();
    let summary = assemble_ensemble(&args.models, &run, args.force, command, dataset.as_ref(), &device)?;
    // Read back, so that what is told is what lies there.
    let model = LoadedModel::load(run.path(), &device.device)?;
    let cell_types = &model.first().config.cell_types;
    let table = EnsembleTable::new(&tatabox::model_name(run.path()), run.path(), cell_types, &summary);
    if args.json { stdout::print_json(&table) } else { stdout::print(&table.to_text()?) }
}
