//! `tatabox train --ensemble`: several networks of different seeds as one model.

use anyhow::{Result, bail};
use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    EnsembleDirectory, EnsembleSummary, ModelError, RunRecord, SelectedDevice, TrainingConfig, train_ensemble,
};

use crate::args::TrainOptions;
use crate::epoch_display::EpochDisplay;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;

/// Trains a network of each of `configs`, at least one, as far as they are not trained yet.
pub(super) fn train(
    options: &TrainOptions,
    configs: &[TrainingConfig],
    run: &EnsembleDirectory,
    dataset: &PreparedDataset,
    device: &SelectedDevice,
    record: RunRecord,
    console: &Console,
) -> Result<EnsembleSummary> {
    let interrupt = Interrupt::watch(console)?;
    let mut display = EpochDisplay::new(console, interrupt, configs[0].epochs, options.stop_after_epoch);
    let mut member = 1;
    let trained = train_ensemble(dataset, configs, run, options.start, device, record, &mut |event| {
        member = event.member;
        display.show_member(event)
    });
    display.close();
    match trained {
        Err(ModelError::Interrupted { epoch }) => {
            let command = run_record::resume_command(&run_record::command());
            let members = configs.len();
            bail!("interrupted after epoch {epoch} of member {member} of {members}; go on with: {command}");
        }
        trained => Ok(trained?),
    }
}
