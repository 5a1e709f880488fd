//! Configuration of a training run, saved in config.json.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tatabox_dataset::Extent;
use tatabox_sequence::WindowGeometry;

use super::assay_training::AssayTraining;
use super::transfer_config::TransferConfig;
use crate::device::Precision;
use crate::error::ModelError;
use crate::input::AuxiliaryInputs;
use crate::nn::{Architecture, BatchLoss, Loss, NetworkConfig};

/// Default seed.
pub const DEFAULT_SEED: u64 = 42;

/// Data set and extent of a training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingData {
    /// Name of the prepared data set.
    pub name: String,
    /// SHA-256 of its dataset.json, which in turn lists the checksum of every input.
    pub checksum: String,
    /// Geometry of the windows of the data set.
    pub geometry: WindowGeometry,
    /// Part of the window that the network reads; the same for every gene.
    pub extent: Extent,
    /// Whether the data set is simulated; results of simulated data are labelled as such.
    pub simulated: bool,
}

/// Configuration of a training run. Together with the data set, it determines the trained model completely.
///
/// # Examples
/// ```
/// use tatabox_dataset::Extent;
/// use tatabox_model::{Loss, NetworkConfig, Preset, TrainingConfig, TrainingData};
/// use tatabox_sequence::WindowGeometry;
///
/// let data = TrainingData {
///     name: "example".to_owned(),
///     checksum: String::new(),
///     geometry: WindowGeometry::new(200, 100)?,
///     extent: Extent { upstream_bp: 200, downstream_bp: 100 },
///     simulated: true,
/// };
/// let network = NetworkConfig::preset(Preset::Small, 300, 1);
/// let config = TrainingConfig::new(network, vec!["K562".to_owned()], data).with_epochs(10).with_seed(7);
/// config.validate()?;
/// assert_eq!(config.loss().values, Loss::default());
///
/// let error = config.with_batch_size(0).validate().expect_err("no windows per step");
/// assert_eq!(error.to_string(), "batch_size is 0; expected at least 1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// Fields are in the order of config.json. `inputs` is omitted if absent, so that configurations without auxiliary
// inputs keep their bytes; burn's `Config` would write null.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// Network.
    pub network: NetworkConfig,
    /// Names of the outputs of the network: cell types, then outputs of assays.
    pub cell_types: Vec<String>,
    /// Assays whose outputs follow the cell types, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assays: Vec<AssayTraining>,
    /// Data set and extent.
    pub data: TrainingData,
    /// Auxiliary inputs; `None` for a network that reads only bases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<AuxiliaryInputs>,
    /// Training loss; `None` is the mean squared error.
    pub loss: Option<Loss>,
    /// Weight of the differences between cell types in the loss; see [`BatchLoss`]. 0 for the loss of values alone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub difference_weight: f64,
    /// Number format of convolutions and large matrix products; `None` is `f32`, the only format of networks without
    /// convolutions.
    pub precision: Option<Precision>,
    /// Fraction of the train genes to train on; `None` is all.
    pub genes_fraction: Option<f64>,
    /// Source model of a transfer; `None` for weights initialised from the seed.
    pub transfer: Option<TransferConfig>,
    /// Seed of the weights, the order of genes, shifts, crops and dropout.
    pub seed: u64,
    /// Maximum number of epochs; early stopping usually ends training sooner.
    pub epochs: usize,
    /// Windows per step.
    pub batch_size: usize,
    /// Peak learning rate of AdamW.
    pub learning_rate: f64,
    /// Decoupled weight decay of AdamW.
    pub weight_decay: f64,
    /// Epochs of linear learning rate warm-up.
    pub warmup_epochs: usize,
    /// Maximum gradient norm per weight tensor.
    pub gradient_clip_norm: f64,
    /// Maximum random shift of the windows in either direction, per gene and epoch.
    pub max_shift_bp: usize,
    /// Fraction of the bases that are replaced by a random base, per gene and epoch.
    pub mutation_rate: f64,
    /// Fraction of the training batches that are cropped to a random shorter extent around the TSS.
    pub crop_probability: f64,
    /// Decay of the exponential moving average of the weights, which is validated and saved; 0 uses the weights of the
    /// last step.
    pub averaging_decay: f64,
    /// Epochs without a higher validation Pearson correlation before training stops.
    pub patience: usize,
    /// Maximum number of k-mer initialised filters in the first stage: filters that start as k-mers associated with
    /// expression in the train genes; `None` initialises all filters at random.
    pub enriched_kmers: Option<usize>,
}

/// Largest weight of differences between cell types; beyond it, values hardly count.
const MAX_DIFFERENCE_WEIGHT: f64 = 100.0;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl TrainingConfig {
    /// Default configuration for this network and data set.
    pub fn new(network: NetworkConfig, cell_types: Vec<String>, data: TrainingData) -> Self {
        Self {
            network,
            cell_types,
            assays: Vec::new(),
            data,
            inputs: None,
            loss: None,
            difference_weight: 0.0,
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
            enriched_kmers: Some(16),
        }
    }

    /// This configuration with another seed.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// This configuration with another maximum number of epochs.
    pub fn with_epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// This configuration with another number of windows per step.
    pub fn with_batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// This configuration with another peak learning rate.
    pub fn with_learning_rate(self, learning_rate: f64) -> Self {
        Self { learning_rate, ..self }
    }

    /// This configuration with another weight decay.
    pub fn with_weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// This configuration with another fraction of cropped batches.
    pub fn with_crop_probability(self, crop_probability: f64) -> Self {
        Self { crop_probability, ..self }
    }

    /// This configuration with another patience.
    pub fn with_patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// This configuration with auxiliary inputs, or without any.
    pub fn with_auxiliary_inputs(self, inputs: Option<AuxiliaryInputs>) -> Self {
        let (gene_features, tracks) = inputs.as_ref().map_or((0, 0), AuxiliaryInputs::network_inputs);
        Self { network: self.network.with_auxiliary_inputs(gene_features, tracks), inputs, ..self }
    }

    /// This configuration with assays, whose outputs have these names. The network gets one pooling head per assay, in
    /// addition to that of the cell types.
    pub fn with_assays(mut self, assays: Vec<AssayTraining>, outputs: impl IntoIterator<Item = String>) -> Self {
        self.cell_types.extend(outputs);
        self.assays = assays;
        let heads = self.output_groups().into_iter().map(|group| group.len()).collect();
        self.network = self.network.with_heads(heads);
        self
    }

    /// This configuration without assays, for a network of expression alone.
    #[must_use]
    pub fn without_assays(mut self) -> Self {
        self.cell_types.truncate(self.expression_outputs());
        self.assays.clear();
        self.network = self.network.with_heads(vec![self.cell_types.len()]);
        self
    }

    /// Number of outputs that are expression in cell types; the outputs of assays follow.
    pub fn expression_outputs(&self) -> usize {
        let of_assays: usize = self.assays.iter().map(|assay| assay.outputs).sum();
        self.cell_types.len().saturating_sub(of_assays)
    }

    /// Outputs that are trained and scored together: the cell types, if any, then each assay.
    pub fn output_groups(&self) -> Vec<Range<usize>> {
        self.outputs_by_assay().into_iter().map(|(_, group)| group).collect()
    }

    /// Groups of outputs as [`output_groups`](Self::output_groups), each with its assay; `None` for the cell types.
    pub(crate) fn outputs_by_assay(&self) -> Vec<(Option<&AssayTraining>, Range<usize>)> {
        let mut first = self.expression_outputs();
        let mut groups = if first > 0 { vec![(None, 0..first)] } else { Vec::new() };
        for assay in &self.assays {
            groups.push((Some(assay), first..first + assay.outputs));
            first += assay.outputs;
        }
        groups
    }

    /// This configuration with another architecture, without the auxiliary inputs that it cannot read.
    pub fn with_architecture(mut self, architecture: Architecture) -> Self {
        self.network = self.network.with_architecture(architecture);
        if let Some(inputs) = self.inputs.take() {
            self.inputs = if architecture.reads_bases() { Some(inputs) } else { inputs.without_tracks() };
        }
        self
    }

    /// Training loss.
    pub fn loss(&self) -> BatchLoss {
        BatchLoss {
            values: self.loss.unwrap_or_default(),
            difference_weight: self.difference_weight as f32,
            cell_types: self.expression_outputs(),
        }
    }

    /// Auxiliary inputs; empty for a network that reads only bases.
    pub fn auxiliary_inputs(&self) -> &AuxiliaryInputs {
        static NONE: AuxiliaryInputs = AuxiliaryInputs::NONE;
        self.inputs.as_ref().unwrap_or(&NONE)
    }

    /// Number format of convolutions and large matrix products.
    pub fn precision(&self) -> Precision {
        self.precision.unwrap_or_default()
    }

    /// Epochs in which only the outputs are trained; 0 without transfer.
    pub fn frozen_epochs(&self) -> usize {
        self.transfer.as_ref().map_or(0, |transfer| transfer.frozen_epochs)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] with the field, its value and the expected range.
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
                "difference_weight",
                self.difference_weight,
                (0.0..=MAX_DIFFERENCE_WEIGHT).contains(&self.difference_weight),
                "from 0 to 100",
            ),
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
        let (gene_features, tracks) = self.auxiliary_inputs().network_inputs();
        for (field, value, inputs) in [
            ("network.gene_features", self.network.gene_features, gene_features),
            ("network.tracks", self.network.tracks, tracks),
        ] {
            if value != inputs {
                let expected = format!("{inputs}, the number of inputs that are encoded");
                return Err(ModelError::InvalidConfig { field, value: value.to_string(), expected });
            }
        }
        self.validate_assays()?;
        if self.cell_types.len() != self.network.outputs {
            return Err(ModelError::InvalidConfig {
                field: "network.outputs",
                value: self.network.outputs.to_string(),
                expected: format!("{}, one output per cell type", self.cell_types.len()),
            });
        }
        Ok(())
    }

    fn validate_assays(&self) -> Result<(), ModelError> {
        self.assays.iter().try_for_each(AssayTraining::validate)?;
        let invalid =
            |field, value: String, expected: String| Err(ModelError::InvalidConfig { field, value, expected });
        let of_assays: usize = self.assays.iter().map(|assay| assay.outputs).sum();
        if of_assays > self.cell_types.len() {
            let expected = format!("at most {}, the number of outputs", self.cell_types.len());
            return invalid("assays.outputs", of_assays.to_string(), expected);
        }
        let shares: f64 = self.assays.iter().filter_map(|assay| assay.share).sum();
        if shares >= 1.0 {
            return invalid("assays.share", shares.to_string(), "less than 1 in total".to_owned());
        }
        let groups = self.output_groups();
        let heads: Vec<usize> = groups.iter().map(ExactSizeIterator::len).collect();
        let expected = if heads.len() > 1 && self.network.architecture.reads_bases() { heads } else { Vec::new() };
        if self.network.heads != expected {
            let listed =
                |heads: &[usize]| if heads.is_empty() { "a single head".to_owned() } else { format!("{heads:?}") };
            return invalid("network.heads", listed(&self.network.heads), listed(&expected));
        }
        if !self.assays.is_empty() && self.network.tracks > 0 {
            let expected = "0, since rows of assays have no signal tracks".to_owned();
            return invalid("network.tracks", self.network.tracks.to_string(), expected);
        }
        if self.expression_outputs() == 0 && self.network.gene_features > 0 {
            let expected = "0, since no output is expression of genes".to_owned();
            return invalid("network.gene_features", self.network.gene_features.to_string(), expected);
        }
        Ok(())
    }
}
