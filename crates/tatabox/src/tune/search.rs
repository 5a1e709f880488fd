//! Training of trials rung by rung, from the state that an earlier part of the search reached.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    ModelError, RunDirectory, RunStatus, Rung, SelectedDevice, Start, TrainingConfig, TrainingSummary, train,
    training_progress,
};

use super::remaining_time::RemainingTime;
use super::rung_progress::RungProgress;
use super::trial_records::TrialRecords;
use crate::error::{Context, Error, Result};
use crate::number_format::rounded_duration;
use crate::observer::Observer;
use crate::remedy::Remedy;
use crate::train::run_record;

/// Folder of the networks.
pub(super) const TRIALS_DIR: &str = "trials";

/// Trials, rungs and data of a search.
pub(super) struct Search<'a> {
    pub(super) dataset: &'a PreparedDataset,
    pub(super) trials: &'a [TrainingConfig],
    pub(super) rungs: &'a [Rung],
    pub(super) remaining_time: RemainingTime,
    pub(super) device: &'a SelectedDevice,
    pub(super) directory: &'a Path,
    pub(super) command: &'a [String],
    pub(super) observer: &'a dyn Observer,
}

impl Search<'_> {
    /// Folder of the network of a trial, from 1.
    pub(super) fn run_of(&self, trial: usize) -> RunDirectory {
        RunDirectory::new(&self.directory.join(TRIALS_DIR), &format!("trial{trial:03}"))
    }

    /// Trains the missing part of the search, and returns the best trial.
    pub(super) fn run(&self, records: &mut TrialRecords, progress: &mut RungProgress) -> Result<usize> {
        let mut trials: Vec<usize> = (1..=self.trials.len()).collect();
        for (index, rung) in self.rungs.iter().enumerate() {
            let known = trials.iter().filter(|&&trial| records.of(trial).is_done(index)).count();
            let known = if known > 0 { format!(", {known} of them trained earlier") } else { String::new() };
            let (number, rungs, epochs) = (index + 1, self.rungs.len(), rung.epochs);
            let count = trials.len();
            self.observer.note(&format!("rung {number} of {rungs}: {count} trials up to epoch {epochs}{known}"));
            for &trial in &trials {
                if !records.of(trial).is_done(index) {
                    self.trial(trial, index, records, progress)?;
                    self.report(trial, index, &trials, records);
                }
            }
            trials = self.promoted(index, &trials, records)?;
        }
        trials.first().copied().ok_or_else(|| {
            let folder = self.directory.display();
            let message = format!("every trial failed; {folder}/trials.tsv lists the reasons");
            Error::input_with(Remedy::NarrowSearchSpace, message)
        })
    }

    /// Trains a trial up to the end of a rung, and records its score.
    fn trial(&self, trial: usize, rung: usize, records: &mut TrialRecords, progress: &mut RungProgress) -> Result<()> {
        let config = &self.trials[trial - 1];
        let (run, epochs) = (self.run_of(trial), self.rungs[rung].epochs);
        let label = self.label(trial, rung);
        match self.train(config, &run, epochs, &label, progress) {
            Ok(Some(summary)) => records.add(trial, &summary),
            Ok(None) => Err(Error::Cancelled(format!("interrupted in {label}"))),
            // Divergence is a property of the settings, such as a high learning rate, and no failure of the search.
            Err(error @ ModelError::Diverged { .. }) => records.fail(trial, error.to_string()),
            Err(error) => Err(error.into()),
        }
    }

    fn label(&self, trial: usize, rung: usize) -> String {
        format!("rung {} of {}, trial {trial}", rung + 1, self.rungs.len())
    }

    /// Notes the score of a trial, the best score so far and the remaining time.
    fn report(&self, trial: usize, rung: usize, trials: &[usize], records: &TrialRecords) {
        let (label, record) = (self.label(trial, rung), records.of(trial));
        let Some(score) = record.rungs.last().filter(|_| record.failure.is_none()) else {
            let reason = record.failure.as_deref().unwrap_or_default();
            return self.observer.warn(&format!("{label} failed: {reason}"));
        };
        let leader = records.ranked_on(rung, trials)[0];
        let best = records.of(leader).score(rung).unwrap_or_default();
        let left = self.remaining_time.seconds(rung, trials, records).filter(|seconds| *seconds > 0.0);
        let left = left.map(|seconds| format!("; about {} left", rounded_duration(Duration::from_secs_f64(seconds))));
        self.observer.note(&format!(
            "{label}: validation Pearson {:.4} in epoch {} of {}, {:.1} s; best {best:.4} of trial {leader}{}",
            score.validation_pearson,
            score.best_epoch,
            score.epochs,
            score.elapsed_s,
            left.unwrap_or_default()
        ));
    }

    /// The run after `epochs` epochs, or after early stopping; `None` where the observer cancelled.
    ///
    /// A trial resumes from its checkpoint on the learning rate schedule of the last rung, as a plain run does.
    fn train(
        &self,
        config: &TrainingConfig,
        run: &RunDirectory,
        epochs: usize,
        label: &str,
        progress: &mut RungProgress,
    ) -> Result<Option<TrainingSummary>, ModelError> {
        let status = run.status(config)?;
        let before = training_progress(self.dataset, config, run, self.device)?;
        if let Some(before) = before
            && (status == RunStatus::Finished || before.history.len() >= epochs)
        {
            return Ok(Some(before));
        }
        let start = if status == RunStatus::Unfinished { Start::Resume } else { Start::New };
        let record = run_record::of_training(self.dataset, self.device, config.seed, self.command);
        progress.start(label, epochs);
        let trained = train(self.dataset, config, run, start, self.device, record, &mut |event| progress.show(event));
        progress.close();
        match trained {
            Ok(summary) => Ok(Some(summary)),
            Err(ModelError::Interrupted { epoch }) if epoch >= epochs => {
                training_progress(self.dataset, config, run, self.device)
            }
            Err(ModelError::Interrupted { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Trials of the next rung in their order, or after the last rung all from best to worst. The networks of the others are
    /// removed.
    fn promoted(&self, rung: usize, trials: &[usize], records: &TrialRecords) -> Result<Vec<usize>> {
        let mut kept = records.ranked_on(rung, trials);
        kept.retain(|&trial| records.of(trial).failure.is_none());
        if let Some(next) = self.rungs.get(rung + 1) {
            kept.truncate(next.trials);
            kept.sort_unstable();
        }
        for trial in trials.iter().filter(|trial| !kept.contains(trial)) {
            let run = self.run_of(*trial);
            for folder in [run.path(), run.partial_path()].into_iter().filter(|folder| folder.exists()) {
                fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
            }
        }
        Ok(kept)
    }
}
