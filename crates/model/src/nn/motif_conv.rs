//! Motif convolution with pooling.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::{Conv1d, Conv1dConfig};
use burn::nn::pool::{AvgPool1d, AvgPool1dConfig, MaxPool1d, MaxPool1dConfig};
use burn::nn::{LayerNorm, LayerNormConfig, PaddingConfig1d};
use burn::tensor::activation::relu;
use burn::tensor::module::conv1d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, FloatDType, Tensor};

use super::dropout::DropoutMask;

/// Configuration of one stage of the convolutional trunk.
#[derive(Config, Debug, PartialEq)]
pub struct MotifConvConfig {
    /// Motif filters, that is, output channels.
    pub filters: usize,
    /// Width of a filter, in positions of this stage's input. Odd, so that a motif has a centre.
    pub kernel: usize,
    /// Positions pooled into one.
    pub pool: usize,
    /// Number of filters, counted from the last, that are pooled by their maximum: they detect whether a motif is
    /// present. The others are pooled by their mean and count how often it occurs. `None` counts as 0.
    pub detectors: Option<usize>,
    /// Epsilon of the layer normalisation: it is added to the variance over the channels of a position. `None` stands
    /// for 1e-5, with which every position leaves with the same variance, even without any motif. A larger value keeps
    /// such positions close to zero, so that a few sites stand out among many positions.
    pub norm_epsilon: Option<f64>,
}

impl MotifConvConfig {
    /// Builds the stage on `device`, with `dropout` on its features.
    pub fn init(&self, channels_in: usize, dropout: f64, device: &Device) -> MotifConv {
        MotifConv {
            conv: Conv1dConfig::new(channels_in, self.filters, self.kernel)
                .with_padding(PaddingConfig1d::Same)
                .init(device),
            pool: AvgPool1dConfig::new(self.pool).with_stride(self.pool).init(),
            detect: MaxPool1dConfig::new(self.pool).with_stride(self.pool).init(),
            norm: LayerNormConfig::new(self.filters).with_epsilon(self.norm_epsilon()).init(device),
            norm_epsilon: self.norm_epsilon(),
            pool_size: self.pool,
            detectors: self.detectors(),
            dropout,
        }
    }

    /// Number of filters that are pooled by their maximum.
    pub fn detectors(&self) -> usize {
        self.detectors.unwrap_or(0)
    }

    /// Epsilon of the layer normalisation.
    pub fn norm_epsilon(&self) -> f64 {
        self.norm_epsilon.unwrap_or(1e-5)
    }
}

/// Convolution, ReLU, pooling and normalisation over the channels of each position.
///
/// Mean pooling counts how often a motif occurs; max pooling detects whether it does. On human promoters, whose
/// composition carries much of the signal, mean pooling scores higher; max pooling finds sparse motifs sooner.
/// Normalising each position separately keeps a prediction independent of the other windows in its batch.
#[derive(Module, Debug)]
pub struct MotifConv {
    pub(crate) conv: Conv1d,
    pool: AvgPool1d,
    detect: MaxPool1d,
    pub(crate) norm: LayerNorm,
    pub(crate) norm_epsilon: f64,
    pub(crate) pool_size: usize,
    pub(crate) detectors: usize,
    pub(crate) dropout: f64,
}

impl MotifConv {
    /// Runs the stage in the precision of `input`.
    ///
    /// Positions where `known` is 0 hold only N; they are set to zero, so padding looks like the end of the window to
    /// the next stage.
    ///
    /// # Shapes
    /// - `input`: `[batch, channels_in, length]`
    /// - `known`: `[batch, 1, length / pool]`, 1 where any pooled base is known
    /// - output: `[batch, filters, length / pool]`
    pub fn forward(&self, input: Tensor<3>, known: Option<Tensor<3>>, dropout: &mut DropoutMask) -> Tensor<3> {
        let precision = input.dtype();
        let features = relu(self.convolve(input));
        let features = self.pooled(features);
        let features = features.swap_dims(1, 2).cast(FloatDType::F32);
        let features = self.norm.forward(features).swap_dims(1, 2);
        let features = dropout.apply(features, self.dropout);
        let features = match known {
            Some(known) => features * known,
            None => features,
        };
        features.cast(precision)
    }

    /// Mean pooling of the first filters, max pooling of the detectors.
    fn pooled(&self, features: Tensor<3>) -> Tensor<3> {
        let [_, filters, _] = features.dims();
        let counters = filters - self.detectors;
        match (self.pool_size, self.detectors) {
            (1, _) => features,
            (_, 0) => self.pool.forward(features),
            _ if counters == 0 => self.detect.forward(features),
            (_, detectors) => {
                let counted = self.pool.forward(features.clone().narrow(1, 0, counters));
                let detected = self.detect.forward(features.narrow(1, counters, detectors));
                Tensor::cat(vec![counted, detected], 1)
            }
        }
    }

    /// Convolution in the precision of `input`.
    fn convolve(&self, input: Tensor<3>) -> Tensor<3> {
        let precision = input.dtype();
        let weight = self.conv.weight.val().cast(precision);
        let bias = self.conv.bias.as_ref().map(|bias| bias.val().cast(precision));
        let padding = self.conv.kernel_size / 2;
        conv1d(input, weight, bias, ConvOptions::new([1], [padding], [1], 1))
    }
}
