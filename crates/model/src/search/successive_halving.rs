//! Successive halving: many trials for few epochs, and the best of them for more.

use crate::error::ModelError;

/// Schedule of a hyperparameter search by successive halving.
///
/// In the first rung, all trials are trained for few epochs. The best 1/eta of them continue to eta times as many
/// epochs in the next rung, and so on. After the first, every rung costs about as much as the one before.
///
/// # Examples
/// ```
/// use tatabox_model::{Rung, SuccessiveHalving};
///
/// let plan = SuccessiveHalving::new(27, 27, 3, 3)?;
/// assert_eq!(plan.rungs()[0], Rung { trials: 27, epochs: 3 });
/// assert_eq!(plan.rungs()[2], Rung { trials: 3, epochs: 27 });
/// // 27 x 3 + 9 x (9 - 3) + 3 x (27 - 9).
/// assert_eq!(plan.total_epochs(), 189);
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
///
/// # Source
/// Jamieson and Talwalkar 2016, <https://arxiv.org/abs/1502.07943>; the inner loop of Hyperband, Li et al. 2018,
/// <https://arxiv.org/abs/1603.06560>. Both retrain trials in each rung. Here trials resume from their checkpoints, on
/// the learning rate schedule of the last rung, so that the final models equal those of single runs with their
/// settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessiveHalving {
    trials: usize,
    epochs: usize,
    eta: usize,
    rungs: usize,
}

/// One rung of successive halving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Number of trials trained in this rung.
    pub trials: usize,
    /// Total epochs of each trial at the end of this rung.
    pub epochs: usize,
}

impl SuccessiveHalving {
    /// Schedule whose last rung ends after `epochs` epochs; `rungs` is at most [`max_rungs`](Self::max_rungs).
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] with the field, its value and the expected range.
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

    /// Maximum number of rungs: the last rung needs at least one trial, and the first at least one epoch.
    pub fn max_rungs(trials: usize, epochs: usize, eta: usize) -> usize {
        let (mut smaller, mut rungs) = (trials.min(epochs), 1);
        while eta > 1 && smaller >= eta {
            smaller /= eta;
            rungs += 1;
        }
        rungs
    }

    /// Rungs, first to last.
    pub fn rungs(&self) -> Vec<Rung> {
        let rung = |rung: usize| {
            let below = self.eta.pow((self.rungs - 1 - rung) as u32);
            // Rounded to the nearest epoch: a third of 10 is 3, and a third of 20 is 7.
            let epochs = (self.epochs + below / 2) / below;
            Rung { trials: self.trials / self.eta.pow(rung as u32), epochs: epochs.max(1) }
        };
        (0..self.rungs).map(rung).collect()
    }

    /// Total epochs of the search if no trial stops early.
    pub fn total_epochs(&self) -> usize {
        let rungs = self.rungs();
        let before = std::iter::once(0).chain(rungs.iter().map(|rung| rung.epochs));
        rungs.iter().zip(before).map(|(rung, before)| rung.trials * (rung.epochs - before)).sum()
    }
}

/// Trials from best to worst, given pairs of trial and score. Failed trials, without a score or with NaN, come last;
/// ties are ordered by trial number.
///
/// # Examples
/// ```
/// use tatabox_model::ranked;
///
/// assert_eq!(ranked(&[(1, Some(0.5)), (2, None), (3, Some(0.75))]), [3, 1, 2]);
/// ```
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
    fn successive_halving_eta_three_divides_trials_and_multiplies_epochs() {
        assert_eq!(plan(27, 27, 3, 4), [(27, 1), (9, 3), (3, 9), (1, 27)]);
        assert_eq!(plan(12, 30, 3, 3), [(12, 3), (4, 10), (1, 30)]);
        assert_eq!(plan(4, 2, 2, 2), [(4, 1), (2, 2)]);
        assert_eq!(plan(5, 20, 3, 1), [(5, 20)]);
        // 12 x 3 + 4 x 7 + 1 x 20 = 84.
        assert_eq!(SuccessiveHalving::new(12, 30, 3, 3).expect("valid").total_epochs(), 84);
    }

    #[test]
    fn successive_halving_invalid_arguments_are_rejected() {
        assert_eq!(SuccessiveHalving::max_rungs(27, 30, 3), 4);
        assert_eq!(SuccessiveHalving::max_rungs(100, 2, 3), 1);
        let error = |trials, epochs, eta, rungs| {
            SuccessiveHalving::new(trials, epochs, eta, rungs).expect_err("invalid").to_string()
        };
        assert_eq!(error(12, 30, 3, 4), "rungs is 4; expected 1 to 3 for 12 trials, 30 epochs and eta 3");
        assert_eq!(error(12, 30, 1, 1), "eta is 1; expected at least 2");
        assert_eq!(error(0, 30, 3, 1), "trials is 0; expected at least 1");
    }

    #[test]
    fn ranked_failed_trials_come_last() {
        let scores = [(1, Some(0.2)), (2, None), (3, Some(0.5)), (4, Some(0.5)), (5, Some(f64::NAN)), (6, Some(-0.1))];
        assert_eq!(ranked(&scores), [3, 4, 1, 6, 2, 5]);
    }
}
