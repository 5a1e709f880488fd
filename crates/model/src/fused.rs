//! The convolutional networks on the CPU, forwards and back, without the tensor library.
//!
//! A tensor library writes each intermediate result of a batch to memory; at 11 kb that costs more than the arithmetic.
//! Here a window goes through the whole network before the next, in the caches of one core: the first convolution is
//! read from [tables](motif_tables), unless it reads signal tracks too, the others are matrix products over rows that overlap, ReLU, pooling and
//! normalisation happen where the values lie, and both directions of the GRU are a loop over small products.
//!
//! The layers of [`ConvolutionalNetwork`] are what this must equal, on every device that the tensor library knows; the
//! tests compare both, forwards and back.

mod attention;
mod base_channels;
mod batch_gradient;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod gru_scan;
mod head;
mod inference;
mod input_gradient;
mod matrix;
mod motif_stage;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod motif_tables;
mod mutagenesis;
mod scratch;
mod step_dropout;
mod strip;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod vector;
mod weights;

use crate::batch::NUCLEOTIDES;
use crate::convolutional_network::ConvolutionalNetwork;
use crate::encoded_windows::EncodedWindows;
use crate::fused::gru_scan::{GruActivations, GruGradient, GruInput};
use crate::fused::head::{HeadActivations, HeadInput};
use crate::fused::motif_stage::{StageActivations, StageGradient, StageInput};
use crate::fused::motif_tables::{MotifTables, Trimers};
use crate::fused::strip::{Strip, reset};
use crate::position_encoding::{encode_positions, log_distances};
use crate::trained_part::TrainedPart;

pub(crate) use crate::fused::batch_gradient::LabelledWindows;
pub(crate) use crate::fused::inference::WindowOutput;
pub(crate) use crate::fused::input_gradient::InputGradient;
pub(crate) use crate::fused::mutagenesis::MutatedWindow;
pub(crate) use crate::fused::scratch::Scratch;
pub(crate) use crate::fused::step_dropout::{DropoutSite, StepDropout};
pub(crate) use crate::fused::weights::NetworkWeights;

/// A network made ready to run.
#[derive(Clone, Debug)]
pub(crate) struct FusedNetwork {
    weights: NetworkWeights,
    /// None where the first stage reads signal tracks beside the bases.
    tables: Option<MotifTables>,
    total_pool: usize,
}

/// Some of the windows of a batch, which go through the network together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WindowStrip<'a> {
    /// The batch.
    pub windows: &'a EncodedWindows,
    /// The strip's first window in it.
    pub first: usize,
    /// Windows of the strip.
    pub count: usize,
}

/// How the first stage reads bases.
#[derive(Clone, Copy, Debug)]
enum FirstStage<'a> {
    /// Each position is one base or N, and nothing else is read of it.
    Tables(&'a MotifTables),
    /// Each position is a row of channels: bases or mixtures of them, and signal tracks.
    Channels,
}

/// What a strip leaves behind in the network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activations {
    trimers: Trimers,
    stages: Vec<StageActivations>,
    /// `[all positions, filters]` after the last stage.
    features: Vec<f32>,
    /// `[all positions]`
    known: Option<Vec<f32>>,
    position_encoding: Vec<f32>,
    log_distances: Vec<f32>,
    gru: GruActivations,
    head: HeadActivations,
}

impl Activations {
    /// `[windows, cell types]`, z-scores of log2(TPM + 1).
    pub fn predictions(&self) -> &[f32] {
        &self.head.predictions
    }

    /// `[windows, heads, positions]`; empty of a network without attention.
    pub fn attention(&self) -> &[f32] {
        &self.head.attention.weights
    }
}

impl FusedNetwork {
    /// Copies the weights of a network and makes what is computed from weights alone.
    pub fn of(network: &ConvolutionalNetwork) -> Self {
        let weights = NetworkWeights::of(network);
        let reads_tracks = weights.stages[0].channels_in > NUCLEOTIDES;
        let tables = (!reads_tracks).then(|| MotifTables::of(&weights.stages[0]));
        Self { tables, total_pool: weights.stages.iter().map(|stage| stage.pool).product(), weights }
    }

    /// Cell types.
    pub fn outputs(&self) -> usize {
        self.weights.head.output.output
    }

    /// Where values are dropped in windows of `length` bases, in the order of the layers.
    pub fn dropout_sites(&self, length: usize) -> Vec<DropoutSite> {
        let mut positions = length;
        let mut sites: Vec<DropoutSite> = Vec::new();
        for stage in &self.weights.stages {
            positions /= stage.pool;
            sites.push(DropoutSite { values: stage.filters * positions, probability: stage.dropout });
        }
        let head = &self.weights.head;
        let dense = [head.pooled_values(), head.output.input];
        sites.extend(dense.map(|values| DropoutSite { values, probability: head.dropout }));
        sites
    }

    /// Runs the network, with the dropout of the batch. Each window is divided among `threads`.
    pub fn forward(
        &self,
        strip: WindowStrip,
        dropout: Option<&StepDropout>,
        threads: usize,
        activations: &mut Activations,
    ) {
        if let Some(tables) = &self.tables {
            let own_windows = strip.first..strip.first + strip.count;
            let lie = self.weights.stages[0].strip(strip.count, strip.windows.length());
            activations.trimers.read(strip.windows.codes_of(own_windows), lie);
            self.run(strip, FirstStage::Tables(tables), dropout, threads, activations);
        } else {
            self.read_channels(strip, activations);
            self.run(strip, FirstStage::Channels, dropout, threads, activations);
        }
    }

    /// Runs the network; the first stage reads what stands ready for it.
    fn run(
        &self,
        strip: WindowStrip,
        first_stage: FirstStage,
        dropout: Option<&StepDropout>,
        threads: usize,
        activations: &mut Activations,
    ) {
        let (length, windows) = (strip.windows.length(), strip.count);
        let own_windows = strip.first..strip.first + windows;
        let mask = |site| dropout.and_then(|dropout: &StepDropout| dropout.mask(site, strip.first, windows));
        let stages = &self.weights.stages;
        activations.stages.resize_with(stages.len(), StageActivations::default);

        let mut positions = length;
        for index in 0..stages.len() {
            let stage = &stages[index];
            let own = stage.strip(windows, positions);
            positions /= stage.pool;
            let known = strip.windows.known_of(index, own_windows.clone());
            let (done, rest) = activations.stages.split_at_mut(index + 1);
            let current = &mut done[index];
            current.kept = kept(mask(index), known, stage.filters, positions);
            activations.known = known.map(<[f32]>::to_vec);

            let (out_strip, out) = match (rest.first_mut(), stages.get(index + 1)) {
                (Some(next), Some(next_stage)) => (next_stage.strip(windows, positions), &mut next.input),
                _ => (Strip::dense(windows, positions), &mut activations.features),
            };
            reset(out, out_strip.rows() * stage.filters);
            let input = match (index, first_stage) {
                (0, FirstStage::Tables(tables)) => StageInput::Bases(tables, &activations.trimers),
                _ => StageInput::Features,
            };
            stage.forward(own, input, current, out, out_strip, threads);
        }

        activations.position_encoding = encode_positions(positions, self.total_pool, strip.windows.tss_index);
        activations.log_distances = log_distances(positions, self.total_pool, strip.windows.tss_index);
        let dense = Strip::dense(windows, positions);
        if let Some(gru) = &self.weights.gru {
            let Activations { features, position_encoding, known, gru: gru_activations, .. } = activations;
            let known = known.as_deref();
            gru.forward(GruInput { strip: dense, features, position_encoding, known }, gru_activations, threads);
        }
        for (place, kept) in activations.head.kept.iter_mut().enumerate() {
            *kept = mask(stages.len() + place);
        }
        let Activations { features, log_distances, known, gru, head, .. } = activations;
        let encoded = if self.weights.gru.is_some() { &gru.encoded } else { features };
        let gene_features = strip.windows.gene_features_of(own_windows);
        let input = HeadInput { strip: dense, encoded, log_distances, known: known.as_deref(), gene_features };
        self.weights.head.forward(input, head, threads);
    }
}

/// By what each feature of a stage is multiplied: a dropout mask, `[windows, filters, positions]` as it is drawn, times
/// which positions are known. `None` where all are kept as they are.
fn kept(mask: Option<Vec<f32>>, known: Option<&[f32]>, filters: usize, positions: usize) -> Option<Vec<f32>> {
    let by_position = |mask: Vec<f32>| {
        let mut kept = vec![0.0; mask.len()];
        let windows = kept.chunks_exact_mut(filters * positions).zip(mask.chunks_exact(filters * positions));
        for (kept, mask) in windows {
            for (filter, mask) in mask.chunks_exact(positions).enumerate() {
                kept[filter..].iter_mut().step_by(filters).zip(mask).for_each(|(kept, mask)| *kept = *mask);
            }
        }
        kept
    };
    match (mask.map(by_position), known) {
        (kept, None) => kept,
        (None, Some(known)) => Some(known.iter().flat_map(|known| std::iter::repeat_n(*known, filters)).collect()),
        (Some(mut kept), Some(known)) => {
            for (kept, known) in kept.chunks_exact_mut(filters).zip(known) {
                for kept in kept {
                    *kept *= known;
                }
            }
            Some(kept)
        }
    }
}

/// The way back through a network.
#[derive(Clone, Debug)]
pub(crate) struct FusedGradient<'a> {
    network: &'a FusedNetwork,
    trained: TrainedPart,
    stages: Vec<StageGradient>,
    gru: Option<GruGradient>,
}

/// A gradient that is being added up.
#[derive(Clone, Debug)]
pub(crate) struct GradientSum {
    weights: NetworkWeights,
    tables: Option<MotifTables>,
}

impl<'a> FusedGradient<'a> {
    /// For this network. The way goes no further than the trained weights.
    pub fn of(network: &'a FusedNetwork, trained: TrainedPart) -> Self {
        Self {
            network,
            trained,
            stages: network.weights.stages.iter().map(StageGradient::of).collect(),
            gru: network.weights.gru.as_ref().map(GruGradient::of),
        }
    }

    /// A sum of nothing yet.
    pub fn zero(&self) -> GradientSum {
        GradientSum {
            weights: self.network.weights.zeros_like(),
            tables: self.network.tables.as_ref().map(|_| MotifTables::zeros(&self.network.weights.stages[0])),
        }
    }

    /// Adds the gradient of the strip that `activations` are of, from that of its predictions, `[windows, cell types]`.
    /// The activations are used up.
    pub fn add(&self, windows: usize, activations: &mut Activations, predictions: &[f32], sum: &mut GradientSum) {
        if let Some((own, pooled)) = self.back_to_first_stage(windows, activations, predictions, sum) {
            let stage = &self.network.weights.stages[0];
            if let (Some(tables), Some(into)) = (&self.network.tables, &mut sum.tables) {
                stage.backward_to_tables(own, tables, &activations.trimers, &pooled, into);
            } else {
                stage.backward_to_motifs(own, &activations.stages[0], &pooled, &mut sum.weights.stages[0]);
            }
        }
    }

    /// From the gradient of the predictions to that of the first stage's pooled positions before they are normalised,
    /// and how its windows lie; `None` where the way ends before. Adds to `sum`.
    fn back_to_first_stage(
        &self,
        windows: usize,
        activations: &mut Activations,
        predictions: &[f32],
        sum: &mut GradientSum,
    ) -> Option<(Strip, Vec<f32>)> {
        let weights = &self.network.weights;
        let Activations { stages, features, known, position_encoding, log_distances, gru, head, .. } = activations;
        let positions = log_distances.len();
        let dense = Strip::dense(windows, positions);
        let known = known.as_deref();

        let encoded = if weights.gru.is_some() { &gru.encoded } else { &*features };
        // Nothing goes back to the gene features, and what was read of them is in the activations.
        let input = HeadInput { strip: dense, encoded, log_distances, known, gene_features: None };
        let mut gradient = weights.head.backward(input, head, predictions, &mut sum.weights.head);
        if !self.trained.has_trunk() {
            return None;
        }
        if let (Some(gru_weights), Some(back), Some(into)) = (&weights.gru, &self.gru, &mut sum.weights.gru) {
            let input = GruInput { strip: dense, features, position_encoding, known };
            gradient = back.backward(gru_weights, input, gru, &gradient, into);
        }

        let mut out_strip = dense;
        for (index, stage) in weights.stages.iter().enumerate().rev() {
            let into = &mut sum.weights.stages[index];
            let pooled = stage.through_normalisation(&stages[index], &gradient, out_strip, into);
            let own = stage.strip(windows, out_strip.positions * stage.pool);
            if index == 0 {
                return Some((own, pooled));
            }
            gradient = self.stages[index].backward(stage, own, &stages[index], &pooled, into);
            out_strip = own;
        }
        None
    }
}

impl GradientSum {
    /// The gradient of the weights, once everything is added.
    pub fn into_weights(mut self) -> NetworkWeights {
        if let Some(tables) = &self.tables {
            tables.add_to(&mut self.weights.stages[0]);
        }
        self.weights
    }

    /// Adds another sum.
    pub fn add(&mut self, other: &mut Self) {
        self.weights.add(&mut other.weights);
        if let (Some(tables), Some(other)) = (&mut self.tables, &other.tables) {
            tables.add(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::module::{Module, ModuleVisitor, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Tensor, TensorData};
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use tatabox_sequence::UNKNOWN;

    use super::*;
    use crate::architecture::Architecture;
    use crate::batch::WindowBatch;
    use crate::device;
    use crate::drawn_inputs::with_drawn_inputs;
    use crate::dropout::DropoutMask;
    use crate::encoded_windows::WindowEncoder;
    use crate::loss::Loss;
    use crate::network::Network;
    use crate::network_config::{NetworkConfig, Preset};
    use crate::precision::Precision;
    use crate::promoter_window::{PromoterWindow, WindowView};
    use crate::random_stream::{Purpose, random_stream};
    use crate::speed_trial::unscaled_inputs;

    /// No multiple of the pools, so that there is padding.
    const WINDOW_BP: usize = 300;
    const OUTPUTS: usize = 3;
    const ARCHITECTURES: [Architecture; 4] =
        [Architecture::Hybrid, Architecture::CnnGru, Architecture::CnnAttention, Architecture::Cnn];
    /// Gene features and tracks beside the bases.
    const INPUTS: [(usize, usize); 4] = [(0, 0), (5, 0), (0, 2), (5, 3)];

    /// Stages that only count, that count and detect, and that only detect; with quiet positions and without.
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

    /// Random bases; some windows begin or end with N, one has N in its middle.
    fn windows(count: usize) -> Vec<Vec<u8>> {
        let mut bases = random_stream(42, Purpose::Mutation, 0, 0);
        let mut windows: Vec<Vec<u8>> =
            (0..count).map(|_| (0..WINDOW_BP).map(|_| bases.random_range(0..UNKNOWN)).collect()).collect();
        windows[1][..43].fill(UNKNOWN);
        windows[2][286..].fill(UNKNOWN);
        windows[3][100..130].fill(UNKNOWN);
        windows
    }

    /// The windows as a network reads them.
    fn encoded(windows: Vec<Vec<u8>>, config: &NetworkConfig) -> EncodedWindows {
        let inputs = unscaled_inputs(config).unwrap_or_default();
        let with_inputs = |(index, bases)| with_drawn_inputs(bases, &inputs, 1, index);
        let windows: Vec<PromoterWindow> = windows.into_iter().enumerate().map(with_inputs).collect();
        let views: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        WindowEncoder::new(config).encode_all(&views, 250)
    }

    fn layers(network: &Network) -> &ConvolutionalNetwork {
        match network {
            Network::Convolutional(network) => network,
            Network::KmerMlp(_) => panic!("reads bases"),
        }
    }

    /// Smaller arrays are gradients that cancel out, of which rounding is all that is left.
    const NEGLIGIBLE: f32 = 1e-4;

    /// Equal to a hundred-thousandth of the largest value of the array.
    fn assert_close(ours: &[f32], theirs: &[f32], what: &str) {
        assert_eq!(ours.len(), theirs.len(), "{what}");
        let largest = theirs.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
            assert!(
                (one - other).abs() <= 1e-5 * largest.max(NEGLIGIBLE),
                "{what}, value {index}: {one} against {other}"
            );
        }
    }

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn predictions_and_attention_equal_those_of_the_layers() {
        for (architecture, preset) in
            ARCHITECTURES.into_iter().zip([Preset::Base, Preset::Small, Preset::Small, Preset::Small])
        {
            for (gene_features, tracks) in INPUTS {
                let config = config(preset, architecture).with_inputs(gene_features, tracks);
                let network = config.init(42, &device::cpu());
                let encoded = encoded(windows(21), &config);
                let batch = WindowBatch::new(encoded.clone(), &device::cpu(), Precision::F32);
                let expected = network.forward(&batch, &mut DropoutMask::none());
                let fused = FusedNetwork::of(layers(&network));
                let outputs = fused.predict(&encoded, &Scratch::default());
                let what = format!("{architecture}, {gene_features} gene features, {tracks} tracks");
                let predictions: Vec<f32> = outputs.iter().flat_map(|output| output.predictions.clone()).collect();
                assert_close(&predictions, &numbers(expected.predictions), &what);
                let attention: Vec<f32> = outputs.iter().flat_map(|output| output.attention.clone()).collect();
                assert_close(&attention, &expected.attention.map(numbers).unwrap_or_default(), &what);
            }
        }
    }

    #[test]
    fn one_window_is_predicted_alike_on_any_number_of_threads() {
        let config = NetworkConfig::preset(Preset::Small, WINDOW_BP, OUTPUTS);
        let network = config.init(42, &device::cpu());
        let fused = FusedNetwork::of(layers(&network));
        let windows = windows(4);
        let encoded = WindowEncoder::new(&config).encode(&[&windows[0], &windows[1]], 250);
        let strip = WindowStrip { windows: &encoded, first: 1, count: 1 };
        let (mut alone, mut divided) = (Activations::default(), Activations::default());
        fused.forward(strip, None, 1, &mut alone);
        fused.forward(strip, None, 5, &mut divided);
        assert_close(divided.predictions(), alone.predictions(), "five threads against one");
    }

    /// The gradient of every weight, one after the other, with the weights' shapes.
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

    #[test]
    fn loss_and_gradients_equal_those_of_automatic_differentiation() {
        let device = device::cpu().autodiff();
        let losses = [Loss::Mse, Loss::Huber, Loss::Huber, Loss::Mse];
        let cases = ARCHITECTURES.into_iter().zip([37, 21, 11, 5]).zip(losses);
        for (((architecture, count), kind), (gene_features, tracks)) in
            cases.flat_map(|case| INPUTS.map(|inputs| (case, inputs)))
        {
            let config = config(Preset::Small, architecture).with_inputs(gene_features, tracks);
            let network = config.init(42, &device);
            let mut targets = random_stream(7, Purpose::Shift, 0, 0);
            let targets: Vec<f32> = (0..count * OUTPUTS).map(|_| targets.random_range(-2.0..2.0)).collect();
            let measured: Vec<f32> = (0..count * OUTPUTS).map(|value| f32::from(u8::from(value % 5 != 0))).collect();

            let encoded = encoded(windows(count), &config);
            let batch = WindowBatch::new(encoded.clone(), &device, Precision::F32);
            let output = network.forward(&batch, &mut DropoutMask::new(rng()));
            let tensor =
                |values: &[f32]| Tensor::<2>::from_data(TensorData::new(values.to_vec(), [count, OUTPUTS]), &device);
            let loss = kind.masked(output.predictions, tensor(&targets), tensor(&measured));
            let expected = GradientsParams::from_grads(loss.backward(), &network);

            let layers = layers(&network);
            let fused = FusedNetwork::of(layers);
            let dropout = StepDropout::new(rng(), count, fused.dropout_sites(encoded.length()));
            let labelled = LabelledWindows { windows: &encoded, targets: &targets, measured: &measured };
            let (fused_loss, gradient) =
                fused.loss_and_gradient(labelled, &dropout, TrainedPart::All, kind, &Scratch::default());
            assert!((fused_loss - f64::from(loss.into_scalar::<f32>())).abs() < 1e-5);
            let gradient = gradient.into_gradients(layers, &device::cpu());
            let arrays = flat(&gradient, &network).into_iter().zip(flat(&expected, &network));
            for (index, ((shape, ours), (_, theirs))) in arrays.enumerate() {
                let inputs = format!("{gene_features} gene features, {tracks} tracks");
                assert_close(&ours, &theirs, &format!("{architecture}, {inputs}, gradient {index} of shape {shape:?}"));
            }
        }
    }
}
