//! Options of transfer learning.

use std::path::PathBuf;

use tatabox_model::TransferConfig;

/// Trained model that training begins from, and how its weights are trained on.
///
/// ```
/// use tatabox::train::TransferOptions;
///
/// let transfer = TransferOptions::new("models/human");
/// assert_eq!(transfer.frozen.epochs, None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TransferOptions {
    /// Folder of the model; of an ensemble its first member is used.
    pub from: PathBuf,
    /// First epochs, in which only the output layer is trained.
    pub frozen: FrozenEpochs,
}

/// First epochs of a transfer, in which only the output layer is trained.
///
/// ```
/// use tatabox::train::FrozenEpochs;
///
/// assert_eq!(FrozenEpochs::default(), FrozenEpochs { epochs: None, learning_rate: 0.001 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrozenEpochs {
    /// Number of these epochs; `None` for 3, or all epochs of a shorter run.
    pub epochs: Option<usize>,
    /// Peak learning rate of these epochs, above 0 to 1.
    pub learning_rate: f64,
}

impl TransferOptions {
    /// A transfer with default epochs and learning rate.
    pub fn new(from: impl Into<PathBuf>) -> Self {
        Self { from: from.into(), frozen: FrozenEpochs::default() }
    }
}

impl Default for FrozenEpochs {
    fn default() -> Self {
        Self { epochs: None, learning_rate: TransferConfig::DEFAULT_FROZEN_LEARNING_RATE }
    }
}

impl FrozenEpochs {
    /// Configuration of a transfer from the model in folder `from`, whose weights have this checksum, in a run of this many
    /// epochs.
    pub(crate) fn config(self, from: PathBuf, weights_sha256: String, run_epochs: usize) -> TransferConfig {
        TransferConfig {
            frozen_epochs: self.epochs.unwrap_or_else(|| TransferConfig::DEFAULT_FROZEN_EPOCHS.min(run_epochs)),
            frozen_learning_rate: self.learning_rate,
            ..TransferConfig::new(from, weights_sha256)
        }
    }
}
