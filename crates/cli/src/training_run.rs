//! A training run that is part of something larger: begun, resumed or left as it is.

use anyhow::{Result, bail};
use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    EnsembleDirectory, ModelError, RunDirectory, SelectedDevice, RunStatus, Start, TrainingConfig, TransferRecord,
    train, train_ensemble,
};

use crate::epoch_display::EpochDisplay;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;

/// What a run needs beside its configuration and its folder.
pub(crate) struct TrainingRun<'a> {
    pub(crate) dataset: &'a PreparedDataset,
    pub(crate) device: &'a SelectedDevice,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) stop_after_epoch: Option<usize>,
    pub(crate) console: &'a Console,
}

impl TrainingRun<'_> {
    /// Trains from where the run stands; `standing` is that of `run` for this very configuration.
    ///
    /// An interruption is an error that says how to go on: by the same command.
    pub(crate) fn complete(&self, config: &TrainingConfig, run: &RunDirectory, standing: RunStatus) -> Result<()> {
        self.complete_from(None, config, run, standing)
    }

    /// As [`complete`](Self::complete), of a run that begins from another model.
    pub(crate) fn complete_from(
        &self,
        source: Option<TransferRecord>,
        config: &TrainingConfig,
        run: &RunDirectory,
        standing: RunStatus,
    ) -> Result<()> {
        let Some(start) = start_from(standing) else { return Ok(()) };
        let mut record = run_record::start(self.dataset, self.device, config.seed);
        record.transfer = source.map(Box::new);
        let mut display = self.display(config);
        let trained = train(self.dataset, config, run, start, self.device, record, &mut |event| display.show(event));
        display.close();
        ended(trained)
    }

    /// As [`complete`](Self::complete), for an ensemble whose members have these configurations.
    pub(crate) fn complete_ensemble(
        &self,
        configs: &[TrainingConfig],
        run: &EnsembleDirectory,
        standing: RunStatus,
    ) -> Result<()> {
        let (Some(start), Some(first)) = (start_from(standing), configs.first()) else { return Ok(()) };
        let record = run_record::start(self.dataset, self.device, first.seed);
        let mut display = self.display(first);
        let trained = train_ensemble(self.dataset, configs, run, start, self.device, record, &mut |event| {
            display.show_member(event)
        });
        display.close();
        ended(trained)
    }

    fn display(&self, config: &TrainingConfig) -> EpochDisplay<'_> {
        EpochDisplay::new(self.console, self.interrupt.clone(), config.epochs, self.stop_after_epoch)
    }
}

/// How to go on; nothing is left to do of a finished run.
fn start_from(standing: RunStatus) -> Option<Start> {
    match standing {
        RunStatus::Finished => None,
        RunStatus::Unfinished => Some(Start::Resume),
        RunStatus::Absent => Some(Start::New),
    }
}

fn ended<T>(trained: Result<T, ModelError>) -> Result<()> {
    match trained {
        Ok(_) => Ok(()),
        Err(ModelError::Interrupted { .. }) => bail!(run_record::interrupted()),
        Err(error) => Err(error.into()),
    }
}
