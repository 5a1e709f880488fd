//! Configuration of a transfer from another model.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::nn::NetworkConfig;

/// Source model of a transfer, and the schedule of fine-tuning its weights.
///
/// First only the outputs are trained and all other weights are frozen. Then all weights are trained at the learning
/// rate of the run. On human promoters, freezing attention and the hidden layer as well made no difference.
///
/// # Examples
/// ```
/// use tatabox_model::{NetworkConfig, Preset, TransferConfig};
///
/// let transfer = TransferConfig::new("models/human", "0".repeat(64));
/// assert_eq!(transfer.frozen_epochs, TransferConfig::DEFAULT_FROZEN_EPOCHS);
/// let network = NetworkConfig::preset(Preset::Small, 300, 1);
/// assert!(transfer.validate(&network, 20).is_ok());
/// assert!(transfer.validate(&network, 1).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferConfig {
    /// Folder of the source model, as given.
    pub from: PathBuf,
    /// SHA-256 of the weights of the source model.
    pub weights_sha256: String,
    /// Epochs in which only the outputs are trained.
    pub frozen_epochs: usize,
    /// Peak learning rate of these epochs.
    pub frozen_learning_rate: f64,
}

impl TransferConfig {
    /// Default transfer from the model in folder `from`, whose weights have this checksum.
    pub fn new(from: impl Into<PathBuf>, weights_sha256: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            weights_sha256: weights_sha256.into(),
            frozen_epochs: Self::DEFAULT_FROZEN_EPOCHS,
            frozen_learning_rate: Self::DEFAULT_FROZEN_LEARNING_RATE,
        }
    }

    /// Default number of frozen epochs.
    pub const DEFAULT_FROZEN_EPOCHS: usize = 3;
    /// Default peak learning rate of the frozen epochs.
    pub const DEFAULT_FROZEN_LEARNING_RATE: f64 = 1e-3;
    /// Default peak learning rate of the epochs that train all weights.
    pub const DEFAULT_LEARNING_RATE: f64 = 2e-4;
    /// Hidden units added where a run reads gene features that its source does not; known units serve the bases.
    pub const UNITS_FOR_NEW_FEATURES: usize = 64;

    /// Checks every field for a run of `epochs` epochs.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] with the field, its value and the expected range.
    pub fn validate(&self, network: &NetworkConfig, epochs: usize) -> Result<(), ModelError> {
        let invalid =
            |field, value: String, expected: String| Err(ModelError::InvalidConfig { field, value, expected });
        if !network.architecture.reads_bases() {
            let expected = "a model whose architecture reads bases; k-mer models have no layers to transfer".to_owned();
            return invalid("from", network.architecture.to_string(), expected);
        }
        if self.frozen_epochs > epochs {
            let expected = format!("at most {epochs}, the epochs of the run");
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
    fn transfer_config_invalid_field_is_rejected() {
        let network = NetworkConfig::preset(Preset::Small, 300, 2);
        let mut transfer = TransferConfig::new("models/human", "0");
        assert!(transfer.validate(&network, 3).is_ok());
        let kmers = network.clone().with_architecture(Architecture::KmerMlp);
        let message = transfer.validate(&kmers, 3).expect_err("no layers to transfer").to_string();
        assert!(message.starts_with("from is kmer-mlp; expected a model whose architecture reads bases"), "{message}");
        let message = transfer.validate(&network, 2).expect_err("too few epochs").to_string();
        assert_eq!(message, "frozen_epochs is 3; expected at most 2, the epochs of the run");
        transfer.frozen_learning_rate = 0.0;
        assert!(transfer.validate(&network, 3).is_err());
    }
}
