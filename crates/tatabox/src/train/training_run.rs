//! Training runs, alone or as a part of a larger task.

use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    EnsembleDirectory, EnsembleSummary, ModelError, RunDirectory, RunStatus, SelectedDevice, Start, TrainingConfig,
    TrainingSummary, TransferRecord, train, train_ensemble,
};

use super::epoch_progress::EpochProgress;
use super::run_record;
use crate::error::{Error, Result};
use crate::observer::Observer;

/// Everything of a run but its configuration and its folder.
pub(crate) struct TrainingRun<'a> {
    /// The genes.
    pub(crate) dataset: &'a PreparedDataset,
    /// The device.
    pub(crate) device: &'a SelectedDevice,
    /// Command as typed, for the run record.
    pub(crate) command: &'a [String],
    /// Epoch after which the run is cancelled, for tests.
    pub(crate) stop_after_epoch: Option<usize>,
    /// Receiver of progress and source of cancellation.
    pub(crate) observer: &'a dyn Observer,
}

impl TrainingRun<'_> {
    /// Trains a network, from the model in `source` where there is one.
    ///
    /// # Errors
    /// Those of training; a cancelled run is [`Error::Cancelled`] with the last epoch.
    pub(crate) fn train(
        &self,
        config: &TrainingConfig,
        run: &RunDirectory,
        start: Start,
        source: Option<TransferRecord>,
    ) -> Result<TrainingSummary> {
        let mut record = run_record::of_training(self.dataset, self.device, config.seed, self.command);
        record.transfer = source.map(Box::new);
        let mut progress = EpochProgress::new(self.observer, config.epochs, self.stop_after_epoch);
        let trained = train(self.dataset, config, run, start, self.device, record, &mut |event| progress.show(event));
        progress.close();
        trained.map_err(|error| cancelled(error, &progress))
    }

    /// Trains an ensemble whose members have these configurations, at least one.
    ///
    /// # Errors
    /// As [`train`](Self::train), for any member.
    pub(crate) fn train_ensemble(
        &self,
        configs: &[TrainingConfig],
        run: &EnsembleDirectory,
        start: Start,
        source: Option<TransferRecord>,
    ) -> Result<EnsembleSummary> {
        let first = configs.first().ok_or_else(|| Error::request("members", "an ensemble has at least one network"))?;
        let mut record = run_record::of_training(self.dataset, self.device, first.seed, self.command);
        record.transfer = source.map(Box::new);
        let mut progress = EpochProgress::new(self.observer, first.epochs, self.stop_after_epoch);
        let trained = train_ensemble(self.dataset, configs, run, start, self.device, record, &mut |event| {
            progress.show_member(event)
        });
        progress.close();
        trained.map_err(|error| cancelled(error, &progress))
    }

    /// Trains the missing part of a run; `status` is that of `run` for this configuration.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub(crate) fn complete(
        &self,
        config: &TrainingConfig,
        run: &RunDirectory,
        status: RunStatus,
        source: Option<TransferRecord>,
    ) -> Result<()> {
        match remaining(status) {
            Some(start) => self.train(config, run, start, source).map(drop),
            None => Ok(()),
        }
    }

    /// As [`complete`](Self::complete), for an ensemble.
    ///
    /// # Errors
    /// As [`train`](Self::train), for any member.
    pub(crate) fn complete_ensemble(
        &self,
        configs: &[TrainingConfig],
        run: &EnsembleDirectory,
        status: RunStatus,
    ) -> Result<()> {
        match remaining(status) {
            Some(start) => self.train_ensemble(configs, run, start, None).map(drop),
            None => Ok(()),
        }
    }
}

/// Start of the missing part of a run; `None` for a finished one.
fn remaining(status: RunStatus) -> Option<Start> {
    match status {
        RunStatus::Finished => None,
        RunStatus::Unfinished => Some(Start::Resume),
        RunStatus::Absent => Some(Start::New),
    }
}

fn cancelled(error: ModelError, progress: &EpochProgress) -> Error {
    match (error, progress.member()) {
        (ModelError::Interrupted { epoch }, None) => Error::Cancelled(format!("interrupted after epoch {epoch}")),
        (ModelError::Interrupted { epoch }, Some(member)) => Error::Cancelled(format!(
            "interrupted after epoch {epoch} of member {} of {}",
            member.number, member.members
        )),
        (error, _) => error.into(),
    }
}
