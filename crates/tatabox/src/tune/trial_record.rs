//! Settings and scores of one trial.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_model::{TrainingSettings, TrainingSummary};

/// One trial of a search.
///
/// ```no_run
/// # fn show(trial: tatabox::tune::TrialRecord) {
/// let score = trial.rungs.last().map(|rung| rung.validation_pearson);
/// println!("trial {}: {score:?}", trial.trial);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialRecord {
    /// Number of the trial, from 1.
    pub trial: usize,
    /// Its settings.
    pub settings: TrainingSettings,
    /// Trainable parameters; 0 before training.
    pub parameters: usize,
    /// Score at the end of each rung, first to last.
    pub rungs: Vec<RungScore>,
    /// Reason for which it cannot be trained.
    pub failure: Option<String>,
}

/// Score of a trial at the end of a rung, in its best epoch so far.
///
/// ```no_run
/// # fn show(score: tatabox::tune::RungScore) {
/// println!("{:.3} in epoch {} of {}", score.validation_pearson, score.best_epoch, score.epochs);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RungScore {
    /// Epochs trained; fewer than those of the rung after early stopping.
    pub epochs: usize,
    /// Epoch with the best score, from 1.
    pub best_epoch: usize,
    /// Pearson correlation over the validation genes, mean over cell types.
    pub validation_pearson: f64,
    /// The same by cell type; `None` where it is undefined.
    pub validation_pearson_by_cell_type: BTreeMap<String, Option<f64>>,
    /// Seconds spent training, earlier rungs included.
    pub elapsed_s: f64,
}

impl RungScore {
    pub(super) fn new(summary: &TrainingSummary, cell_types: &[String]) -> Self {
        let metrics = &summary.metrics;
        let scores = cell_types.iter().cloned().zip(metrics.validation_pearson_by_cell_type.iter().copied());
        Self {
            epochs: summary.history.len(),
            best_epoch: metrics.best_epoch,
            validation_pearson: metrics.validation_pearson,
            validation_pearson_by_cell_type: scores.collect(),
            elapsed_s: summary.elapsed_s,
        }
    }
}

impl TrialRecord {
    /// Whether the trial is trained up to `rung`, from 0, or failed.
    pub(super) fn is_done(&self, rung: usize) -> bool {
        self.failure.is_some() || self.rungs.len() > rung
    }

    /// Score at the end of `rung`, from 0.
    pub(super) fn score(&self, rung: usize) -> Option<f64> {
        self.rungs.get(rung).filter(|_| self.failure.is_none()).map(|score| score.validation_pearson)
    }
}
