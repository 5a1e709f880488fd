//! The hybrid network: motif convolutions, bidirectional GRU, attention pooling, one output a cell type.

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::config::Config;
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};

use crate::attention_head::{AttentionHead, AttentionHeadConfig};
use crate::batch::WindowBatch;
use crate::dropout::DropoutMask;
use crate::error::ModelError;
use crate::gru_encoder::{GruEncoder, GruEncoderConfig};
use crate::motif_conv::{MotifConv, MotifConvConfig};
use crate::position_encoding::{POSITION_CHANNELS, encode_positions, log_distances};

/// Channels of the one-hot input: A, C, G, T.
pub const NUCLEOTIDES: usize = 4;

/// Keeps others from drawing weights: burn has one generator for the whole process, and two networks must not draw
/// from it in turns.
pub(crate) fn hold_generator() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Named sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// About a quarter of the arithmetic of `Base`; made for training on a CPU.
    Small,
    /// 64, 96 and 128 filters and 64 hidden units a direction.
    Base,
}

/// Everything that shapes the network.
#[derive(Config, Debug, PartialEq)]
pub struct NetworkConfig {
    /// The convolutional stages, first to last.
    pub stages: Vec<MotifConvConfig>,
    /// Hidden units of the GRU, each direction.
    pub gru_hidden: usize,
    /// Attention heads.
    pub attention_heads: usize,
    /// Units of the last hidden layer.
    pub head_hidden: usize,
    /// Cell types.
    pub outputs: usize,
    /// Dropout on the features of each convolutional stage.
    pub trunk_dropout: f64,
    /// Dropout in the head.
    pub head_dropout: f64,
}

impl NetworkConfig {
    /// The preset for windows of `window_bp` bases and `outputs` cell types.
    ///
    /// Only the pools depend on the window: they bring it to at most about 200 positions, since the GRU is paid
    /// for per position, and leave a short promoter its resolution.
    pub fn preset(preset: Preset, window_bp: usize, outputs: usize) -> Self {
        let pools = match window_bp {
            0..=128 => [2, 2, 1],
            129..=1024 => [4, 2, 1],
            1025..=4096 => [4, 4, 2],
            _ => [8, 4, 2],
        };
        let (filters, gru_hidden, head_hidden) = match preset {
            Preset::Small => ([32, 48, 64], 32, 64),
            Preset::Base => ([64, 96, 128], 64, 128),
        };
        let kernels = [15, 7, 5];
        let stages = (0..3).map(|stage| MotifConvConfig::new(filters[stage], kernels[stage], pools[stage])).collect();
        Self { stages, gru_hidden, attention_heads: 4, head_hidden, outputs, trunk_dropout: 0.2, head_dropout: 0.5 }
    }

    /// Bases that end in one position before the GRU.
    pub fn total_pool(&self) -> usize {
        self.stages.iter().map(|stage| stage.pool).product()
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the field, its value and the range.
    pub fn validate(&self) -> Result<(), ModelError> {
        let positive = |field, value: usize| {
            if value == 0 {
                return Err(invalid(field, &value, "at least 1"));
            }
            Ok(())
        };
        let probability = |field, value: f64| {
            if !(0.0..1.0).contains(&value) {
                return Err(invalid(field, &value, "at least 0 and below 1"));
            }
            Ok(())
        };
        positive("stages", self.stages.len())?;
        for stage in &self.stages {
            positive("stages.filters", stage.filters)?;
            positive("stages.pool", stage.pool)?;
            if stage.kernel % 2 == 0 {
                return Err(invalid("stages.kernel", &stage.kernel, "an odd number"));
            }
        }
        positive("gru_hidden", self.gru_hidden)?;
        positive("attention_heads", self.attention_heads)?;
        positive("head_hidden", self.head_hidden)?;
        positive("outputs", self.outputs)?;
        probability("trunk_dropout", self.trunk_dropout)?;
        probability("head_dropout", self.head_dropout)
    }

    /// Builds the network on `device`, its weights drawn from `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Network {
        let _generator = hold_generator();
        device.seed(seed);
        let mut channels = NUCLEOTIDES;
        let stages = self
            .stages
            .iter()
            .map(|stage| {
                let built = stage.init(channels, self.trunk_dropout, device);
                channels = stage.filters;
                built
            })
            .collect();
        let network = Network {
            stages,
            gru: GruEncoderConfig::new(channels + POSITION_CHANNELS, self.gru_hidden).init(device),
            head: AttentionHeadConfig::new(
                2 * self.gru_hidden,
                self.attention_heads,
                self.gru_hidden,
                self.head_hidden,
                self.outputs,
                self.head_dropout,
            )
            .init(device),
            total_pool: self.total_pool(),
        };
        network.visit(&mut DrawWeights);
        network
    }
}

/// Draws every weight now, in the order of the modules; burn would draw each at its first use.
struct DrawWeights;

impl ModuleVisitor for DrawWeights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}

fn invalid(field: &'static str, value: &impl ToString, expected: &str) -> ModelError {
    ModelError::InvalidConfig { field, value: value.to_string(), expected: expected.to_owned() }
}

/// The network.
#[derive(Module, Debug)]
pub struct Network {
    stages: Vec<MotifConv>,
    gru: GruEncoder,
    head: AttentionHead,
    total_pool: usize,
}

/// What the network says of a batch.
pub struct NetworkOutput {
    /// `[batch, cell types]`, z-scores of log2(TPM + 1).
    pub predictions: Tensor<2>,
    /// `[batch, heads, positions]`, summing to 1 over positions.
    pub attention: Tensor<3>,
}

impl Network {
    /// Runs the network. `step_dropout` carries the generator of a training step, or none.
    pub fn forward(&self, batch: &WindowBatch, step_dropout: &mut DropoutMask) -> NetworkOutput {
        let device = batch.one_hot.device();
        let mut features = batch.one_hot.clone();
        for (stage, known) in self.stages.iter().zip(&batch.known) {
            let known = known.clone().map(|known| known.unsqueeze_dim(1));
            features = stage.forward(features, known, step_dropout);
        }
        let features = features.swap_dims(1, 2);
        let [windows, positions, _] = features.dims();

        let encoding = TensorData::new(
            encode_positions(positions, self.total_pool, batch.tss_index),
            [1, positions, POSITION_CHANNELS],
        );
        let encoding = Tensor::<3>::from_data(encoding, &device).repeat_dim(0, windows);
        let features = Tensor::cat(vec![features, encoding], 2);

        let log_distances =
            TensorData::new(log_distances(positions, self.total_pool, batch.tss_index), [1, 1, positions]);
        let log_distances = Tensor::<3>::from_data(log_distances, &device);
        let known = batch.known.last().cloned().flatten();
        let encoded = self.gru.forward(features, known.clone());
        let (predictions, attention) = self.head.forward(encoded, log_distances, known, step_dropout);
        NetworkOutput { predictions, attention }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::WindowBatcher;
    use crate::device;

    fn codes(length: usize) -> Vec<u8> {
        (0..length).map(|base| ((base * 7 + base / 5) % 4) as u8).collect()
    }

    fn predict(config: &NetworkConfig, window: &[u8], tss_index: i64) -> Vec<f32> {
        let device = device::cpu();
        let network = config.init(42, &device);
        let batch = WindowBatcher::new(config, device).batch(&[window], tss_index);
        network.forward(&batch, &mut DropoutMask::none()).predictions.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn every_window_length_from_60_bp_to_20_kb_gives_finite_predictions() {
        for window_bp in [60, 61, 300, 1000, 3000, 11_000, 20_000] {
            let config = NetworkConfig::preset(Preset::Small, window_bp, 3);
            let predictions = predict(&config, &codes(window_bp), window_bp as i64 / 2);
            assert_eq!(predictions.len(), 3);
            assert!(predictions.iter().all(|value| value.is_finite()), "{window_bp} bp");
        }
    }

    #[test]
    fn padding_with_n_does_not_change_a_prediction() {
        let config = NetworkConfig::preset(Preset::Small, 300, 2);
        let window = codes(304);
        let plain = predict(&config, &window, 250);
        // 10 positions of 8 bp of N upstream and 3 downstream.
        let mut padded = vec![4; 80];
        padded.extend(&window);
        padded.extend([4; 24]);
        let padded = predict(&config, &padded, 330);
        for (plain, padded) in plain.iter().zip(&padded) {
            assert!((plain - padded).abs() < 1e-5, "{plain} against {padded}");
        }
    }

    #[test]
    fn a_window_is_predicted_alike_alone_and_in_a_batch() {
        let config = NetworkConfig::preset(Preset::Small, 300, 2);
        let device = device::cpu();
        let network = config.init(42, &device);
        let (first, mut second) = (codes(300), codes(300));
        second.reverse();
        let batch = WindowBatcher::new(&config, device).batch(&[&first, &second], 250);
        let together: Vec<f32> =
            network.forward(&batch, &mut DropoutMask::none()).predictions.into_data().try_to_vec().expect("f32");
        let alone = predict(&config, &second, 250);
        for (together, alone) in together[2..].iter().zip(&alone) {
            assert!((together - alone).abs() < 1e-5);
        }
    }

    #[test]
    fn a_value_out_of_range_is_named() {
        let mut config = NetworkConfig::preset(Preset::Base, 11_000, 8);
        assert!(config.validate().is_ok());
        config.stages[1].kernel = 4;
        let message = config.validate().expect_err("even kernel").to_string();
        assert_eq!(message, "stages.kernel is 4; expected an odd number");
    }

    #[test]
    fn eight_windows_are_learned_by_heart() {
        use crate::random_stream::{Purpose, random_stream};
        use burn::optim::{AdamWConfig, GradientsParams};
        use rand::RngExt;

        let config = NetworkConfig::preset(Preset::Small, 120, 1);
        let device = device::cpu().autodiff();
        let mut network = config.init(42, &device);
        let mut bases = random_stream(42, Purpose::Mutation, 0, 0);
        let windows: Vec<Vec<u8>> = (0..8).map(|_| (0..120).map(|_| bases.random_range(0..4)).collect()).collect();
        let windows: Vec<&[u8]> = windows.iter().map(Vec::as_slice).collect();
        let batch = WindowBatcher::new(&config, device.clone()).batch(&windows, 100);
        let targets = Tensor::<2>::from_floats([[-1.5], [-1.0], [-0.5], [0.0], [0.3], [0.7], [1.0], [1.5]], &device);
        let mut optimizer = AdamWConfig::new().init();
        let mut loss_of_step = Vec::new();
        for _ in 0..200 {
            let output = network.forward(&batch, &mut DropoutMask::none());
            let loss = crate::loss::masked_mse(output.predictions, targets.clone(), targets.ones_like());
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(3e-3, network, gradients);
            loss_of_step.push(loss.into_scalar::<f32>());
        }
        // Predicting the mean costs 0.98, the variance of the targets.
        assert!(loss_of_step[0] > 0.5, "{}", loss_of_step[0]);
        assert!(loss_of_step[199] < 0.01, "{}", loss_of_step[199]);
    }

    #[cfg(all(feature = "flex", feature = "ndarray"))]
    #[test]
    fn the_cpu_backends_agree() {
        let config = NetworkConfig::preset(Preset::Small, 300, 2);
        let window = codes(300);
        let weights = config.init(42, &device::cpu()).into_record();
        let predictions: Vec<Vec<f32>> = device::cpu_backends()
            .into_iter()
            .map(|(_, device)| {
                let network = config.init(1, &device).load_record(weights.clone());
                let batch = WindowBatcher::new(&config, device).batch(&[&window], 250);
                let output = network.forward(&batch, &mut DropoutMask::none());
                output.predictions.into_data().try_to_vec().expect("f32")
            })
            .collect();
        for (one, other) in predictions[0].iter().zip(&predictions[1]) {
            assert!((one - other).abs() < 1e-5, "{one} against {other}");
        }
    }
}
