//! `tatabox train --ensemble`: several networks of different seeds as one model.

use anyhow::{Result, bail};
use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    EnsembleDirectory, EnsembleSummary, ModelError, SelectedDevice, TrainingConfig, member_configs, train_ensemble,
};

use crate::args::TrainOptions;
use crate::console::Console;
use crate::epoch_display::EpochDisplay;
use crate::interrupt::Interrupt;
use crate::run_record;

/// Trains `members` networks of `config`, as far as they are not trained yet.
pub(super) fn train(
    options: &TrainOptions,
    members: usize,
    config: &TrainingConfig,
    run: &EnsembleDirectory,
    dataset: &PreparedDataset,
    device: &SelectedDevice,
    console: &Console,
) -> Result<EnsembleSummary> {
    let configs = member_configs(config, members);
    let record = run_record::start(dataset, device, config.seed);
    let interrupt = Interrupt::watch(console)?;
    let mut display = EpochDisplay::new(console, interrupt, config.epochs, options.stop_after_epoch);
    let mut member = 1;
    let trained = train_ensemble(dataset, &configs, run, options.start, device, record, &mut |event| {
        member = event.member;
        display.show_member(event)
    });
    display.close();
    match trained {
        Err(ModelError::Interrupted { epoch }) => {
            let command = run_record::resume_command(&run_record::command());
            bail!("interrupted after epoch {epoch} of member {member} of {members}; go on with: {command}");
        }
        trained => Ok(trained?),
    }
}
