//! Attention pooling over the promoter, with one output per cell type.

use burn::config::Config;
use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{softmax, tanh};
use burn::tensor::{Device, Tensor, TensorData};

use super::dense_layers::regress;
use crate::nn::DropoutMask;

/// Logit of a position that holds only N: its weight underflows to zero.
pub(crate) const MASKED_LOGIT: f32 = -1e9;

/// Initial slope of the head closest to the TSS: its attention falls with the square of the distance.
const STEEPEST_SLOPE: f32 = 2.0;

/// Configuration of an [`AttentionHead`].
#[derive(Config, Debug, PartialEq)]
pub struct AttentionHeadConfig {
    /// Channels of each encoded position.
    pub input: usize,
    /// Attention heads; each pools the promoter with its own weights.
    pub heads: usize,
    /// Units of the layer that scores positions.
    pub scoring: usize,
    /// Units of the layer between the pooled promoter and the outputs.
    pub hidden: usize,
    /// Number of cell types.
    pub outputs: usize,
    /// Dropout before each of the last two layers.
    pub dropout: f64,
    /// Gene features that are concatenated with the pooled promoter before the hidden layer.
    #[config(default = 0)]
    pub gene_features: usize,
}

impl AttentionHeadConfig {
    /// Builds the head on `device`.
    pub fn init(&self, device: &Device) -> AttentionHead {
        AttentionHead {
            scoring: LinearConfig::new(self.input, self.scoring).init(device),
            score: LinearConfig::new(self.scoring, self.heads).with_bias(false).init(device),
            hidden: LinearConfig::new(self.heads * self.input + self.gene_features, self.hidden).init(device),
            output: LinearConfig::new(self.hidden, self.outputs).init(device),
            distance_slope: Param::from_data(TensorData::new(self.slopes(), [1, self.heads, 1]), device),
            dropout: self.dropout,
            gene_features: self.gene_features,
        }
    }
}

impl AttentionHeadConfig {
    /// Initial slopes, evenly spaced from 0 (no dependence on distance) to the steepest.
    fn slopes(&self) -> Vec<f32> {
        let steps = self.heads.saturating_sub(1).max(1) as f32;
        (0..self.heads).map(|head| STEEPEST_SLOPE * head as f32 / steps).collect()
    }
}

/// Additive attention pooling and the regression head.
///
/// Each head starts with its own preference for positions near the TSS, as a learned slope of the logit on the
/// logarithm of the distance. In a window of 11 kb the core promoter is one position in a hundred, and a head that
/// started by averaging all positions would not find it.
///
/// # Source
/// Bahdanau et al. 2015, <https://arxiv.org/abs/1409.0473>, with learned queries (one per head) in place of a decoder
/// state.
#[derive(Module, Debug)]
pub struct AttentionHead {
    pub(crate) scoring: Linear,
    pub(crate) score: Linear,
    pub(crate) hidden: Linear,
    pub(crate) output: Linear,
    /// `[1, heads, 1]`: decrease of a head's logit with [`log_distances`](crate::nn::position_encoding::log_distances).
    pub(crate) distance_slope: Param<Tensor<3>>,
    pub(crate) dropout: f64,
    pub(crate) gene_features: usize,
}

impl AttentionHead {
    /// Pools the positions and predicts every cell type.
    ///
    /// # Shapes
    /// - `encoded`: `[batch, positions, input]`
    /// - `log_distances`: `[1, 1, positions]`, of each position from the TSS
    /// - `known`: `[batch, positions]`, 0 where a position holds only N
    /// - `gene_features`: `[batch, features]`
    /// - outputs: predictions `[batch, outputs]`, attention `[batch, heads, positions]` summing to 1 over positions
    pub fn forward(
        &self,
        encoded: Tensor<3>,
        log_distances: Tensor<3>,
        known: Option<Tensor<2>>,
        gene_features: Option<Tensor<2>>,
        dropout: &mut DropoutMask,
    ) -> (Tensor<2>, Tensor<3>) {
        let [batch, _, input] = encoded.dims();
        let logits = self.score.forward(tanh(self.scoring.forward(encoded.clone()))).swap_dims(1, 2)
            - self.distance_slope.val() * log_distances;
        let heads = logits.dims()[1];
        let logits = match known {
            Some(known) => {
                let unknown = known.lower_scalar(0.5).unsqueeze_dim::<3>(1).repeat_dim(1, heads);
                logits.mask_fill(unknown, MASKED_LOGIT)
            }
            None => logits,
        };
        let attention = softmax(logits, 2);
        let pooled = attention.clone().matmul(encoded).reshape([batch, heads * input]);
        (regress(pooled, gene_features, &self.hidden, &self.output, self.dropout, dropout), attention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nn::network::hold_generator;

    #[test]
    fn attention_head_weights_sum_to_one_and_ignore_padding() {
        let device = device::cpu();
        let _generator = hold_generator();
        let head = AttentionHeadConfig::new(3, 2, 4, 5, 2, 0.5).init(&device);
        let encoded = Tensor::<3>::from_floats([[[1.0, 0.0, 2.0], [0.5, 0.5, 0.5], [9.0, 9.0, 9.0]]], &device);
        let distances = Tensor::<3>::from_floats([[[0.5, 0.0, 0.5]]], &device);
        let known = Tensor::<2>::from_floats([[1.0, 1.0, 0.0]], &device);
        let (masked, attention) =
            head.forward(encoded.clone(), distances.clone(), Some(known), None, &mut DropoutMask::none());
        let weights: Vec<f32> = attention.into_data().try_to_vec().expect("f32");
        for head_weights in weights.chunks(3) {
            assert!((head_weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            assert!(head_weights[2].abs() < f32::EPSILON);
        }
        let (cropped, _) =
            head.forward(encoded.narrow(1, 0, 2), distances.narrow(2, 0, 2), None, None, &mut DropoutMask::none());
        masked.to_data().assert_approx_eq::<f32>(&cropped.to_data(), burn::tensor::Tolerance::absolute(1e-6));
    }

    #[test]
    fn attention_head_slopes_are_evenly_spaced() {
        let config = AttentionHeadConfig::new(3, 3, 4, 5, 2, 0.5);
        assert_eq!(config.slopes(), [0.0, 1.0, 2.0]);
        assert_eq!(AttentionHeadConfig::new(3, 1, 4, 5, 2, 0.5).slopes(), [0.0]);
    }
}
