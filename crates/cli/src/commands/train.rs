//! `tatabox train`: from a data set to a trained model.

pub(crate) mod ensemble;
pub(crate) mod transfer_benchmark;
pub(crate) mod tune;

mod summary;
mod train_ensemble;

use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;
use tatabox_dataset::PreparedDataset;
use tatabox_model::{EnsembleDirectory, ModelError, RunDirectory, member_configs, train};

use crate::args::{TrainArgs, TrainOptions, validated};
use crate::ensemble_summary::EnsembleTable;
use crate::epoch_display::EpochDisplay;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use crate::terminal::stdout;
use crate::training_setup::{TrainingSetup, plain};
use crate::transfer_source::TransferSource;
use summary::Summary;

fn beside_in_words(inputs: &tatabox_model::AuxiliaryInputs) -> String {
    if inputs.is_empty() { String::new() } else { format!(" and {inputs}") }
}

pub(crate) fn run(args: TrainArgs, console: &Console) -> Result<()> {
    let options = args.into_options()?;
    let training = &options.training;
    let (dataset, source) = open(&options, console)?;
    let device = training.select_device()?;
    console.note(format!("device: {device}"));

    let setup = match &source {
        Some(source) => TrainingSetup::transferred(training, &dataset, source)?,
        None => TrainingSetup::new(training, &dataset)?,
    };
    let name = options.name.clone().unwrap_or_else(|| default_name(&setup, &dataset, &options, source.as_ref()));
    let architecture = setup.architecture;
    let mut config = setup.config(training, &dataset)?;
    console.note(format!(
        "model: {name} ({architecture}) for {}, reading {} around the TSS{}",
        setup.cell_types.join(", "),
        setup.extent,
        beside_in_words(config.inputs())
    ));
    config.genes_fraction = options.genes_fraction;
    let mut record = run_record::start(&dataset, &device, config.seed);
    if let (Some(source), Some(transfer)) = (&source, &options.transfer) {
        config = source.transfer(config, &transfer.frozen, training.learning_rate())?;
        record.transfer = Some(Box::new(source.record()));
    }
    let config = validated(config)?;
    if let Some(members) = options.members {
        let run = EnsembleDirectory::new(&options.models_dir, &name);
        let configs = member_configs(&config, members);
        let summary = train_ensemble::train(&options, &configs, &run, &dataset, &device, record, console)?;
        let table = EnsembleTable::new(&name, run.path(), &config.cell_types, &summary);
        return tell(&table, &table.to_text()?, &options, run.path(), console);
    }
    let run = RunDirectory::new(&options.models_dir, &name);

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
        stdout::print_json(summary)?;
    } else {
        stdout::print(text)?;
    }
    console.note(format!("score it on genes it has not seen: tatabox evaluate --model {}", path.display()));
    Ok(())
}

/// The data set, and the model to begin from where one is named.
fn open(options: &TrainOptions, console: &Console) -> Result<(PreparedDataset, Option<TransferSource>)> {
    let data = options.training.data.as_deref();
    let dataset = data_choice::open_with_expression(data, options.expression.as_deref(), console)?;
    let transfer = options.transfer.as_ref();
    let source = transfer.map(|transfer| TransferSource::open(&transfer.from, &dataset, console)).transpose()?;
    Ok((dataset, source))
}

/// Such as `k562-human300`, with `-1pct` of a hundredth of the genes and `-from-human` of a transfer.
fn default_name(
    setup: &TrainingSetup,
    dataset: &PreparedDataset,
    options: &TrainOptions,
    source: Option<&TransferSource>,
) -> String {
    let share = options.genes_fraction.map(|share| format!("-{}pct", 100.0 * share));
    let from = source.map(|source| format!("-from-{}", plain(source.name())));
    setup.model_name(dataset, options.members) + &share.unwrap_or_default() + &from.unwrap_or_default()
}
