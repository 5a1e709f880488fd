//! Network prepared for timing: prediction and training steps on random windows.

use burn::optim::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tatabox_dataset::Extent;

use crate::bundle::{DEFAULT_SEED, TrainingConfig, untrained_model};
use crate::cpu::Scratch;
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::input::{ModelWindow, PromoterWindow, WindowEncoder, WindowView, with_random_inputs};
use crate::nn::{DropoutMask, Network, NetworkConfig, TrainableLayers};
use crate::predict::{Predictor, WindowPrediction};
use crate::random_stream::{Purpose, random_stream};
use crate::train::batch::EncodedBatch;
use crate::train::gradient::{BatchTask, StepLoss, loss_and_gradients};

/// Network that predicts like [`Predictor`] and performs the steps of [`train`](crate::train).
///
/// It measures no time itself. A step consists of forward pass, loss, gradients and optimiser; reading the genes and
/// averaging the weights, which `train` also does, are not included.
///
/// # Examples
/// ```
/// use tatabox_dataset::Extent;
/// use tatabox_model::{Benchmark, DeviceChoice, NetworkConfig, Preset};
///
/// let device = DeviceChoice::Cpu.select()?;
/// let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
/// let mut benchmark = Benchmark::new(NetworkConfig::preset(Preset::Small, 60, 2), extent, &device)?;
/// let windows = benchmark.windows(4);
/// assert_eq!(benchmark.predict(&windows)?.len(), 4);
/// assert!(benchmark.train_step(&windows)?.is_finite());
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
pub struct Benchmark {
    predictor: Predictor,
    training: Option<StepState>,
    device: SelectedDevice,
}

/// State that steps change.
struct StepState {
    network: Network,
    optimizer: ModuleOptimizer,
    encoder: WindowEncoder,
    scratch: Scratch,
    steps: usize,
}

impl Benchmark {
    /// Network with random weights that reads `extent`.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`]; an extent outside the range of windows.
    pub fn new(network: NetworkConfig, extent: Extent, device: &SelectedDevice) -> Result<Self, ModelError> {
        let model = untrained_model(network, extent, &device.device)?;
        Ok(Self::of_predictor(Predictor::new(model, device), device))
    }

    /// A trained model. Steps start from random weights.
    pub fn of_predictor(predictor: Predictor, device: &SelectedDevice) -> Self {
        Self { predictor, training: None, device: device.clone() }
    }

    /// Predictor of the network.
    pub fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    /// Configuration of the network that is trained; for an ensemble, that of the first member.
    pub fn network(&self) -> &NetworkConfig {
        &self.predictor.model().config.network
    }

    /// Bases per window.
    pub fn window_bp(&self) -> usize {
        self.predictor.extent().total_bp() as usize
    }

    /// Random windows of the model's extent with their auxiliary inputs; the same on every call.
    pub fn windows(&self, count: usize) -> Vec<PromoterWindow> {
        let mut rng = ChaCha8Rng::seed_from_u64(DEFAULT_SEED);
        let window = |index| {
            let bases = (0..self.window_bp()).map(|_| rng.random_range(0..4)).collect();
            with_random_inputs(bases, self.predictor.auxiliary_inputs(), DEFAULT_SEED, index)
        };
        (0..count).map(window).collect()
    }

    /// Predicts the windows.
    ///
    /// # Errors
    /// Those of [`Predictor::predict`].
    pub fn predict<W: ModelWindow>(&self, windows: &[W]) -> Result<Vec<WindowPrediction>, ModelError> {
        self.predictor.predict(windows)
    }

    /// Performs one optimiser step with dropout, for targets of 0, and returns the loss before it. The first step also
    /// initialises the weights.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] where there is no window; those of [`Predictor::predict`].
    pub fn train_step<W: ModelWindow>(&mut self, windows: &[W]) -> Result<f64, ModelError> {
        self.predictor.check_windows(windows)?;
        let config = &self.predictor.model().config;
        let SelectedDevice { device, precision, .. } = &self.device;
        let state = self.training.get_or_insert_with(|| StepState::new(config, &device.clone().autodiff()));
        let windows: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        state.encoder.check(&windows)?;
        let windows = state.encoder.encode_all(&windows, i64::from(config.data.extent.upstream_bp));
        let batch = EncodedBatch::of_zeros(windows, config.network.outputs);
        let dropout = random_stream(config.seed, Purpose::Dropout, 1, state.steps);
        let (loss, gradients) = match &state.network {
            Network::Convolutional(network) if config.network.runs_on_cpu_kernels(&self.device, *precision) => {
                let (loss, gradients) = loss_and_gradients(
                    network,
                    batch.labelled(),
                    dropout,
                    TrainableLayers::All,
                    config.loss(),
                    device,
                    &state.scratch,
                );
                (StepLoss::Known(loss), gradients)
            }
            network => {
                let is_queued = self.device.is_queued();
                let dropout = if is_queued { DropoutMask::on_device(dropout) } else { DropoutMask::new(dropout) };
                let task = BatchTask {
                    network: network.clone(),
                    batch,
                    dropout,
                    precision: *precision,
                    loss: config.loss(),
                    fraction: 1.0,
                };
                let (loss, gradients) = task.run(&device.clone().autodiff());
                (StepLoss::OnDevice(loss), gradients)
            }
        };
        state.network = state.optimizer.step(config.learning_rate, state.network.clone(), gradients);
        state.steps += 1;
        Ok(match loss {
            StepLoss::Known(loss) => loss,
            StepLoss::OnDevice(loss) => f64::from(loss.into_scalar::<f32>()),
        })
    }
}

impl StepState {
    fn new(config: &TrainingConfig, device: &Device) -> Self {
        let optimizer = AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(config.weight_decay as f32)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(config.gradient_clip_norm as f32)))
            .init();
        Self {
            network: config.network.build(config.seed, device),
            optimizer,
            encoder: WindowEncoder::new(&config.network).with_auxiliary_inputs(config.auxiliary_inputs()),
            scratch: Scratch::default(),
            steps: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceChoice;
    use crate::nn::{Architecture, Preset};

    fn benchmark(architecture: Architecture, gene_features: usize, tracks: usize) -> Benchmark {
        let network = NetworkConfig::preset(Preset::Small, 60, 2).with_auxiliary_inputs(gene_features, tracks);
        let network = network.with_architecture(architecture);
        let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
        Benchmark::new(network, Extent { upstream_bp: 50, downstream_bp: 10 }, &device).expect("valid")
    }

    #[test]
    fn benchmark_every_architecture_predicts_and_trains() {
        let inputs = [(0, 0), (3, 0), (0, 2), (3, 2)];
        for (architecture, (gene_features, tracks)) in
            Architecture::ALL.into_iter().flat_map(|architecture| inputs.map(|inputs| (architecture, inputs)))
        {
            let mut benchmark = benchmark(architecture, gene_features, tracks);
            let windows = benchmark.windows(3);
            assert_eq!(windows, benchmark.windows(3));
            let predictions = benchmark.predict(&windows).expect("predicts");
            assert_eq!(predictions.len(), 3);
            assert!(predictions.iter().flat_map(|window| &window.log2_tpm).all(|value| value.is_finite()));
            let losses: Vec<f64> = (0..20).map(|_| benchmark.train_step(&windows).expect("a step")).collect();
            // Networks of bases alone start far from 0; the initial loss of the others is within the noise of dropout.
            let has_learned =
                losses[19] < losses[0] || benchmark.network().gene_features + benchmark.network().tracks > 0;
            assert!(has_learned && losses[19].is_finite(), "{architecture}: {losses:?}");
        }
    }

    #[test]
    fn benchmark_too_short_window_returns_error() {
        let network = NetworkConfig::preset(Preset::Small, 60, 2);
        let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
        assert!(Benchmark::new(network, Extent { upstream_bp: 10, downstream_bp: 10 }, &device).is_err());
    }
}
