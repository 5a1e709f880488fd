//! Motif filters: the filters of the first convolution over bases.

use tatabox_sequence::UNKNOWN;

use crate::bundle::TrainedModel;
use crate::cpu::NetworkWeights;
use crate::error::ModelError;
use crate::nn::{NUCLEOTIDES, Network};

/// Kernel positions per lookup table.
const TAPS: usize = 3;

/// Number of trimers.
const TRIMERS: usize = NUCLEOTIDES * NUCLEOTIDES * NUCLEOTIDES;

/// Filters of the first convolution of a network, for running over windows of bases.
///
/// Activations are sums of lookup tables indexed by trimers, as in the CPU kernels. For networks that read signal
/// tracks, they are the activations with every track at its mean.
///
/// # Examples
/// ```
/// # use tatabox_dataset::{Extent, TargetTransform};
/// # use tatabox_model::{NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig, TrainingData, cpu};
/// # use tatabox_sequence::WindowGeometry;
/// use tatabox_model::{FilterSites, MotifFilters};
///
/// # let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
/// # let (name, geometry) = ("example".to_owned(), WindowGeometry::new(50, 10)?);
/// # let data = TrainingData { name, checksum: String::new(), geometry, extent, simulated: true };
/// # let network = NetworkConfig::preset(Preset::Small, 60, 1);
/// # let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
/// # let network = config.network.init(config.seed, &cpu())?;
/// # let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![0.0], sd: vec![1.0] };
/// # let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
/// let filters = MotifFilters::of(&model)?;
/// assert_eq!(filters.count(), model.config.network.stages[0].filters);
/// let windows = vec![(0..60).map(|base| base * 3 / 2 % 4).collect::<Vec<u8>>()];
/// let sites = FilterSites::find(&filters, &windows);
/// assert_eq!(sites.len(), filters.count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MotifFilters {
    filters: usize,
    kernel: usize,
    /// `[kernel / 3, 64, filters]`; the rows of the first table include the bias.
    tables: Vec<f32>,
}

impl MotifFilters {
    /// Filters of a model.
    ///
    /// # Errors
    /// [`ModelError::NoFilters`] if its architecture has no convolutions.
    pub fn of(model: &TrainedModel) -> Result<Self, ModelError> {
        let architecture = model.config.network.architecture.name();
        Self::of_network(&model.network).ok_or(ModelError::NoFilters { architecture })
    }

    /// Filters of a network; `None` if it has no convolutions.
    pub(crate) fn of_network(network: &Network) -> Option<Self> {
        let Network::Convolutional(network) = network else { return None };
        let weights = NetworkWeights::of(network);
        let stage = weights.stages.first()?;
        Some(Self::new(stage.filters, stage.channels_in, &stage.motifs, &stage.bias))
    }

    /// Filters from weights `[kernel, channels, filters]`, with the bases as the first channels, and biases
    /// `[filters]`.
    fn new(filters: usize, channels: usize, motifs: &[f32], bias: &[f32]) -> Self {
        let kernel = motifs.len() / (channels * filters);
        let mut tables = vec![0.0; kernel.div_ceil(TAPS) * TRIMERS * filters];
        for (index, row) in tables.chunks_exact_mut(filters).enumerate() {
            let (table, trimer) = (index / TRIMERS, index % TRIMERS);
            if table == 0 {
                row.copy_from_slice(bias);
            }
            for offset in 0..TAPS {
                let (tap, base) = (table * TAPS + offset, trimer >> (2 * (TAPS - 1 - offset)) & 3);
                if tap < kernel {
                    let from = (tap * channels + base) * filters;
                    row.iter_mut().zip(&motifs[from..from + filters]).for_each(|(sum, weight)| *sum += weight);
                }
            }
        }
        Self { filters, kernel, tables }
    }

    /// Number of filters.
    pub fn count(&self) -> usize {
        self.filters
    }

    /// Width of the filters in bp.
    pub fn kernel(&self) -> usize {
        self.kernel
    }

    /// Runs the filters over the bases of a window.
    ///
    /// `visit` receives the index of the first base and the activation of every filter before the ReLU. Positions at
    /// which the kernel covers an N or reaches beyond the window are skipped.
    pub fn activations(&self, codes: &[u8], mut visit: impl FnMut(usize, &[f32])) {
        let mut sums = vec![0.0; self.filters];
        let mut known = 0;
        for end in 1..=codes.len() {
            known = if codes[end - 1] >= UNKNOWN { 0 } else { known + 1 };
            if known < self.kernel {
                continue;
            }
            let start = end - self.kernel;
            for (table, bases) in codes[start..end].chunks(TAPS).enumerate() {
                // Weights beyond the kernel are zero, so any base can fill up the last trimer.
                let trimer = (0..TAPS)
                    .fold(0, |trimer, offset| trimer << 2 | usize::from(bases.get(offset).copied().unwrap_or(0)));
                let row = &self.tables[(table * TRIMERS + trimer) * self.filters..][..self.filters];
                if table == 0 {
                    sums.copy_from_slice(row);
                } else {
                    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
                }
            }
            visit(start, &sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Tensor, TensorData};
    use rand::RngExt;

    use super::*;
    use crate::device;
    use crate::nn::{Architecture, NetworkConfig, Preset};
    use crate::random_stream::{Purpose, random_stream};

    #[test]
    fn motif_filters_activations_match_burn_convolution() {
        for kernel in [11, 13, 15] {
            let mut config = NetworkConfig::preset(Preset::Small, 300, 2);
            config.stages[0].kernel = kernel;
            let Network::Convolutional(network) = config.build(42, &device::cpu()) else { panic!("reads bases") };
            let stage = &NetworkWeights::of(&network).stages[0];
            let filters = MotifFilters::new(stage.filters, stage.channels_in, &stage.motifs, &stage.bias);
            assert_eq!((filters.count(), filters.kernel()), (stage.filters, kernel));

            let mut rng = random_stream(1, Purpose::Mutation, 0, 0);
            let mut codes: Vec<u8> = (0..60).map(|_| rng.random_range(0..UNKNOWN)).collect();
            codes[40] = UNKNOWN;
            let one_hot: Vec<f32> =
                (0..4).flat_map(|base| codes.iter().map(move |&code| f32::from(u8::from(code == base)))).collect();
            let one_hot = Tensor::<3>::from_data(TensorData::new(one_hot, [1, 4, codes.len()]), &device::cpu());
            let expected: Vec<f32> = network.stages[0].conv.forward(one_hot).into_data().try_to_vec().expect("f32");
            let positions = expected.len() / filters.count();

            let mut starts = Vec::new();
            filters.activations(&codes, |start, activations| {
                starts.push(start);
                for (filter, &activation) in activations.iter().enumerate() {
                    let expected = expected[filter * positions + start + kernel / 2];
                    assert!((activation - expected).abs() < 1e-5, "{activation} differs from {expected}");
                }
            });
            // All positions before and after the N.
            let expected: Vec<usize> = (0..=40 - kernel).chain(41..=60 - kernel).collect();
            assert_eq!(starts, expected);
        }
    }

    #[test]
    fn motif_filters_window_shorter_than_kernel_has_no_positions() {
        let filters = MotifFilters::new(1, 4, &[0.0; 16], &[1.0]);
        filters.activations(&[0, 1, 2], |_, _| panic!("the kernel is wider than the window"));
    }

    #[test]
    fn motif_filters_exist_only_with_convolutions() {
        for architecture in Architecture::ALL {
            let network =
                NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(architecture).build(42, &device::cpu());
            assert_eq!(MotifFilters::of_network(&network).is_some(), architecture.has_convolutions(), "{architecture}");
        }
    }
}
