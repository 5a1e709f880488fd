//! Gradient of a prediction with respect to the bases, also at points between two windows.

use rayon::prelude::*;

use super::backward::CpuGradient;
use super::network::{CpuNetwork, FirstStage, WindowStrip};
use super::scratch::Scratch;
use crate::input::EncodedWindows;
use crate::nn::{NUCLEOTIDES, TrainableLayers};

/// Gradients of predictions with respect to one-hot bases.
pub(crate) struct InputGradient<'a> {
    network: &'a CpuNetwork,
    back: CpuGradient<'a>,
}

impl<'a> InputGradient<'a> {
    /// Gradients of this network.
    pub fn of(network: &'a CpuNetwork) -> Self {
        Self { network, back: CpuGradient::of(network, TrainableLayers::All) }
    }

    /// z-score of output `output` and its gradient, at mixtures of bases. Known positions, TSS, gene features and
    /// tracks are those of `window`.
    ///
    /// # Shapes
    /// Each mixture, and each gradient, is `[length, 4]`.
    ///
    /// # Panics
    /// If `window` holds more than one window.
    pub fn at(
        &self,
        window: &EncodedWindows,
        mixtures: &[Vec<f32>],
        output: usize,
        scratch: &Scratch,
    ) -> Vec<(f32, Vec<f32>)> {
        assert_eq!(window.windows, 1, "mixtures of one window");
        mixtures.par_iter().map(|mixture| self.at_mixture(window, mixture, output, scratch)).collect()
    }

    fn at_mixture(
        &self,
        window: &EncodedWindows,
        mixture: &[f32],
        output: usize,
        scratch: &Scratch,
    ) -> (f32, Vec<f32>) {
        let stage = &self.network.weights.stages[0];
        scratch.lend(|activations| {
            let strip = WindowStrip { windows: window, first: 0, count: 1 };
            activations.heads.compute_all();
            self.network.read_mixtures(strip, mixture, activations);
            self.network.run(strip, FirstStage::Channels, None, 1, activations);

            let z_score = activations.predictions()[output];
            let mut output_gradient = vec![0.0; self.network.outputs()];
            output_gradient[output] = 1.0;
            // The gradient of the weights is computed along with it and discarded.
            let mut weights = self.back.zero();
            let (own, pooled) = self
                .back
                .back_to_first_stage(1, activations, &output_gradient, &mut weights)
                .expect("every layer is trainable");
            let into = &mut weights.weights.stages[0];
            let rows = self.back.stages[0].backward(stage, own, &activations.stages[0], &pooled, into);
            let channels = stage.channels_in;
            let own_rows = rows[own.convolved_row(0) * channels..].chunks_exact(channels);
            // The gradient of tracks is discarded.
            let of_bases = own_rows.take(window.length()).flat_map(|row| &row[..NUCLEOTIDES]);
            (z_score, of_bases.copied().collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Tensor, TensorData};
    use tatabox_sequence::UNKNOWN;

    use super::*;
    use crate::device;
    use crate::input::{WindowBatcher, WindowEncoder, WindowView, unscaled_inputs, with_random_inputs};
    use crate::nn::{Architecture, DropoutMask, Network, NetworkConfig, Preset, WindowBatch};

    const OUTPUTS: usize = 2;

    fn one_hot(codes: &[u8]) -> Vec<f32> {
        codes.iter().flat_map(|&code| (0..4).map(move |base| f32::from(u8::from(base == code)))).collect()
    }

    /// Gradient by automatic differentiation of the layers, `[length, 4]`.
    fn by_layers(network: &Network, batch: &WindowBatch, mixture: &[f32], output: usize) -> Vec<f32> {
        let Network::Convolutional(network) = network else { panic!("a network that reads bases") };
        let device = device::cpu().autodiff();
        let length = mixture.len() / 4;
        let input = Tensor::<3>::from_data(TensorData::new(mixture.to_vec(), [1, length, 4]), &device).require_grad();
        let output_of = network.forward_from(input.clone().swap_dims(1, 2), batch, &mut DropoutMask::none());
        let gradients = output_of.predictions.narrow(1, output, 1).sum().backward();
        input.grad(&gradients).expect("reached").into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn input_gradient_equals_automatic_differentiation() {
        let mut window: Vec<u8> = (0..300).map(|base| ((base * 7 + base / 5) % 4) as u8).collect();
        window[..50].fill(UNKNOWN);
        let architectures = [Architecture::Hybrid, Architecture::CnnGru, Architecture::CnnAttention];
        for (architecture, (gene_features, tracks)) in architectures.into_iter().zip([(0, 0), (3, 2), (0, 1)]) {
            let config = NetworkConfig::preset(Preset::Small, 300, OUTPUTS).with_architecture(architecture);
            let config = config.with_auxiliary_inputs(gene_features, tracks);
            let window = with_random_inputs(window.clone(), &unscaled_inputs(&config).unwrap_or_default(), 1, 0);
            let network = config.build(42, &device::cpu().autodiff());
            let Network::Convolutional(layers) = &network else { panic!("a network that reads bases") };
            let cpu_network = CpuNetwork::of(layers);
            let encoded = WindowEncoder::new(&config).encode_all(&[WindowView::of(&window)], 250);
            let batch =
                WindowBatcher::new(&config, device::cpu().autodiff()).batch(&[&window], 250).expect("valid windows");
            let whole = one_hot(&encoded.codes);
            let half: Vec<f32> = whole.iter().map(|value| value / 2.0).collect();
            let gradients =
                InputGradient::of(&cpu_network).at(&encoded, &[whole.clone(), half.clone()], 1, &Scratch::default());
            for (mixture, (_, ours)) in [whole, half].iter().zip(&gradients) {
                let theirs = by_layers(&network, &batch, mixture, 1);
                let largest = theirs.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
                assert!(largest > 1e-4, "{architecture}: there is a gradient");
                for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    let difference = (ours - theirs).abs();
                    assert!(difference <= 2e-5 * largest, "{architecture}, {index}: {ours} against {theirs}");
                }
            }
        }
    }
}
