//! Network: from a batch of windows to one output per cell type.

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};

use super::convolutional_network::ConvolutionalNetwork;
use super::dropout::DropoutMask;
use super::kmer_mlp::{KmerMlp, KmerMlpConfig};
use super::network_config::NetworkConfig;
use super::window_batch::WindowBatch;
use crate::error::ModelError;

/// Network of one of the [architectures](crate::Architecture).
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process holds a handful of networks")]
pub enum Network {
    /// Network that reads bases.
    Convolutional(ConvolutionalNetwork),
    /// Network that reads k-mer frequencies.
    KmerMlp(KmerMlp),
}

/// Output of a network for a batch.
pub struct NetworkOutput {
    /// `[batch, cell types]`, z-scores of log2(TPM + 1).
    pub predictions: Tensor<2>,
    /// `[batch, heads, positions]`, summing to 1 over positions; `None` for a network without attention.
    pub attention: Option<Tensor<3>>,
}

impl Network {
    /// Runs the network. `step_dropout` holds the random generator of a training step, or [none](DropoutMask::none).
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] where the batch was encoded for a network of another configuration.
    pub fn forward(&self, batch: &WindowBatch, step_dropout: &mut DropoutMask) -> Result<NetworkOutput, ModelError> {
        self.check_batch(batch)?;
        Ok(self.run(batch, step_dropout))
    }

    /// Runs the network on a batch that was encoded for it.
    pub(crate) fn run(&self, batch: &WindowBatch, step_dropout: &mut DropoutMask) -> NetworkOutput {
        match self {
            Self::Convolutional(network) => network.forward(batch, step_dropout),
            Self::KmerMlp(network) => {
                let kmers = batch.kmers.clone().expect("the batch was encoded for this network");
                let gene_features = batch.gene_features.clone();
                NetworkOutput { predictions: network.forward(kmers, gene_features, step_dropout), attention: None }
            }
        }
    }

    fn check_batch(&self, batch: &WindowBatch) -> Result<(), ModelError> {
        let gene_features = batch.gene_features.as_ref().map_or(0, |features| features.dims()[1]);
        let tracks = batch.tracks.as_ref().map_or(0, |tracks| tracks.dims()[1]);
        let [_, length] = batch.codes.dims();
        let matches = match self {
            Self::Convolutional(network) => {
                network.gene_features() == gene_features
                    && network.tracks() == tracks
                    && length.is_multiple_of(network.total_pool)
                    && batch.known.len() >= network.stages.len()
            }
            Self::KmerMlp(network) => batch.kmers.is_some() && network.gene_features() == gene_features,
        };
        if matches {
            return Ok(());
        }
        Err(ModelError::Mismatch(format!(
            "the batch of {length} bases, {gene_features} gene features and {tracks} tracks was not encoded for this network"
        )))
    }
}

impl NetworkConfig {
    /// Builds the network on `device`, with random weights that depend on `seed` alone.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] where a field is outside its range.
    ///
    /// # Examples
    /// ```
    /// use tatabox_model::{Architecture, DropoutMask, NetworkConfig, Preset, WindowBatcher, cpu};
    ///
    /// let config = NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(Architecture::Cnn);
    /// let network = config.init(42, &cpu())?;
    /// let batch = WindowBatcher::new(&config, cpu()).batch(&[[0u8, 1, 2, 3].repeat(75)], 250)?;
    /// let output = network.forward(&batch, &mut DropoutMask::none())?;
    /// assert_eq!(output.predictions.dims(), [1, 2]);
    /// assert!(output.attention.is_none());
    /// # Ok::<(), tatabox_model::ModelError>(())
    /// ```
    pub fn init(&self, seed: u64, device: &Device) -> Result<Network, ModelError> {
        self.validate()?;
        Ok(self.build(seed, device))
    }

    /// The network of a valid configuration.
    pub(crate) fn build(&self, seed: u64, device: &Device) -> Network {
        let _generator = hold_generator();
        device.seed(seed);
        let network = if self.architecture.reads_bases() {
            Network::Convolutional(ConvolutionalNetwork::new(self, device))
        } else {
            Network::KmerMlp(self.kmer_mlp().init(device))
        };
        network.visit(&mut DrawWeights);
        network
    }

    fn kmer_mlp(&self) -> KmerMlpConfig {
        let (first, hidden) = (2 * self.head_hidden, self.head_hidden);
        KmerMlpConfig::new(first, hidden, self.outputs, self.trunk_dropout, self.head_dropout)
            .with_gene_features(self.gene_features)
    }
}

/// Lock on burn's random generator. burn has one generator per process, and two networks must not sample weights from
/// it in turns.
pub(crate) fn hold_generator() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Visitor that samples every weight now, in the order of the modules; burn would sample each at its first use.
struct DrawWeights;

impl ModuleVisitor for DrawWeights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}
