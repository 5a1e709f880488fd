//! Everything that a training run depends on, as it is saved in config.json.

use burn::config::Config;
use serde::{Deserialize, Serialize};
use tatabox_dataset::Extent;
use tatabox_sequence::WindowGeometry;

use crate::error::ModelError;
use crate::loss::Loss;
use crate::network_config::NetworkConfig;
use crate::precision::Precision;
use crate::transfer_config::TransferConfig;

/// The seed of everything, unless the user gives another.
pub const DEFAULT_SEED: u64 = 42;

/// Which genes and bases a run is trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingData {
    /// Name of the prepared data set.
    pub name: String,
    /// SHA-256 of its dataset.json, which in turn holds the checksum of every input.
    pub checksum: String,
    /// Windows of the data set.
    pub geometry: WindowGeometry,
    /// The part of the window that the network reads; the same for every gene.
    pub extent: Extent,
    /// Set where the data set is a simulation, so that everything made from it can say so.
    pub simulated: bool,
}

/// Configuration of a run: with the data set it names, it alone rebuilds the run.
#[derive(Config, Debug)]
pub struct TrainingConfig {
    /// The network.
    pub network: NetworkConfig,
    /// Cell types, in the order of the network's outputs.
    pub cell_types: Vec<String>,
    /// The data.
    pub data: TrainingData,
    /// Seed of the weights, the order of genes, shifts, crops and dropout.
    #[config(default = "DEFAULT_SEED")]
    pub seed: u64,
    /// Most epochs to train; early stopping usually ends sooner.
    #[config(default = 60)]
    pub epochs: usize,
    /// Windows a step.
    #[config(default = 64)]
    pub batch_size: usize,
    /// Highest learning rate of AdamW.
    #[config(default = 1e-3)]
    pub learning_rate: f64,
    /// Decoupled weight decay of AdamW.
    #[config(default = 1e-1)]
    pub weight_decay: f64,
    /// Epochs over which the learning rate rises.
    #[config(default = 1)]
    pub warmup_epochs: usize,
    /// Largest norm of the gradient of one weight tensor.
    #[config(default = 1.0)]
    pub gradient_clip_norm: f64,
    /// Windows are shifted by up to this many bases either way, each gene anew in each epoch.
    #[config(default = 10)]
    pub max_shift_bp: usize,
    /// Share of the bases that are replaced by a random base, anew in each epoch.
    #[config(default = 0.05)]
    pub mutation_rate: f64,
    /// Share of the training batches that are cropped to a random shorter extent around the TSS.
    #[config(default = 0.1)]
    pub crop_probability: f64,
    /// Memory of the moving average of the weights, which is what is validated and kept; 0 keeps the last step's.
    #[config(default = 0.999)]
    pub averaging_decay: f64,
    /// Epochs without a better validation Pearson before training stops.
    #[config(default = 8)]
    pub patience: usize,
    /// Filters of the first stage, at most, that begin as words whose presence goes with expression in the train genes; none
    /// where all begin at random.
    #[config(default = "Some(16)")]
    pub enriched_words: Option<usize>,
    /// What an error costs; the mean squared error where it is not given.
    pub loss: Option<Loss>,
    /// Number format of convolutions and large products; none stands for `f32`, and is all that a network without
    /// convolutions knows.
    pub precision: Option<Precision>,
    /// Share of the train genes that is trained on; none stands for all.
    pub genes_fraction: Option<f64>,
    /// The model that training begins from; none for weights drawn from the seed.
    pub transfer: Option<TransferConfig>,
}

impl TrainingConfig {
    /// What an error costs.
    pub fn loss(&self) -> Loss {
        self.loss.unwrap_or_default()
    }

    /// Number format of convolutions and large products.
    pub fn precision(&self) -> Precision {
        self.precision.unwrap_or_default()
    }

    /// Epochs before the whole network is trained.
    pub fn frozen_epochs(&self) -> usize {
        self.transfer.as_ref().map_or(0, |transfer| transfer.frozen_epochs)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the field, its value and the range.
    pub fn validate(&self) -> Result<(), ModelError> {
        self.network.validate()?;
        let architecture = self.network.architecture;
        if self.precision() != Precision::F32 && !architecture.has_convolutions() {
            return Err(ModelError::InvalidConfig {
                field: "precision",
                value: self.precision().to_string(),
                expected: format!("f32, the only one of {architecture}"),
            });
        }
        let share = self.genes_fraction.unwrap_or(1.0);
        let checks = [
            ("genes_fraction", share, share > 0.0 && share <= 1.0, "above 0 and at most 1"),
            ("epochs", self.epochs as f64, self.epochs > 0, "at least 1"),
            ("batch_size", self.batch_size as f64, self.batch_size > 0, "at least 1"),
            (
                "learning_rate",
                self.learning_rate,
                self.learning_rate > 0.0 && self.learning_rate <= 1.0,
                "above 0 and at most 1",
            ),
            ("weight_decay", self.weight_decay, (0.0..=1.0).contains(&self.weight_decay), "from 0 to 1"),
            (
                "gradient_clip_norm",
                self.gradient_clip_norm,
                self.gradient_clip_norm > 0.0 && self.gradient_clip_norm.is_finite(),
                "above 0",
            ),
            ("mutation_rate", self.mutation_rate, (0.0..1.0).contains(&self.mutation_rate), "at least 0 and below 1"),
            (
                "averaging_decay",
                self.averaging_decay,
                (0.0..1.0).contains(&self.averaging_decay),
                "at least 0 and below 1",
            ),
            ("crop_probability", self.crop_probability, (0.0..=1.0).contains(&self.crop_probability), "from 0 to 1"),
        ];
        for (field, value, valid, expected) in checks {
            if !valid {
                return Err(ModelError::InvalidConfig {
                    field,
                    value: value.to_string(),
                    expected: expected.to_owned(),
                });
            }
        }
        if let Some(transfer) = &self.transfer {
            transfer.validate(&self.network, self.epochs)?;
        }
        if self.cell_types.len() != self.network.outputs {
            return Err(ModelError::InvalidConfig {
                field: "network.outputs",
                value: self.network.outputs.to_string(),
                expected: format!("one output for each of the {} cell types", self.cell_types.len()),
            });
        }
        Ok(())
    }
}
