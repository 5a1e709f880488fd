//! Tests of the CPU kernels against the layers of the tensor library.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tatabox_sequence::UNKNOWN;

use super::batch_gradient::LabelledWindows;
use super::network::{Activations, CpuNetwork, WindowStrip};
use super::scratch::Scratch;
use super::step_dropout::StepDropout;
use crate::device;
use crate::device::Precision;
use crate::input::{EncodedWindows, PromoterWindow, WindowEncoder, WindowView, unscaled_inputs, with_random_inputs};
use crate::nn::{
    Architecture, BatchLoss, ConvolutionalNetwork, DropoutMask, Loss, Network, NetworkConfig, Preset, TrainableLayers,
};
use crate::random_stream::{Purpose, random_stream};

/// Not a multiple of the pooling, so windows are padded.
const WINDOW_BP: usize = 300;
const OUTPUTS: usize = 3;
const ARCHITECTURES: [Architecture; 4] =
    [Architecture::Hybrid, Architecture::CnnGru, Architecture::CnnAttention, Architecture::Cnn];
/// Numbers of gene features and tracks.
const INPUTS: [(usize, usize); 4] = [(0, 0), (5, 0), (0, 2), (5, 3)];

/// Stages with mean pooling, max pooling or both, and with the default or a larger epsilon.
fn config(preset: Preset, architecture: Architecture) -> NetworkConfig {
    let mut config = NetworkConfig::preset(preset, WINDOW_BP, OUTPUTS).with_architecture(architecture);
    for stage in &mut config.stages {
        stage.detectors = match architecture {
            Architecture::CnnGru => Some(stage.filters / 2 + 3),
            Architecture::Cnn => Some(stage.filters),
            _ => None,
        };
        stage.norm_epsilon = (architecture == Architecture::CnnAttention).then_some(0.3);
    }
    config
}

fn rng() -> ChaCha8Rng {
    random_stream(42, Purpose::Dropout, 1, 1)
}

/// Random bases; some windows start or end with N, one has N in its middle.
fn windows(count: usize) -> Vec<Vec<u8>> {
    let mut bases = random_stream(42, Purpose::Mutation, 0, 0);
    let mut windows: Vec<Vec<u8>> =
        (0..count).map(|_| (0..WINDOW_BP).map(|_| bases.random_range(0..UNKNOWN)).collect()).collect();
    windows[1][..43].fill(UNKNOWN);
    windows[2][286..].fill(UNKNOWN);
    windows[3][100..130].fill(UNKNOWN);
    windows
}

/// The windows, encoded for a network.
fn encoded(windows: Vec<Vec<u8>>, config: &NetworkConfig) -> EncodedWindows {
    let inputs = unscaled_inputs(config).unwrap_or_default();
    let with_auxiliary_inputs = |(index, bases)| with_random_inputs(bases, &inputs, 1, index);
    let windows: Vec<PromoterWindow> = windows.into_iter().enumerate().map(with_auxiliary_inputs).collect();
    let views: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
    WindowEncoder::new(config).encode_all(&views, 250)
}

fn layers(network: &Network) -> &ConvolutionalNetwork {
    match network {
        Network::Convolutional(network) => network,
        Network::KmerMlp(_) => panic!("a network that reads bases"),
    }
}

/// Arrays with smaller values are gradients that cancel, of which only rounding errors remain.
const NEGLIGIBLE: f32 = 2e-4;

/// Asserts equality within 1e-5 of the largest value of the array.
fn assert_close(ours: &[f32], theirs: &[f32], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let largest = theirs.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
        assert!((one - other).abs() <= 1e-5 * largest.max(NEGLIGIBLE), "{what}, value {index}: {one} and {other}");
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("f32")
}

#[test]
fn cpu_network_predictions_and_attention_equal_the_layers() {
    for (architecture, preset) in
        ARCHITECTURES.into_iter().zip([Preset::Base, Preset::Small, Preset::Small, Preset::Small])
    {
        for (gene_features, tracks) in INPUTS {
            let config = config(preset, architecture).with_auxiliary_inputs(gene_features, tracks);
            let network = config.build(42, &device::cpu());
            let encoded = encoded(windows(21), &config);
            let batch = encoded.clone().upload(&device::cpu(), Precision::F32);
            let expected = network.run(&batch, &mut DropoutMask::none());
            let cpu_network = CpuNetwork::of(layers(&network));
            let outputs = cpu_network.predict(&encoded, &Scratch::default());
            let what = format!("{architecture}, {gene_features} gene features, {tracks} tracks");
            let predictions: Vec<f32> = outputs.iter().flat_map(|output| output.predictions.clone()).collect();
            assert_close(&predictions, &numbers(expected.predictions), &what);
            let attention: Vec<f32> = outputs.iter().flat_map(|output| output.attention.clone()).collect();
            assert_close(&attention, &expected.attention.map(numbers).unwrap_or_default(), &what);
        }
    }
}

#[test]
fn cpu_network_prediction_is_independent_of_threads() {
    let config = NetworkConfig::preset(Preset::Small, WINDOW_BP, OUTPUTS);
    let network = config.build(42, &device::cpu());
    let cpu_network = CpuNetwork::of(layers(&network));
    let windows = windows(4);
    let encoded = WindowEncoder::new(&config).encode(&[&windows[0], &windows[1]], 250);
    let strip = WindowStrip { windows: &encoded, first: 1, count: 1 };
    let (mut alone, mut divided) = (Activations::default(), Activations::default());
    cpu_network.forward(strip, None, 1, &mut alone);
    cpu_network.forward(strip, None, 5, &mut divided);
    assert_close(divided.predictions(), alone.predictions(), "five threads and one");
}

/// Gradients of every weight in order, with the shapes of the weights.
struct Flat<'a> {
    gradients: &'a GradientsParams,
    arrays: Vec<(Vec<usize>, Vec<f32>)>,
}

impl ModuleVisitor for Flat<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = self.gradients.get::<D>(param.id).expect("every weight has a gradient");
        self.arrays.push((param.dims().to_vec(), numbers(gradient)));
    }
}

fn flat(gradients: &GradientsParams, network: &Network) -> Vec<(Vec<usize>, Vec<f32>)> {
    let mut flat = Flat { gradients, arrays: Vec::new() };
    network.visit(&mut flat);
    flat.arrays
}

/// Asserts that loss and gradients of the CPU kernels are those of the layers. `measured` holds the weight of each value.
fn assert_gradients_equal(config: &NetworkConfig, count: usize, kind: BatchLoss, measured: &[f32], what: &str) {
    let device = device::cpu().autodiff();
    let network = config.build(42, &device);
    let mut targets = random_stream(7, Purpose::Shift, 0, 0);
    let targets: Vec<f32> = (0..count * OUTPUTS).map(|_| targets.random_range(-2.0..2.0)).collect();

    let encoded = encoded(windows(count), config);
    let batch = encoded.clone().upload(&device, Precision::F32);
    let output = network.run(&batch, &mut DropoutMask::new(rng()));
    let tensor = |values: &[f32]| Tensor::<2>::from_data(TensorData::new(values.to_vec(), [count, OUTPUTS]), &device);
    let loss = kind.masked(output.predictions, tensor(&targets), tensor(measured));
    let expected = GradientsParams::from_grads(loss.backward(), &network);

    let layers = layers(&network);
    let cpu_network = CpuNetwork::of(layers);
    let dropout = StepDropout::new(rng(), count, cpu_network.dropout_sites(encoded.length()));
    let labelled = LabelledWindows { windows: &encoded, targets: &targets, measured };
    let (cpu_loss, gradient) =
        cpu_network.loss_and_gradient(labelled, &dropout, TrainableLayers::All, kind, &Scratch::default());
    assert!((cpu_loss - f64::from(loss.into_scalar::<f32>())).abs() < 1e-5, "{what}");
    let gradient = gradient.into_gradients(layers, &device::cpu());
    let arrays = flat(&gradient, &network).into_iter().zip(flat(&expected, &network));
    for (index, ((shape, ours), (_, theirs))) in arrays.enumerate() {
        assert_close(&ours, &theirs, &format!("{what}, gradient {index} of shape {shape:?}"));
    }
}

#[test]
fn cpu_network_loss_and_gradients_equal_automatic_differentiation() {
    let differences = BatchLoss { values: Loss::Mse, difference_weight: 3.0, cell_types: 2 };
    let losses = [Loss::Mse.into(), Loss::Huber.into(), differences, Loss::Mse.into()];
    let cases = ARCHITECTURES.into_iter().zip([37, 21, 11, 5]).zip(losses);
    for (((architecture, count), kind), (gene_features, tracks)) in
        cases.flat_map(|case| INPUTS.map(|inputs| (case, inputs)))
    {
        let config = config(Preset::Small, architecture).with_auxiliary_inputs(gene_features, tracks);
        let measured: Vec<f32> = (0..count * OUTPUTS).map(|value| f32::from(u8::from(value % 5 != 0))).collect();
        let what = format!("{architecture}, {gene_features} gene features, {tracks} tracks");
        assert_gradients_equal(&config, count, kind, &measured, &what);
    }
}

#[test]
fn cpu_network_with_several_heads_equals_the_layers() {
    for (architecture, gene_features) in [(Architecture::Hybrid, 5), (Architecture::CnnGru, 0)] {
        let config = config(Preset::Small, architecture).with_auxiliary_inputs(gene_features, 0);
        let config = config.with_heads(vec![1, 2]);
        let network = config.build(42, &device::cpu());
        let encoded = encoded(windows(21), &config);
        let batch = encoded.clone().upload(&device::cpu(), Precision::F32);
        let expected = numbers(network.run(&batch, &mut DropoutMask::none()).predictions);
        let outputs = CpuNetwork::of(layers(&network)).predict(&encoded, &Scratch::default());
        let predictions: Vec<f32> = outputs.iter().flat_map(|output| output.predictions.clone()).collect();
        assert_close(&predictions, &expected, &format!("{architecture}"));

        // The first ten windows measure the first head, the others the second, with a weight; one measures nothing.
        let weight = |window: usize, output: usize| match (window, output) {
            (4, _) => 0.0,
            (0..10, 0) => 1.0,
            (10.., 1 | 2) => 0.25,
            _ => 0.0,
        };
        let measured: Vec<f32> =
            (0..21).flat_map(|window| (0..OUTPUTS).map(move |output| weight(window, output))).collect();
        assert_gradients_equal(&config, 21, Loss::Huber.into(), &measured, &format!("{architecture} with two heads"));
    }
}
