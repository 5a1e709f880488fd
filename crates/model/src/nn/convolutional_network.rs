//! Networks that read bases: motif convolutions, an optional GRU, then attention or mean pooling.

use burn::module::Module;
use burn::tensor::{Device, FloatDType, Tensor, TensorData};

use super::dropout::DropoutMask;
use super::gru_encoder::{GruEncoder, GruEncoderConfig};
use super::motif_conv::MotifConv;
use super::network::NetworkOutput;
use super::network_config::NetworkConfig;
use super::position_encoding::{POSITION_CHANNELS, encode_positions, log_distances};
use super::window_batch::{NUCLEOTIDES, WindowBatch};
use crate::nn::head::{HeadInput, PoolingHead};

/// Hybrid network, or one of its ablations.
#[derive(Module, Debug)]
pub struct ConvolutionalNetwork {
    pub(crate) stages: Vec<MotifConv>,
    pub(crate) gru: Option<GruEncoder>,
    pub(crate) head: PoolingHead,
    /// Heads of assays.
    pub(crate) assay_heads: Vec<PoolingHead>,
    pub(crate) total_pool: usize,
}

impl ConvolutionalNetwork {
    /// Network of `config` on `device`.
    pub(crate) fn new(config: &NetworkConfig, device: &Device) -> Self {
        let mut channels = config.base_channels();
        let stages = config
            .stages
            .iter()
            .map(|stage| {
                let built = stage.init(channels, config.trunk_dropout, device);
                channels = stage.filters;
                built
            })
            .collect();
        let gru = config.architecture.has_gru().then(|| {
            let gru = GruEncoderConfig::new(channels + POSITION_CHANNELS, config.gru_hidden).init(device);
            channels = 2 * config.gru_hidden;
            gru
        });
        let outputs = config.outputs_per_head();
        let head = PoolingHead::new(config, (outputs[0], config.gene_features), channels, device);
        let assay_heads = outputs[1..].iter().map(|&outputs| PoolingHead::new(config, (outputs, 0), channels, device));
        Self { stages, gru, head, assay_heads: assay_heads.collect(), total_pool: config.total_pool() }
    }

    /// Every head, in the order of the outputs.
    pub(crate) fn heads(&self) -> impl Iterator<Item = &PoolingHead> {
        std::iter::once(&self.head).chain(&self.assay_heads)
    }

    /// Number of gene features that the head reads.
    pub(crate) fn gene_features(&self) -> usize {
        match &self.head {
            PoolingHead::Attention(head) => head.gene_features,
            PoolingHead::Mean(head) => head.gene_features,
        }
    }

    /// Number of signal tracks that the first layer reads.
    pub(crate) fn tracks(&self) -> usize {
        let channels = match (self.stages.first(), &self.gru) {
            (Some(stage), _) => stage.conv.weight.dims()[1],
            (None, Some(gru)) => gru.input_weight.dims()[0] - POSITION_CHANNELS,
            (None, None) => NUCLEOTIDES,
        };
        channels - NUCLEOTIDES
    }

    /// Runs the network; see [`Network::forward`](crate::Network::forward).
    pub(crate) fn forward(&self, batch: &WindowBatch, dropout: &mut DropoutMask) -> NetworkOutput {
        self.forward_from(batch.one_hot(), batch, dropout)
    }

    /// Runs the network on `bases`, `[batch, 4, length]`, instead of the one-hot encoding of `batch`; gene features and
    /// tracks are those of `batch`.
    pub(crate) fn forward_from(
        &self,
        bases: Tensor<3>,
        batch: &WindowBatch,
        dropout: &mut DropoutMask,
    ) -> NetworkOutput {
        let channels = match &batch.tracks {
            Some(tracks) => Tensor::cat(vec![bases.clone(), tracks.clone().cast(bases.dtype())], 1),
            None => bases,
        };
        let features = self.motif_features(channels, batch, dropout);
        let [_, positions, _] = features.dims();
        let known = batch.known.last().cloned().flatten();
        let encoded = match &self.gru {
            Some(gru) => gru.forward(self.with_positions(features, batch.tss_index), known.clone()),
            None => features.cast(FloatDType::F32),
        };
        let distances = log_distances(positions, self.total_pool, batch.tss_index);
        let distances = TensorData::new(distances, [1, 1, positions]);
        let input = HeadInput {
            distances: Tensor::from_data(distances, &encoded.device()),
            encoded,
            known,
            gene_features: batch.gene_features.clone(),
        };
        let (first, attention) = self.head.forward(&input, dropout);
        let input = HeadInput { gene_features: None, ..input };
        let further = self.assay_heads.iter().map(|head| head.forward(&input, dropout).0);
        let mut predictions = vec![first];
        predictions.extend(further);
        let predictions = if predictions.len() == 1 { predictions.swap_remove(0) } else { Tensor::cat(predictions, 1) };
        NetworkOutput { predictions, attention }
    }

    /// `[batch, positions, filters]`
    fn motif_features(&self, channels: Tensor<3>, batch: &WindowBatch, dropout: &mut DropoutMask) -> Tensor<3> {
        let mut features = channels;
        for (stage, known) in self.stages.iter().zip(&batch.known) {
            let known = known.clone().map(|known| known.unsqueeze_dim(1));
            features = stage.forward(features, known, dropout);
        }
        features.swap_dims(1, 2)
    }

    /// `[batch, positions, filters + position channels]`
    fn with_positions(&self, features: Tensor<3>, tss_index: i64) -> Tensor<3> {
        let [windows, positions, _] = features.dims();
        let encoding = encode_positions(positions, self.total_pool, tss_index);
        let encoding = TensorData::new(encoding, [1, positions, POSITION_CHANNELS]);
        let encoding = Tensor::<3>::from_data(encoding, &features.device()).cast(features.dtype());
        let encoding = encoding.repeat_dim(0, windows);
        Tensor::cat(vec![features, encoding], 2)
    }
}
