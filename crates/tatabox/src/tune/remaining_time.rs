//! Remaining time of a search, extrapolated from its trials.

use tatabox_model::{FlopCount, Rung, TrainingConfig};

use super::trial_records::TrialRecords;

/// Rungs, and the multiply-adds of each trial.
pub(super) struct RemainingTime {
    rungs: Vec<Rung>,
    /// Multiply-adds per training window, by trial.
    costs: Vec<f64>,
}

impl RemainingTime {
    pub(super) fn new(rungs: &[Rung], trials: &[TrainingConfig]) -> Self {
        let cost = |config: &TrainingConfig| {
            let window_bp = config.data.extent.total_bp() as usize;
            FlopCount::new(&config.network, window_bp).training_multiply_adds() as f64
        };
        Self { rungs: rungs.to_vec(), costs: trials.iter().map(cost).collect() }
    }

    /// Seconds to the end of a search that is on `rung` (from 0) with these trials; `None` before any trial was measured.
    ///
    /// A trial is assumed to keep its speed; that of a trial not yet started follows from its multiply-adds. The trials that
    /// lead now are assumed to be continued.
    pub(super) fn seconds(&self, rung: usize, trials: &[usize], records: &TrialRecords) -> Option<f64> {
        let measured = || records.all().iter().filter_map(|record| Some((record.trial, record.rungs.last()?)));
        let seconds: f64 = measured().map(|(_, score)| score.elapsed_s).sum();
        let work: f64 = measured().map(|(trial, score)| self.costs[trial - 1] * score.epochs as f64).sum();
        if work <= 0.0 {
            return None;
        }
        let seconds_per_epoch = |trial: usize| match records.of(trial).rungs.last() {
            Some(score) => score.elapsed_s / score.epochs.max(1) as f64,
            None => self.costs[trial - 1] * seconds / work,
        };
        let unfinished = trials.iter().filter(|&&trial| !records.of(trial).is_done(rung));
        let mut left: f64 = unfinished.map(|&trial| seconds_per_epoch(trial)).sum::<f64>() * self.epochs_of(rung);
        let leaders = records.ranked_on(rung, trials);
        for (later, next) in self.rungs.iter().enumerate().skip(rung + 1) {
            let continued = leaders.iter().take(next.trials);
            left += continued.map(|&trial| seconds_per_epoch(trial)).sum::<f64>() * self.epochs_of(later);
        }
        Some(left)
    }

    /// Epochs that a rung adds to the one before.
    fn epochs_of(&self, rung: usize) -> f64 {
        let before = rung.checked_sub(1).map_or(0, |before| self.rungs[before].epochs);
        (self.rungs[rung].epochs - before) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::trial_records::tests::records;
    use super::*;

    #[test]
    fn remaining_time_extrapolates_the_speed_of_each_trial() {
        let rungs = [Rung { trials: 4, epochs: 1 }, Rung { trials: 2, epochs: 3 }, Rung { trials: 1, epochs: 9 }];
        let remaining = RemainingTime { rungs: rungs.to_vec(), costs: vec![1.0; 4] };
        let records = records(Path::new(""));
        // Trials 1 and 3 reached the second rung, with three epochs in 1.25 s. Six more of trial 3, which leads: 2.5 s.
        assert_eq!(remaining.seconds(1, &[1, 3], &records), Some(2.5));
        // Trial 2 trained one epoch in 1.25 s: two more of it add 2.5 s.
        assert_eq!(remaining.seconds(1, &[2, 3], &records), Some(5.0));
    }
}
