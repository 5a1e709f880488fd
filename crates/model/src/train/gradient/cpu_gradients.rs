//! Gradients by the CPU kernels.

use burn::optim::GradientsParams;
use burn::tensor::Device;
use rand_chacha::ChaCha8Rng;
use tatabox_dataset::PreparedDataset;

use super::batch_gradients::BatchGradients;
use super::epoch_loss::StepLoss;
use crate::bundle::TrainingConfig;
use crate::cpu::{CpuNetwork, LabelledWindows, Scratch, StepDropout};
use crate::device;
use crate::error::ModelError;
use crate::nn::{BatchLoss, ConvolutionalNetwork, Network, TrainableLayers};
use crate::train::batch::{PlannedBatch, RowReader};

/// Windows per thread that are predicted at a time.
const WINDOWS_PER_THREAD: usize = 16;

/// Forward and backward passes through a [`CpuNetwork`].
pub(crate) struct CpuGradients<'a> {
    config: &'a TrainingConfig,
    reader: RowReader,
    device: Device,
    scratch: Scratch,
}

impl<'a> CpuGradients<'a> {
    /// Gradients for the columns `targets` of the data set.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`]
    pub fn new(dataset: &PreparedDataset, config: &'a TrainingConfig, targets: &[usize]) -> Result<Self, ModelError> {
        Ok(Self {
            config,
            reader: RowReader::new(dataset.clone(), targets.to_vec(), config)?,
            device: device::cpu(),
            scratch: Scratch::default(),
        })
    }
}

impl BatchGradients for CpuGradients<'_> {
    fn announce(&mut self, _plan: &[PlannedBatch]) {}

    fn loss_and_gradients(
        &mut self,
        network: &Network,
        planned: &PlannedBatch,
        dropout: ChaCha8Rng,
        trained: TrainableLayers,
    ) -> Result<(StepLoss, GradientsParams), ModelError> {
        let batch = self.reader.read(planned);
        let (loss, gradients) = loss_and_gradients(
            layers(network),
            batch.labelled(),
            dropout,
            trained,
            self.config.loss(),
            &self.device,
            &self.scratch,
        );
        Ok((StepLoss::Known(loss), gradients))
    }

    fn predict(&mut self, network: &Network, genes: &[usize]) -> Result<Vec<f64>, ModelError> {
        let cpu_network = CpuNetwork::of(layers(network));
        let mut predictions = Vec::with_capacity(genes.len() * self.config.cell_types.len());
        for genes in genes.chunks(WINDOWS_PER_THREAD * rayon::current_num_threads()) {
            let batch = self.reader.read(&PlannedBatch::unchanged(genes, self.config.data.extent));
            let outputs = cpu_network.predict(batch.labelled().windows, &self.scratch);
            predictions.extend(outputs.iter().flat_map(|output| &output.predictions).map(|&z| f64::from(z)));
        }
        Ok(predictions)
    }
}

/// Loss of a batch with dropout masks sampled from `dropout`, and its gradient for every trainable weight, on `device`.
pub(crate) fn loss_and_gradients(
    network: &ConvolutionalNetwork,
    batch: LabelledWindows,
    dropout: ChaCha8Rng,
    trained: TrainableLayers,
    loss: BatchLoss,
    device: &Device,
    scratch: &Scratch,
) -> (f64, GradientsParams) {
    let cpu_network = CpuNetwork::of(network);
    let sites = cpu_network.dropout_sites(batch.windows.length());
    let dropout = StepDropout::new(dropout, batch.windows.windows, sites);
    let (loss, gradient) = cpu_network.loss_and_gradient(batch, &dropout, trained, loss, scratch);
    (loss, gradient.into_gradients(network, device))
}

fn layers(network: &Network) -> &ConvolutionalNetwork {
    match network {
        Network::Convolutional(network) => network,
        Network::KmerMlp(_) => unreachable!("selected for networks that read bases"),
    }
}
