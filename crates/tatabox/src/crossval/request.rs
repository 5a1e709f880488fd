//! Request to cross-validate.

use std::path::PathBuf;

use tatabox_dataset::ExpressionConfig;

use crate::comparators::ComparatorChoice;
use crate::evaluate::Drawing;
use crate::train::TrainingOptions;

/// Origin of the cross-validation folds.
///
/// ```
/// use tatabox::crossval::FoldSource;
///
/// assert_eq!(FoldSource::default(), FoldSource::Random(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoldSource {
    /// This number of folds of similar size, at least 3, of whole chromosomes at random.
    Random(usize),
    /// The folds that this file lists, by chromosome or by gene; see [`FoldFile`](tatabox_dataset::FoldFile).
    Listed(PathBuf),
}

impl Default for FoldSource {
    fn default() -> Self {
        Self::Random(5)
    }
}

/// Request to cross-validate a network and its comparators.
///
/// ```
/// use tatabox::crossval::{CrossvalRequest, FoldSource};
///
/// let request = CrossvalRequest { folds: FoldSource::Random(10), members: Some(5), ..CrossvalRequest::default() };
/// assert_eq!(request.resamples, 2_000);
/// ```
#[derive(Clone, Debug)]
pub struct CrossvalRequest {
    /// Network, training and data.
    pub options: TrainingOptions,
    /// Origin of the folds.
    pub folds: FoldSource,
    /// Networks of each fold's ensemble; `None` for a single network per fold.
    pub members: Option<usize>,
    /// Comparators, which are fitted anew in each fold.
    pub comparators: Vec<ComparatorChoice>,
    /// Table with a second measurement of the same cell types, for the noise ceiling.
    pub replicates: Option<ExpressionConfig>,
    /// Bootstrap resamples of each interval.
    pub resamples: u32,
    /// Folder to write; `None` for one below `crossval`, named after cell types and data set.
    pub output: Option<PathBuf>,
    /// Whether an earlier cross-validation in that folder is discarded; of a single fold, only that fold.
    pub replace: bool,
    /// Figures and report.
    pub drawing: Drawing,
    /// Folder of comparators that were fitted earlier; networks as comparators require it.
    pub comparator_cache: Option<PathBuf>,
    /// Epoch of each fold after which the task is cancelled, for tests.
    pub stop_after_epoch: Option<usize>,
    /// Command as typed, for the records.
    pub command: Vec<String>,
}

impl Default for CrossvalRequest {
    fn default() -> Self {
        Self {
            options: TrainingOptions::default(),
            folds: FoldSource::default(),
            members: None,
            comparators: vec![ComparatorChoice::Fast],
            replicates: None,
            resamples: 2_000,
            output: None,
            replace: false,
            drawing: Drawing::default(),
            comparator_cache: None,
            stop_after_epoch: None,
            command: Vec::new(),
        }
    }
}
