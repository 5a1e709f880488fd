//! Options of transfer learning.

use std::path::PathBuf;

use tatabox_model::TransferConfig;

/// Trained model that training begins from, and how its weights are trained on.
///
/// ```
/// use tatabox::train::TransferOptions;
///
/// let transfer = TransferOptions::new("models/human");
/// assert_eq!(transfer.frozen.epochs, 3);
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
/// assert_eq!(FrozenEpochs::default(), FrozenEpochs { epochs: 3, learning_rate: 0.001 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrozenEpochs {
    /// Number of these epochs.
    pub epochs: usize,
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
        Self {
            epochs: TransferConfig::DEFAULT_FROZEN_EPOCHS,
            learning_rate: TransferConfig::DEFAULT_FROZEN_LEARNING_RATE,
        }
    }
}

impl FrozenEpochs {
    /// Configuration of a transfer from the model in folder `from`, whose weights have this checksum.
    pub(crate) fn config(self, from: PathBuf, weights_sha256: String) -> TransferConfig {
        TransferConfig {
            frozen_epochs: self.epochs,
            frozen_learning_rate: self.learning_rate,
            ..TransferConfig::new(from, weights_sha256)
        }
    }
}
