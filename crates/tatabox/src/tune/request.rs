//! Request to search hyperparameters.

use std::path::PathBuf;

use tatabox_model::SuccessiveHalving;

use crate::error::Result;
use crate::train::{TrainingOptions, request_error};

/// Default number of rungs, where trials and epochs allow it.
const DEFAULT_RUNGS: usize = 3;

/// Request to search settings of a network and its training.
///
/// # Examples
///
/// ```
/// use tatabox::tune::TuneRequest;
///
/// let request = TuneRequest { trials: 4, fixed: vec!["batch_size".to_owned()], ..TuneRequest::default() };
/// let rungs = request.halving(30)?.rungs();
/// assert_eq!(rungs.iter().map(|rung| (rung.trials, rung.epochs)).collect::<Vec<_>>(), [(4, 10), (1, 30)]);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TuneRequest {
    /// Network, training and data of the first trial.
    pub options: TrainingOptions,
    /// Names of settings that are not searched.
    pub fixed: Vec<String>,
    /// Trials of the first rung.
    pub trials: usize,
    /// One in `eta` trials is continued in the next rung, for `eta` times the epochs.
    pub eta: usize,
    /// Rungs; `None` for 3, or fewer where there are few trials or epochs.
    pub rungs: Option<usize>,
    /// JSON file with values to search instead of the default ones.
    pub space: Option<PathBuf>,
    /// Folder to write; `None` for one below `tune`, named after cell types and data set.
    pub output: Option<PathBuf>,
    /// Whether an earlier search in that folder is discarded.
    pub replace: bool,
    /// Number of epochs, over all trials, after which the search is cancelled, for tests.
    pub stop_after_epoch: Option<usize>,
    /// Command as typed, for the run records.
    pub command: Vec<String>,
}

impl Default for TuneRequest {
    fn default() -> Self {
        Self {
            options: TrainingOptions::default(),
            fixed: Vec::new(),
            trials: 27,
            eta: 3,
            rungs: None,
            space: None,
            output: None,
            replace: false,
            stop_after_epoch: None,
            command: Vec::new(),
        }
    }
}

impl TuneRequest {
    /// Trials and epochs of each rung, the last of which has `epochs` epochs.
    ///
    /// # Errors
    /// Trials or epochs do not suffice for the rungs.
    pub fn halving(&self, epochs: usize) -> Result<SuccessiveHalving> {
        let default = DEFAULT_RUNGS.min(SuccessiveHalving::max_rungs(self.trials, epochs, self.eta));
        SuccessiveHalving::new(self.trials, epochs, self.eta, self.rungs.unwrap_or(default)).map_err(request_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tune_request_rungs_fit_trials_and_epochs() {
        let rungs = |trials, eta, rungs, epochs| -> Result<Vec<(usize, usize)>> {
            let request = TuneRequest { trials, eta, rungs, ..TuneRequest::default() };
            Ok(request.halving(epochs)?.rungs().iter().map(|rung| (rung.trials, rung.epochs)).collect())
        };
        assert_eq!(rungs(27, 3, None, 30).expect("valid"), [(27, 3), (9, 10), (3, 30)]);
        assert_eq!(rungs(4, 3, None, 30).expect("valid"), [(4, 10), (1, 30)]);
        assert_eq!(rungs(2, 3, None, 30).expect("valid"), [(2, 30)]);
        assert_eq!(rungs(8, 2, Some(4), 8).expect("valid"), [(8, 1), (4, 2), (2, 4), (1, 8)]);
        let message = rungs(4, 3, Some(3), 30).expect_err("refused").to_string();
        assert_eq!(message, "rungs: 3 is not valid; expected 1 to 2 for 4 trials, 30 epochs and eta 3");
    }
}
