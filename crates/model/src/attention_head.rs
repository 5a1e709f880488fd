//! Attention pooling over the promoter, and one output a cell type.

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, softmax, tanh};
use burn::tensor::{Device, Tensor};

use crate::dropout::DropoutMask;

/// Logit of a position that holds only N: its weight underflows to zero.
const MASKED_LOGIT: f32 = -1e9;

/// Configuration of an [`AttentionHead`].
#[derive(Config, Debug, PartialEq)]
pub struct AttentionHeadConfig {
    /// Channels of each encoded position.
    pub input: usize,
    /// Attention heads: how many weightings of the promoter are pooled side by side.
    pub heads: usize,
    /// Units of the layer that scores positions.
    pub scoring: usize,
    /// Units of the layer between the pooled promoter and the outputs.
    pub hidden: usize,
    /// Cell types.
    pub outputs: usize,
    /// Dropout before each of the last two layers.
    pub dropout: f64,
}

impl AttentionHeadConfig {
    /// Builds the head on `device`.
    pub fn init(&self, device: &Device) -> AttentionHead {
        AttentionHead {
            scoring: LinearConfig::new(self.input, self.scoring).init(device),
            score: LinearConfig::new(self.scoring, self.heads).with_bias(false).init(device),
            hidden: LinearConfig::new(self.heads * self.input, self.hidden).init(device),
            output: LinearConfig::new(self.hidden, self.outputs).init(device),
            dropout: self.dropout,
        }
    }
}

/// Additive attention pooling and the regression head.
///
/// # Source
/// Bahdanau et al. 2015, <https://arxiv.org/abs/1409.0473>, with learned queries (one a head) in place of a
/// decoder state.
#[derive(Module, Debug)]
pub struct AttentionHead {
    scoring: Linear,
    score: Linear,
    hidden: Linear,
    output: Linear,
    dropout: f64,
}

impl AttentionHead {
    /// Pools the positions and predicts every cell type.
    ///
    /// # Shapes
    /// - `encoded`: `[batch, positions, input]`
    /// - `known`: `[batch, positions]`, 0 where a position holds only N
    /// - outputs: predictions `[batch, outputs]`, attention `[batch, heads, positions]` summing to 1 over positions
    pub fn forward(
        &self,
        encoded: Tensor<3>,
        known: Option<Tensor<2>>,
        dropout: &mut DropoutMask,
    ) -> (Tensor<2>, Tensor<3>) {
        let [batch, _, input] = encoded.dims();
        let logits = self.score.forward(tanh(self.scoring.forward(encoded.clone()))).swap_dims(1, 2);
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
        let pooled = dropout.apply_with(pooled, self.dropout);
        let hidden = relu(self.hidden.forward(pooled));
        let hidden = dropout.apply_with(hidden, self.dropout);
        (self.output.forward(hidden), attention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::network::hold_generator;

    #[test]
    fn attention_sums_to_one_and_ignores_padding() {
        let device = device::cpu();
        let _generator = hold_generator();
        let head = AttentionHeadConfig::new(3, 2, 4, 5, 2, 0.5).init(&device);
        let encoded = Tensor::<3>::from_floats([[[1.0, 0.0, 2.0], [0.5, 0.5, 0.5], [9.0, 9.0, 9.0]]], &device);
        let known = Tensor::<2>::from_floats([[1.0, 1.0, 0.0]], &device);
        let (masked, attention) = head.forward(encoded.clone(), Some(known), &mut DropoutMask::none());
        let weights: Vec<f32> = attention.into_data().try_to_vec().expect("f32");
        for head_weights in weights.chunks(3) {
            assert!((head_weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            assert!(head_weights[2].abs() < f32::EPSILON);
        }
        let (cropped, _) = head.forward(encoded.narrow(1, 0, 2), None, &mut DropoutMask::none());
        masked.to_data().assert_approx_eq::<f32>(&cropped.to_data(), burn::tensor::Tolerance::absolute(1e-6));
    }
}
