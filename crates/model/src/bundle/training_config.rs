//! Everything that a training run depends on, as it is saved in config.json.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Extent;
use tatabox_sequence::WindowGeometry;

use super::transfer_config::TransferConfig;
use crate::device::Precision;
use crate::error::ModelError;
use crate::input::AuxiliaryInputs;
use crate::nn::{Architecture, Loss, NetworkConfig};

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
///
/// The order of the fields is that of config.json. A run that reads bases alone leaves out `inputs`, so that its file has the
/// bytes that it had before there were any; burn's `Config` would write null.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// The network.
    pub network: NetworkConfig,
    /// Cell types, in the order of the network's outputs.
    pub cell_types: Vec<String>,
    /// The data.
    pub data: TrainingData,
    /// What is read of a gene beside its bases; none of a network that reads bases alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<AuxiliaryInputs>,
    /// What an error costs; the mean squared error where it is not given.
    pub loss: Option<Loss>,
    /// Number format of convolutions and large products; none stands for `f32`, and is all that a network without
    /// convolutions knows.
    pub precision: Option<Precision>,
    /// Share of the train genes that is trained on; none stands for all.
    pub genes_fraction: Option<f64>,
    /// The model that training begins from; none for weights drawn from the seed.
    pub transfer: Option<TransferConfig>,
    /// Seed of the weights, the order of genes, shifts, crops and dropout.
    pub seed: u64,
    /// Most epochs to train; early stopping usually ends sooner.
    pub epochs: usize,
    /// Windows a step.
    pub batch_size: usize,
    /// Highest learning rate of AdamW.
    pub learning_rate: f64,
    /// Decoupled weight decay of AdamW.
    pub weight_decay: f64,
    /// Epochs over which the learning rate rises.
    pub warmup_epochs: usize,
    /// Largest norm of the gradient of one weight tensor.
    pub gradient_clip_norm: f64,
    /// Windows are shifted by up to this many bases either way, each gene anew in each epoch.
    pub max_shift_bp: usize,
    /// Share of the bases that are replaced by a random base, anew in each epoch.
    pub mutation_rate: f64,
    /// Share of the training batches that are cropped to a random shorter extent around the TSS.
    pub crop_probability: f64,
    /// Memory of the moving average of the weights, which is what is validated and kept; 0 keeps the last step's.
    pub averaging_decay: f64,
    /// Epochs without a better validation Pearson before training stops.
    pub patience: usize,
    /// Filters of the first stage, at most, that begin as words whose presence goes with expression in the train genes; none
    /// where all begin at random.
    pub enriched_words: Option<usize>,
}

impl TrainingConfig {
    /// The usual run of this network on these data.
    pub fn new(network: NetworkConfig, cell_types: Vec<String>, data: TrainingData) -> Self {
        Self {
            network,
            cell_types,
            data,
            inputs: None,
            loss: None,
            precision: None,
            genes_fraction: None,
            transfer: None,
            seed: DEFAULT_SEED,
            epochs: 60,
            batch_size: 64,
            learning_rate: 1e-3,
            weight_decay: 1e-1,
            warmup_epochs: 1,
            gradient_clip_norm: 1.0,
            max_shift_bp: 10,
            mutation_rate: 0.05,
            crop_probability: 0.1,
            averaging_decay: 0.999,
            patience: 8,
            enriched_words: Some(16),
        }
    }

    /// The same from another seed.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same over at most so many epochs.
    pub fn with_epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// The same with so many windows a step.
    pub fn with_batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// The same at another highest learning rate.
    pub fn with_learning_rate(self, learning_rate: f64) -> Self {
        Self { learning_rate, ..self }
    }

    /// The same with another weight decay.
    pub fn with_weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// The same with another fraction of cropped batches.
    pub fn with_crop_probability(self, crop_probability: f64) -> Self {
        Self { crop_probability, ..self }
    }

    /// The same with another patience.
    pub fn with_patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// The same run of a network that reads `inputs` beside the bases, or bases alone.
    pub fn with_auxiliary_inputs(self, inputs: Option<AuxiliaryInputs>) -> Self {
        let (gene_features, tracks) = inputs.as_ref().map_or((0, 0), AuxiliaryInputs::counts);
        Self { network: self.network.with_auxiliary_inputs(gene_features, tracks), inputs, ..self }
    }

    /// The same run of another architecture, without the inputs that it cannot read.
    pub fn with_architecture(mut self, architecture: Architecture) -> Self {
        self.network = self.network.with_architecture(architecture);
        if let Some(inputs) = self.inputs.take() {
            self.inputs = if architecture.reads_bases() { Some(inputs) } else { inputs.without_tracks() };
        }
        self
    }

    /// What an error costs.
    pub fn loss(&self) -> Loss {
        self.loss.unwrap_or_default()
    }

    /// What is read of a gene beside its bases; nothing of a network that reads bases alone.
    pub fn auxiliary_inputs(&self) -> &AuxiliaryInputs {
        static NONE: AuxiliaryInputs = AuxiliaryInputs::NONE;
        self.inputs.as_ref().unwrap_or(&NONE)
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
        let fraction = self.genes_fraction.unwrap_or(1.0);
        let checks = [
            ("genes_fraction", fraction, fraction > 0.0 && fraction <= 1.0, "above 0 and at most 1"),
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
        self.auxiliary_inputs().validate()?;
        let (gene_features, tracks) = self.auxiliary_inputs().counts();
        for (field, value, inputs) in [
            ("network.gene_features", self.network.gene_features, gene_features),
            ("network.tracks", self.network.tracks, tracks),
        ] {
            if value != inputs {
                let expected = format!("{inputs}, as many as the inputs name");
                return Err(ModelError::InvalidConfig { field, value: value.to_string(), expected });
            }
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
