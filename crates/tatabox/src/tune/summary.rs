//! Result of a hyperparameter search.

use std::path::PathBuf;

use super::TrialRecord;

/// Trials of a search, and the best of them.
///
/// ```no_run
/// # fn show(summary: tatabox::tune::TuneSummary) {
/// for number in summary.ranking.iter().take(3) {
///     println!("trial {number}: {} rungs", summary.trials[number - 1].rungs.len());
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TuneSummary {
    /// Every trial, in the order of their numbers, which begin at 1.
    pub trials: Vec<TrialRecord>,
    /// Numbers of the trials from best to worst; failed trials last.
    pub ranking: Vec<usize>,
    /// Number of the best trial.
    pub best: usize,
    /// Names of the settings that were searched.
    pub searched: Vec<&'static str>,
    /// Folder of the best network.
    pub model: PathBuf,
    /// File with the settings of the best trial.
    pub settings_file: PathBuf,
    /// Folder of the search.
    pub directory: PathBuf,
}
