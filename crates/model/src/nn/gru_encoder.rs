//! Bidirectional gated recurrent unit over the pooled promoter.

use burn::config::Config;
use burn::module::{Initializer, Module, Param};
use burn::tensor::activation::{sigmoid, tanh};
use burn::tensor::{Device, FloatDType, Tensor};

#[cfg(feature = "cuda")]
use super::gru_scan;

/// Configuration of a [`GruEncoder`].
#[derive(Config, Debug, PartialEq)]
pub struct GruEncoderConfig {
    /// Channels of the input.
    pub input: usize,
    /// Size of the hidden state of each direction.
    pub hidden: usize,
}

impl GruEncoderConfig {
    /// Builds the layer with weights uniform in ±1/√hidden, as PyTorch does.
    pub fn init(&self, device: &Device) -> GruEncoder {
        let bound = 1.0 / (self.hidden as f64).sqrt();
        let uniform = Initializer::Uniform { min: -bound, max: bound };
        let gates = 3 * self.hidden;
        GruEncoder {
            input_weight: uniform.init([self.input, 2 * gates], device),
            input_bias: uniform.init([2 * gates], device),
            hidden_weight: uniform.init([2, self.hidden, gates], device),
            hidden_bias: uniform.init([2, 1, gates], device),
            hidden: self.hidden,
        }
    }
}

/// Bidirectional GRU.
///
/// The whole sequence is multiplied by the stacked input weights once; then each step is one small product for both
/// directions. On a GPU, all steps are one kernel.
///
/// # Source
/// Cho et al. 2014, <https://doi.org/10.3115/v1/D14-1179>, in the form of PyTorch's `nn.GRU` and with its gate order
/// (reset, update, new):
///
/// ```text
/// r = sigmoid(x W_ir + b_ir + h W_hr + b_hr)
/// z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
/// n = tanh(x W_in + b_in + r (h W_hn + b_hn))
/// h' = (1 - z) n + z h
/// ```
#[derive(Module, Debug)]
pub struct GruEncoder {
    /// `[input, 2 * 3 * hidden]`: forward then backward direction, each with its gates r, z, n.
    pub(crate) input_weight: Param<Tensor<2>>,
    /// `[2 * 3 * hidden]`
    pub(crate) input_bias: Param<Tensor<1>>,
    /// `[2, hidden, 3 * hidden]`
    pub(crate) hidden_weight: Param<Tensor<3>>,
    /// `[2, 1, 3 * hidden]`
    pub(crate) hidden_bias: Param<Tensor<3>>,
    pub(crate) hidden: usize,
}

impl GruEncoder {
    /// Encodes every position with its context on both sides.
    ///
    /// The product with the input weights is computed in the precision of `input`, everything else in `f32`. Where
    /// `known` is 0 the hidden state passes through unchanged, so padding has no effect.
    ///
    /// # Shapes
    /// - `input`: `[batch, positions, input]`
    /// - `known`: `[batch, positions]`
    /// - output: `[batch, positions, 2 * hidden]`, forward direction first
    pub fn forward(&self, input: Tensor<3>, known: Option<Tensor<2>>) -> Tensor<3> {
        let [batch, positions, channels] = input.dims();
        let device = input.device();
        let gates = 3 * self.hidden;

        let input_weight = self.input_weight.val().cast(input.dtype());
        let projected = input.reshape([batch * positions, channels]).matmul(input_weight).cast(FloatDType::F32)
            + self.input_bias.val().unsqueeze();
        // [batch, positions, direction, gates] -> [positions, direction, batch, gates]
        let projected = projected.reshape([batch, positions, 2, gates]).permute([1, 2, 0, 3]);
        let projected = in_reading_order(projected);
        let known = known.map(|known| {
            let known: Tensor<4> = known.transpose().reshape([positions, 1, batch, 1]);
            in_reading_order(known.repeat_dim(1, 2))
        });

        #[cfg(feature = "cuda")]
        if gru_scan::is_available(&device, self.hidden) {
            let known = known.map(|known| known.squeeze_dim(3));
            let states = gru_scan::scan(projected, known, self.hidden_weight.val(), self.hidden_bias.val());
            return Self::in_window_order(states);
        }
        let mut states = Vec::with_capacity(positions);
        let start = Tensor::zeros([2, batch, self.hidden], &device);
        self.scan(projected, known, start, &mut states);
        Self::in_window_order(Tensor::stack(states, 0))
    }

    /// `[positions, 2, batch, hidden]` to `[batch, positions, 2 * hidden]`.
    fn in_window_order(states: Tensor<4>) -> Tensor<3> {
        let [positions, _, batch, hidden] = states.dims();
        in_reading_order(states).permute([2, 0, 1, 3]).reshape([batch, positions, 2 * hidden])
    }

    /// Steps through `gates` by halving them recursively down to single positions.
    ///
    /// The gradient of a slice is a zero tensor as large as the sliced tensor. Slicing position by position would
    /// therefore take time quadratic in the number of positions; halving takes `positions * log2(positions)`.
    fn scan(
        &self,
        gates: Tensor<4>,
        known: Option<Tensor<4>>,
        state: Tensor<3>,
        states: &mut Vec<Tensor<3>>,
    ) -> Tensor<3> {
        let positions = gates.dims()[0];
        if positions == 1 {
            let next = self.step(gates.squeeze_dim(0), known.map(|known| known.squeeze_dim(0)), state);
            states.push(next.clone());
            return next;
        }
        let half = positions / 2;
        let (first, second) = halves(gates, half);
        let (known_first, known_second) = match known.map(|known| halves(known, half)) {
            Some((first, second)) => (Some(first), Some(second)),
            None => (None, None),
        };
        let state = self.scan(first, known_first, state, states);
        self.scan(second, known_second, state, states)
    }

    /// One step of both directions.
    ///
    /// # Shapes
    /// `gates` `[2, batch, 3 * hidden]`, `known` `[2, batch, 1]`, `state` and output `[2, batch, hidden]`.
    fn step(&self, gates: Tensor<3>, known: Option<Tensor<3>>, state: Tensor<3>) -> Tensor<3> {
        let hidden = self.hidden;
        let recurrent = state.clone().matmul(self.hidden_weight.val()) + self.hidden_bias.val();

        let reset_update = sigmoid(gates.clone().narrow(2, 0, 2 * hidden) + recurrent.clone().narrow(2, 0, 2 * hidden));
        let reset = reset_update.clone().narrow(2, 0, hidden);
        let update = reset_update.narrow(2, hidden, hidden);
        let new = tanh(gates.narrow(2, 2 * hidden, hidden) + reset * recurrent.narrow(2, 2 * hidden, hidden));

        // (1 - z) n + z h = h + (1 - z)(n - h), and a position that holds only N keeps h.
        let keep = update.neg().add_scalar(1.0);
        let keep = match known {
            Some(known) => keep * known,
            None => keep,
        };
        state.clone() + keep * (new - state)
    }
}

/// Reverses the backward direction, which reads positions from last to first. It is its own inverse.
fn in_reading_order(tensor: Tensor<4>) -> Tensor<4> {
    let forward = tensor.clone().narrow(1, 0, 1);
    let backward = tensor.narrow(1, 1, 1).flip([0]);
    Tensor::cat(vec![forward, backward], 1)
}

fn halves(tensor: Tensor<4>, half: usize) -> (Tensor<4>, Tensor<4>) {
    let length = tensor.dims()[0];
    (tensor.clone().narrow(0, 0, half), tensor.narrow(0, half, length - half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nn::network::hold_generator;
    use burn::tensor::{TensorData, Tolerance};
    use serde::Deserialize;

    /// Golden values, written by `tests/golden/gru.py` with PyTorch's `nn.GRU(bidirectional=True)`.
    #[derive(Deserialize)]
    struct Golden {
        input: usize,
        hidden: usize,
        batch: usize,
        positions: usize,
        x: Vec<f32>,
        weight_ih: [Vec<f32>; 2],
        weight_hh: [Vec<f32>; 2],
        bias_ih: [Vec<f32>; 2],
        bias_hh: [Vec<f32>; 2],
        output: Vec<f32>,
        input_gradient: Vec<f32>,
    }

    fn golden() -> Golden {
        serde_json::from_str(include_str!("../../tests/golden/gru.json")).expect("golden file")
    }

    /// Transposes the weights of one direction: `[3 * hidden, in]` in PyTorch, `[in, 3 * hidden]` here.
    fn transposed(weight: &[f32], rows: usize, columns: usize) -> Vec<f32> {
        (0..columns).flat_map(|column| (0..rows).map(move |row| weight[row * columns + column])).collect()
    }

    fn encoder(golden: &Golden, device: &Device) -> GruEncoder {
        let (input, hidden, gates) = (golden.input, golden.hidden, 3 * golden.hidden);
        let input_weight: Vec<Vec<f32>> =
            golden.weight_ih.iter().map(|weight| transposed(weight, gates, input)).collect();
        let stacked: Vec<f32> = (0..input)
            .flat_map(|row| input_weight.iter().flat_map(move |weight| weight[row * gates..(row + 1) * gates].to_vec()))
            .collect();
        let hidden_weight: Vec<f32> =
            golden.weight_hh.iter().flat_map(|weight| transposed(weight, gates, hidden)).collect();
        GruEncoder {
            input_weight: Param::from_data(TensorData::new(stacked, [input, 2 * gates]), device),
            input_bias: Param::from_data(TensorData::new(golden.bias_ih.concat(), [2 * gates]), device),
            hidden_weight: Param::from_data(TensorData::new(hidden_weight, [2, hidden, gates]), device),
            hidden_bias: Param::from_data(TensorData::new(golden.bias_hh.concat(), [2, 1, gates]), device),
            hidden,
        }
    }

    #[test]
    fn gru_encoder_output_and_gradient_equal_pytorch() {
        check_against_pytorch(&device::cpu().autodiff());
    }

    #[cfg(feature = "cuda")]
    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test prints its reason")]
    fn gru_encoder_gpu_kernels_equal_pytorch() {
        match device::DeviceChoice::Cuda(0).select() {
            Ok(gpu) => check_against_pytorch(&gpu.device.autodiff()),
            Err(error) => eprintln!("skipped: {error}"),
        }
    }

    fn check_against_pytorch(device: &Device) {
        let golden = golden();
        let encoder = encoder(&golden, device);
        let x = Tensor::<3>::from_data(
            TensorData::new(golden.x.clone(), [golden.batch, golden.positions, golden.input]),
            device,
        )
        .require_grad();
        let output = encoder.forward(x.clone(), None);
        let tolerance = Tolerance::<f32>::absolute(1e-5);
        output.to_data().assert_approx_eq(&TensorData::new(golden.output.clone(), output.shape()), tolerance);
        // The golden gradient is that of the sum of squared outputs.
        let gradients = output.square().sum().backward();
        let gradient = x.grad(&gradients).expect("x requires a gradient");
        gradient.to_data().assert_approx_eq(
            &TensorData::new(golden.input_gradient.clone(), gradient.shape()),
            Tolerance::<f32>::absolute(1e-4),
        );
    }

    #[test]
    fn gru_encoder_padding_has_no_effect() {
        let device = device::cpu();
        let _generator = hold_generator();
        let encoder = GruEncoderConfig::new(2, 3).init(&device);
        let x = Tensor::<3>::from_floats([[[0.5, -1.0], [1.0, 0.3], [0.2, 0.9]]], &device);
        let plain = encoder.forward(x.clone(), None);
        let padding = Tensor::<3>::full([1, 2, 2], 7.0, &device);
        let padded = Tensor::cat(vec![padding.clone(), x, padding], 1);
        let known = Tensor::<2>::from_floats([[0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]], &device);
        let masked = encoder.forward(padded, Some(known)).narrow(1, 2, 3);
        masked.to_data().assert_approx_eq(&plain.to_data(), Tolerance::<f32>::absolute(1e-6));
    }
}
