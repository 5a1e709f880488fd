//! How a network is taken over from another model.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::nn::NetworkConfig;

/// The model that training begins from, and how its weights are trained on.
///
/// First the outputs are trained and everything before them is frozen, then all weights are trained, at the learning rate
/// of the run. On human promoters it made no difference whether attention and the hidden layer were frozen along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferConfig {
    /// Folder of the model, as it was named.
    pub from: PathBuf,
    /// SHA-256 of its weights.
    pub weights_sha256: String,
    /// Epochs in which only the outputs are trained.
    pub frozen_epochs: usize,
    /// Highest learning rate of these epochs.
    pub frozen_learning_rate: f64,
}

impl TransferConfig {
    /// The usual way to begin from the model in folder `from`, whose weights have this checksum.
    pub fn new(from: impl Into<PathBuf>, weights_sha256: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            weights_sha256: weights_sha256.into(),
            frozen_epochs: Self::DEFAULT_FROZEN_EPOCHS,
            frozen_learning_rate: Self::DEFAULT_FROZEN_LEARNING_RATE,
        }
    }

    /// Frozen epochs unless told otherwise.
    pub const DEFAULT_FROZEN_EPOCHS: usize = 3;
    /// Highest learning rate of the frozen epochs unless told otherwise.
    pub const DEFAULT_FROZEN_LEARNING_RATE: f64 = 1e-3;
    /// Highest learning rate once everything is trained, unless told otherwise.
    pub const DEFAULT_LEARNING_RATE: f64 = 2e-4;

    /// Checks every field for a run of `epochs` epochs.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the field, its value and the range.
    pub fn validate(&self, network: &NetworkConfig, epochs: usize) -> Result<(), ModelError> {
        let invalid =
            |field, value: String, expected: String| Err(ModelError::InvalidConfig { field, value, expected });
        if !network.architecture.reads_bases() {
            let expected = "a model whose network reads bases, and so has a trunk to keep".to_owned();
            return invalid("from", network.architecture.to_string(), expected);
        }
        if self.frozen_epochs > epochs {
            let expected = format!("at most the {epochs} epochs of the run");
            return invalid("frozen_epochs", self.frozen_epochs.to_string(), expected);
        }
        let rate = self.frozen_learning_rate;
        if !(rate > 0.0 && rate <= 1.0) {
            return invalid("frozen_learning_rate", rate.to_string(), "above 0 and at most 1".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Architecture, Preset};

    #[test]
    fn what_cannot_be_meant_is_named() {
        let network = NetworkConfig::preset(Preset::Small, 300, 2);
        let mut transfer = TransferConfig::new("models/human", "0");
        assert!(transfer.validate(&network, 3).is_ok());
        let kmers = network.clone().with_architecture(Architecture::KmerMlp);
        let message = transfer.validate(&kmers, 3).expect_err("no trunk").to_string();
        assert_eq!(message, "from is kmer-mlp; expected a model whose network reads bases, and so has a trunk to keep");
        let message = transfer.validate(&network, 2).expect_err("too few epochs").to_string();
        assert_eq!(message, "frozen_epochs is 3; expected at most the 2 epochs of the run");
        transfer.frozen_learning_rate = 0.0;
        assert!(transfer.validate(&network, 3).is_err());
    }
}
