//! Mean pooling over the promoter, with one output per cell type.

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::dense_layers::regress;
use crate::nn::DropoutMask;

/// Configuration of a [`MeanHead`].
#[derive(Config, Debug, PartialEq)]
pub struct MeanHeadConfig {
    /// Channels of each position.
    pub input: usize,
    /// Units of the layer between the pooled promoter and the outputs.
    pub hidden: usize,
    /// Number of cell types.
    pub outputs: usize,
    /// Dropout before each of the two layers.
    pub dropout: f64,
    /// Gene features that are concatenated with the pooled promoter before the hidden layer.
    #[config(default = 0)]
    pub gene_features: usize,
}

impl MeanHeadConfig {
    /// Builds the head on `device`.
    pub fn init(&self, device: &Device) -> MeanHead {
        MeanHead {
            hidden: LinearConfig::new(self.input + self.gene_features, self.hidden).init(device),
            output: LinearConfig::new(self.hidden, self.outputs).init(device),
            dropout: self.dropout,
            gene_features: self.gene_features,
        }
    }
}

/// Mean pooling and the regression head: an [`AttentionHead`](crate::AttentionHead) in which every known position has
/// the same weight.
#[derive(Module, Debug)]
pub struct MeanHead {
    pub(crate) hidden: Linear,
    pub(crate) output: Linear,
    pub(crate) dropout: f64,
    pub(crate) gene_features: usize,
}

impl MeanHead {
    /// Averages the positions and predicts every cell type.
    ///
    /// # Shapes
    /// - `encoded`: `[batch, positions, input]`
    /// - `known`: `[batch, positions]`, 0 where a position holds only N and is excluded from the mean
    /// - `gene_features`: `[batch, features]`
    /// - output: `[batch, outputs]`
    pub fn forward(
        &self,
        encoded: Tensor<3>,
        known: Option<Tensor<2>>,
        gene_features: Option<Tensor<2>>,
        dropout: &mut DropoutMask,
    ) -> Tensor<2> {
        let pooled = match known {
            Some(known) => {
                let known_positions = known.clone().sum_dim(1).clamp_min(1.0);
                (encoded * known.unsqueeze_dim(2)).sum_dim(1).squeeze_dim::<2>(1) / known_positions
            }
            None => encoded.mean_dim(1).squeeze_dim(1),
        };
        regress(pooled, gene_features, &self.hidden, &self.output, self.dropout, dropout)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Tolerance;

    use super::*;
    use crate::device;
    use crate::nn::network::hold_generator;

    #[test]
    fn mean_head_excludes_unknown_positions() {
        let device = device::cpu();
        let _generator = hold_generator();
        let head = MeanHeadConfig::new(2, 5, 3, 0.5).init(&device);
        let forward = |encoded, known| head.forward(encoded, known, None, &mut DropoutMask::none()).to_data();
        let encoded = Tensor::<3>::from_floats([[[1.0, 4.0], [3.0, 0.0], [9.0, 9.0]]], &device);
        let known = Tensor::<2>::from_floats([[1.0, 1.0, 0.0]], &device);
        // (1 + 3) / 2 and (4 + 0) / 2.
        let mean = Tensor::<3>::from_floats([[[2.0, 2.0]]], &device);
        let expected = forward(mean, None);
        let tolerance = Tolerance::<f32>::absolute(1e-6);
        forward(encoded.clone(), Some(known)).assert_approx_eq(&expected, tolerance);
        forward(encoded.narrow(1, 0, 2), None).assert_approx_eq(&expected, tolerance);
    }
}
