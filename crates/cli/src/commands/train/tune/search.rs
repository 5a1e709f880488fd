//! Trials trained rung by rung, from where an earlier part of the search left off.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::HumanDuration;
use tatabox_dataset::PreparedDataset;
use tatabox_model::{
    ModelError, RunDirectory, Rung, SelectedDevice, RunStatus, Start, TrainingConfig, TrainingSummary, train,
    training_progress,
};

use super::search_display::SearchDisplay;
use super::time_left::TimeLeft;
use super::trial_record::TrialRecords;
use crate::run_record;
use crate::terminal::console::Console;

/// Folder of the networks.
const TRIALS_DIR: &str = "trials";

/// What the whole search shares.
pub(super) struct Search<'a> {
    pub(super) dataset: &'a PreparedDataset,
    pub(super) trials: &'a [TrainingConfig],
    pub(super) rungs: &'a [Rung],
    pub(super) time_left: TimeLeft,
    pub(super) device: &'a SelectedDevice,
    pub(super) out_dir: &'a Path,
    pub(super) console: &'a Console,
}

impl Search<'_> {
    /// Where the network of a trial lies, from 1.
    pub(super) fn run_of(&self, trial: usize) -> RunDirectory {
        RunDirectory::new(&self.out_dir.join(TRIALS_DIR), &format!("trial{trial:03}"))
    }

    /// Trains what is not trained yet, and returns the best trial.
    pub(super) fn run(&self, records: &mut TrialRecords, display: &mut SearchDisplay) -> Result<usize> {
        let mut trials: Vec<usize> = (1..=self.trials.len()).collect();
        for (index, rung) in self.rungs.iter().enumerate() {
            let known = trials.iter().filter(|&&trial| records.of(trial).is_through(index)).count();
            let of = self.rungs.len();
            let known = if known > 0 { format!(", {known} of them done before") } else { String::new() };
            let (number, epochs) = (index + 1, rung.epochs);
            self.console.note(format!("rung {number} of {of}: {} trials up to epoch {epochs}{known}", trials.len()));
            for &trial in &trials {
                if !records.of(trial).is_through(index) {
                    self.trial(trial, index, records, display)?;
                    self.tell(trial, index, &trials, records);
                }
            }
            trials = self.promoted(index, &trials, records)?;
        }
        let Some(&best) = trials.first() else {
            bail!("every trial failed; trials.tsv in {} tells why; narrow --space", self.out_dir.display());
        };
        Ok(best)
    }

    /// Trains a trial up to the end of a rung, and records what it reached.
    fn trial(&self, trial: usize, rung: usize, records: &mut TrialRecords, display: &mut SearchDisplay) -> Result<()> {
        let config = &self.trials[trial - 1];
        let (run, epochs) = (self.run_of(trial), self.rungs[rung].epochs);
        let label = self.label(trial, rung);
        match self.train(config, &run, epochs, &label, display) {
            Ok(Some(summary)) => records.add(trial, &summary),
            Ok(None) => bail!(run_record::interrupted()),
            // Too high a learning rate says something about the settings, not about the search.
            Err(error @ ModelError::Diverged { .. }) => records.fail(trial, error.to_string()),
            Err(error) => Err(error.into()),
        }
    }

    fn label(&self, trial: usize, rung: usize) -> String {
        format!("rung {} of {}, trial {trial}", rung + 1, self.rungs.len())
    }

    /// A line on what a trial has reached, the best so far, and the time left.
    fn tell(&self, trial: usize, rung: usize, trials: &[usize], records: &TrialRecords) {
        let (label, record) = (self.label(trial, rung), records.of(trial));
        let Some(score) = record.rungs.last().filter(|_| record.failure.is_none()) else {
            let reason = record.failure.as_deref().unwrap_or_default();
            return self.console.warn(format!("{label} failed: {reason}"));
        };
        let leader = records.ranked_on(rung, trials)[0];
        let best = records.of(leader).score(rung).unwrap_or_default();
        let left = self.time_left.seconds(rung, trials, records).filter(|seconds| *seconds > 0.0);
        let left = left.map(|seconds| format!("; about {} left", HumanDuration(Duration::from_secs_f64(seconds))));
        self.console.note(format!(
            "{label}: validation Pearson {:.4} in epoch {} of {}, {:.1} s; best {best:.4} of trial {leader}{}",
            score.validation_pearson,
            score.best_epoch,
            score.epochs,
            score.elapsed_s,
            left.unwrap_or_default()
        ));
    }

    /// The run once it has `epochs` epochs behind it, or ended before; `None` where the user stopped it.
    ///
    /// It goes on from its checkpoint on the schedule of the last rung, as a plain run would have gone on.
    fn train(
        &self,
        config: &TrainingConfig,
        run: &RunDirectory,
        epochs: usize,
        label: &str,
        display: &mut SearchDisplay,
    ) -> Result<Option<TrainingSummary>, ModelError> {
        let standing = run.standing(config)?;
        let before = training_progress(self.dataset, config, run, self.device)?;
        if let Some(before) = before
            && (standing == RunStatus::Finished || before.history.len() >= epochs)
        {
            return Ok(Some(before));
        }
        let start = if standing == RunStatus::Unfinished { Start::Resume } else { Start::New };
        let record = run_record::start(self.dataset, self.device, config.seed);
        display.start(label, epochs);
        let trained = train(self.dataset, config, run, start, self.device, record, &mut |event| display.show(event));
        display.close();
        match trained {
            Ok(summary) => Ok(Some(summary)),
            Err(ModelError::Interrupted { epoch }) if epoch >= epochs => {
                training_progress(self.dataset, config, run, self.device)
            }
            Err(ModelError::Interrupted { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The trials that go on to the next rung, in their order, or after the last rung the best first. The networks of
    /// the others are removed.
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
