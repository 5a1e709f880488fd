//! Many trials for a few epochs, the best of them for more.

use crate::error::ModelError;

/// The plan of a search: rungs of ever fewer trials and ever more epochs.
///
/// All trials are trained for a few epochs, the first rung. The best 1/eta of them go on to eta times as many epochs, and
/// so on up to the last rung. Every rung but the first costs about as much as the one before.
///
/// # Source
/// Jamieson and Talwalkar 2016, <https://arxiv.org/abs/1502.07943>; the inner loop of Hyperband, Li et al. 2018,
/// <https://arxiv.org/abs/1603.06560>. Trials go on from their checkpoints, on the learning rate schedule of the last
/// rung, where these train anew: what reaches the last rung is the model that a plain run with its settings gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessiveHalving {
    trials: usize,
    epochs: usize,
    eta: usize,
    rungs: usize,
}

/// A step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Trials that are trained.
    pub trials: usize,
    /// Epochs that each has behind it at the end of the rung.
    pub epochs: usize,
}

impl SuccessiveHalving {
    /// A plan that ends with `epochs` epochs; `rungs` at most as many as the trials and the epochs allow.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the field, its value and the range.
    pub fn new(trials: usize, epochs: usize, eta: usize, rungs: usize) -> Result<Self, ModelError> {
        let invalid = |field, value: usize, expected: String| {
            Err(ModelError::InvalidConfig { field, value: value.to_string(), expected })
        };
        if trials == 0 {
            return invalid("trials", trials, "at least 1".to_owned());
        }
        if epochs == 0 {
            return invalid("epochs", epochs, "at least 1".to_owned());
        }
        if eta < 2 {
            return invalid("eta", eta, "at least 2".to_owned());
        }
        let most = Self::max_rungs(trials, epochs, eta);
        if !(1..=most).contains(&rungs) {
            let expected = format!("1 to {most} for {trials} trials, {epochs} epochs and eta {eta}");
            return invalid("rungs", rungs, expected);
        }
        Ok(Self { trials, epochs, eta, rungs })
    }

    /// Most rungs that leave a trial for the last and an epoch for the first.
    pub fn max_rungs(trials: usize, epochs: usize, eta: usize) -> usize {
        let (mut smaller, mut rungs) = (trials.min(epochs), 1);
        while eta > 1 && smaller >= eta {
            smaller /= eta;
            rungs += 1;
        }
        rungs
    }

    /// The rungs, first to last.
    pub fn rungs(&self) -> Vec<Rung> {
        let rung = |rung: usize| {
            let below = self.eta.pow((self.rungs - 1 - rung) as u32);
            // Rounded, so that 10 epochs by a third are 3 and 20 are 7.
            let epochs = (self.epochs + below / 2) / below;
            Rung { trials: self.trials / self.eta.pow(rung as u32), epochs: epochs.max(1) }
        };
        (0..self.rungs).map(rung).collect()
    }

    /// Epochs trained over the whole search, if no trial stops early.
    pub fn total_epochs(&self) -> usize {
        let rungs = self.rungs();
        let before = std::iter::once(0).chain(rungs.iter().map(|rung| rung.epochs));
        rungs.iter().zip(before).map(|(rung, before)| rung.trials * (rung.epochs - before)).sum()
    }
}

/// Trials from best to worst; `scores` holds a score for each, none where a trial failed. Of equals the first comes first.
pub fn ranked(scores: &[(usize, Option<f64>)]) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64)> = scores
        .iter()
        .map(|&(trial, score)| (trial, score.filter(|score| !score.is_nan()).unwrap_or(f64::NEG_INFINITY)))
        .collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    ranked.into_iter().map(|(trial, _)| trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(trials: usize, epochs: usize, eta: usize, rungs: usize) -> Vec<(usize, usize)> {
        let plan = SuccessiveHalving::new(trials, epochs, eta, rungs).expect("valid");
        plan.rungs().into_iter().map(|rung| (rung.trials, rung.epochs)).collect()
    }

    #[test]
    fn each_rung_has_a_third_of_the_trials_and_thrice_the_epochs() {
        assert_eq!(plan(27, 27, 3, 4), [(27, 1), (9, 3), (3, 9), (1, 27)]);
        assert_eq!(plan(12, 30, 3, 3), [(12, 3), (4, 10), (1, 30)]);
        assert_eq!(plan(4, 2, 2, 2), [(4, 1), (2, 2)]);
        assert_eq!(plan(5, 20, 3, 1), [(5, 20)]);
        // 12 x 3 + 4 x 7 + 1 x 20 = 84.
        assert_eq!(SuccessiveHalving::new(12, 30, 3, 3).expect("valid").total_epochs(), 84);
    }

    #[test]
    fn rungs_need_trials_and_epochs() {
        assert_eq!(SuccessiveHalving::max_rungs(27, 30, 3), 4);
        assert_eq!(SuccessiveHalving::max_rungs(100, 2, 3), 1);
        let refused = |trials, epochs, eta, rungs| {
            SuccessiveHalving::new(trials, epochs, eta, rungs).expect_err("refused").to_string()
        };
        assert_eq!(refused(12, 30, 3, 4), "rungs is 4; expected 1 to 3 for 12 trials, 30 epochs and eta 3");
        assert_eq!(refused(12, 30, 1, 1), "eta is 1; expected at least 2");
        assert_eq!(refused(0, 30, 3, 1), "trials is 0; expected at least 1");
    }

    #[test]
    fn the_best_come_first_and_failures_last() {
        let scores = [(1, Some(0.2)), (2, None), (3, Some(0.5)), (4, Some(0.5)), (5, Some(f64::NAN)), (6, Some(-0.1))];
        assert_eq!(ranked(&scores), [3, 4, 1, 6, 2, 5]);
    }
}
