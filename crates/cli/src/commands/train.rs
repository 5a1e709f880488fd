//! `tatabox train`: from a data set to a trained model.

mod ensemble;
mod summary;

use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;
use tatabox_model::{EnsembleDirectory, ModelError, RunDirectory, train};

use crate::args::{TrainArgs, TrainOptions};
use crate::console::Console;
use crate::ensemble_summary::EnsembleTable;
use crate::epoch_display::EpochDisplay;
use crate::interrupt::Interrupt;
use crate::training_setup::TrainingSetup;
use crate::{data_choice, output, run_record};
use summary::Summary;

pub(crate) fn run(args: TrainArgs, console: &Console) -> Result<()> {
    let options = args.into_options()?;
    let training = &options.training;
    let dataset = data_choice::open(training.data.as_deref(), console)?;
    let device = training.select_device()?;
    console.note(format!("device: {device}"));

    let setup = TrainingSetup::new(training, &dataset)?;
    let name = options.name.clone().unwrap_or_else(|| setup.model_name(&dataset, options.members));
    let architecture = setup.architecture;
    console.note(format!(
        "model: {name} ({architecture}) for {}, reading {} around the TSS",
        setup.cell_types.join(", "),
        setup.extent
    ));

    let config = setup.config(training, &dataset)?;
    if let Some(members) = options.members {
        let run = EnsembleDirectory::new(&options.models_dir, &name);
        let summary = ensemble::train(&options, members, &config, &run, &dataset, &device, console)?;
        let table = EnsembleTable::new(&name, run.path(), &config.cell_types, &summary);
        return tell(&table, &table.to_text()?, &options, run.path(), console);
    }
    let run = RunDirectory::new(&options.models_dir, &name);
    let record = run_record::start(&dataset, &device, config.seed);

    let interrupt = Interrupt::watch(console)?;
    let mut display = EpochDisplay::new(console, interrupt, config.epochs, options.stop_after_epoch);
    let trained = train(&dataset, &config, &run, options.start, &device, record, &mut |event| display.show(event));
    display.close();
    let summary = match trained {
        Ok(summary) => summary,
        Err(ModelError::Interrupted { epoch }) => {
            let command = run_record::resume_command(&run_record::command());
            bail!("interrupted after epoch {epoch}; go on with: {command}");
        }
        Err(error) => return Err(error.into()),
    };

    let summary = Summary::new(&run, &name, &config, &summary, &device);
    tell(&summary, &summary.to_text()?, &options, run.path(), console)
}

/// Prints what was trained, and what to do next.
fn tell(summary: &impl Serialize, text: &str, options: &TrainOptions, path: &Path, console: &Console) -> Result<()> {
    if options.json {
        output::print_json(summary)?;
    } else {
        output::print(text)?;
    }
    console.note(format!("score it on genes it has not seen: tatabox evaluate --model {}", path.display()));
    Ok(())
}
