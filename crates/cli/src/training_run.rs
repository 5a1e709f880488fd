//! A training run that is part of something larger: begun, resumed or left as it is.

use anyhow::{Result, bail};
use tatabox_dataset::PreparedDataset;
use tatabox_model::{ModelError, RunDirectory, SelectedDevice, Standing, Start, TrainingConfig, train};

use crate::console::Console;
use crate::epoch_display::EpochDisplay;
use crate::interrupt::Interrupt;
use crate::run_record;

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
    pub(crate) fn complete(&self, config: &TrainingConfig, run: &RunDirectory, standing: Standing) -> Result<()> {
        let start = match standing {
            Standing::Finished => return Ok(()),
            Standing::Unfinished => Start::Resume,
            Standing::Absent => Start::New,
        };
        let record = run_record::start(self.dataset, self.device, config.seed);
        let mut display = EpochDisplay::new(self.console, self.interrupt.clone(), config.epochs, self.stop_after_epoch);
        let trained = train(self.dataset, config, run, start, self.device, record, &mut |event| display.show(event));
        display.close();
        match trained {
            Ok(_) => Ok(()),
            Err(ModelError::Interrupted { .. }) => bail!(run_record::interrupted()),
            Err(error) => Err(error.into()),
        }
    }
}
