//! Request of a transfer benchmark.

use std::path::PathBuf;

use tatabox_dataset::Split;

use crate::train::{FrozenEpochs, NameSelection, TrainingOptions};

/// Request to measure the gain of transfer learning for new cell types.
///
/// ```
/// use tatabox::transfer::TransferBenchmarkRequest;
///
/// let request = TransferBenchmarkRequest::default();
/// assert_eq!(request.genes_fractions, [0.01, 0.1, 1.0]);
/// ```
#[derive(Clone, Debug)]
pub struct TransferBenchmarkRequest {
    /// Network, training and data; its cell types are those to transfer from and to.
    pub options: TrainingOptions,
    /// Cell types that are held out, one at a time.
    pub held_out: NameSelection,
    /// Fractions of the train genes from which a held-out cell type is learned, above 0 to 1; the genes of a smaller one are
    /// among those of a larger one.
    pub genes_fractions: Vec<f64>,
    /// Genes to score.
    pub split: Split,
    /// First epochs of a transfer, in which only the output layer is trained.
    pub frozen: FrozenEpochs,
    /// Peak learning rate of the later epochs of a transfer; `None` for the default.
    pub transfer_learning_rate: Option<f64>,
    /// Bootstrap resamples of each interval.
    pub resamples: u32,
    /// Folder to write; `None` for one below `transfer`, named after the data set.
    pub output: Option<PathBuf>,
    /// Discard an earlier benchmark in the folder.
    pub replace: bool,
    /// Command as typed, for the records.
    pub command: Vec<String>,
}

impl Default for TransferBenchmarkRequest {
    fn default() -> Self {
        Self {
            options: TrainingOptions::default(),
            held_out: NameSelection::All,
            genes_fractions: vec![0.01, 0.1, 1.0],
            split: Split::Validation,
            frozen: FrozenEpochs::default(),
            transfer_learning_rate: None,
            resamples: 2_000,
            output: None,
            replace: false,
            command: Vec::new(),
        }
    }
}
