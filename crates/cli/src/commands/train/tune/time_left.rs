//! How long a search still takes, judged by what was measured of its trials.

use tatabox_model::{FlopCount, Rung, TrainingConfig};

use super::trial_record::TrialRecords;

/// Rungs and the arithmetic of each trial.
pub(super) struct TimeLeft {
    rungs: Vec<Rung>,
    /// Multiply-adds of a training window, trial by trial.
    costs: Vec<f64>,
}

impl TimeLeft {
    pub(super) fn new(rungs: &[Rung], trials: &[TrainingConfig]) -> Self {
        let cost = |config: &TrainingConfig| {
            let window_bp = config.data.extent.total_bp() as usize;
            FlopCount::new(&config.network, window_bp).training_multiply_adds() as f64
        };
        Self { rungs: rungs.to_vec(), costs: trials.iter().map(cost).collect() }
    }

    /// Seconds until the end of the search on `rung` (from 0) with these trials; `None` before anything was measured.
    ///
    /// A trial goes on as fast as it was; one that is yet to start is judged by its arithmetic. Those that lead now are
    /// taken to go on.
    pub(super) fn seconds(&self, rung: usize, trials: &[usize], records: &TrialRecords) -> Option<f64> {
        let measured = || records.all().iter().filter_map(|record| Some((record.trial, record.rungs.last()?)));
        let seconds: f64 = measured().map(|(_, score)| score.elapsed_s).sum();
        let work: f64 = measured().map(|(trial, score)| self.costs[trial - 1] * score.epochs as f64).sum();
        if work <= 0.0 {
            return None;
        }
        let seconds_an_epoch = |trial: usize| match records.of(trial).rungs.last() {
            Some(score) => score.elapsed_s / score.epochs.max(1) as f64,
            None => self.costs[trial - 1] * seconds / work,
        };
        let open = trials.iter().filter(|&&trial| !records.of(trial).is_through(rung));
        let mut left: f64 = open.map(|&trial| seconds_an_epoch(trial)).sum::<f64>() * self.epochs_of(rung);
        let leaders = records.ranked_on(rung, trials);
        for (later, next) in self.rungs.iter().enumerate().skip(rung + 1) {
            let going_on = leaders.iter().take(next.trials);
            left += going_on.map(|&trial| seconds_an_epoch(trial)).sum::<f64>() * self.epochs_of(later);
        }
        Some(left)
    }

    /// Epochs that a rung adds.
    fn epochs_of(&self, rung: usize) -> f64 {
        let before = rung.checked_sub(1).map_or(0, |before| self.rungs[before].epochs);
        (self.rungs[rung].epochs - before) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::trial_record::tests::records;
    use super::*;

    #[test]
    fn trials_go_on_as_fast_as_they_were() {
        let rungs = [Rung { trials: 4, epochs: 1 }, Rung { trials: 2, epochs: 3 }, Rung { trials: 1, epochs: 9 }];
        let time_left = TimeLeft { rungs: rungs.to_vec(), costs: vec![1.0; 4] };
        let records = records(Path::new(""));
        // Trials 1 and 3 have reached the second rung, in 1.25 s of three epochs. Six more of trial 3, which leads: 2.5 s.
        assert_eq!(time_left.seconds(1, &[1, 3], &records), Some(2.5));
        // Trial 2 has one epoch behind it, in 1.25 s: two more of it are 2.5 s on top.
        assert_eq!(time_left.seconds(1, &[2, 3], &records), Some(5.0));
    }
}
