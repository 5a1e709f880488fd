//! The filters of the first convolution, each a motif detector over bases.

use tatabox_sequence::UNKNOWN;

use crate::bundle::TrainedModel;
use crate::cpu::NetworkWeights;
use crate::error::ModelError;
use crate::nn::{NUCLEOTIDES, Network};

/// Taps that share a table.
const TAPS: usize = 3;

/// Words of three known bases.
const TRIMERS: usize = NUCLEOTIDES * NUCLEOTIDES * NUCLEOTIDES;

/// The filters of a network's first convolution, ready to be run over windows.
///
/// They are read from tables of what each three bases add, as the network itself reads them. Of a network that reads signal
/// tracks, this is what its filters say where every track is at its mean.
#[derive(Clone, Debug)]
pub struct MotifFilters {
    filters: usize,
    kernel: usize,
    /// `[kernel / 3, 64, filters]`; the bias stands in every row of the first table.
    tables: Vec<f32>,
}

impl MotifFilters {
    /// The filters of a model.
    ///
    /// # Errors
    /// [`ModelError::NoFilters`] where its architecture has no convolutions.
    pub fn of(model: &TrainedModel) -> Result<Self, ModelError> {
        let architecture = model.config.network.architecture.name();
        Self::of_network(&model.network).ok_or(ModelError::NoFilters { architecture })
    }

    /// The filters of a network, where it has any.
    pub(crate) fn of_network(network: &Network) -> Option<Self> {
        let Network::Convolutional(network) = network else { return None };
        let weights = NetworkWeights::of(network);
        let stage = weights.stages.first()?;
        Some(Self::new(stage.filters, stage.channels_in, &stage.motifs, &stage.bias))
    }

    /// Of weights `[kernel, channels, filters]`, the bases first among the channels, and biases `[filters]`.
    fn new(filters: usize, channels: usize, motifs: &[f32], bias: &[f32]) -> Self {
        let kernel = motifs.len() / (channels * filters);
        let mut tables = vec![0.0; kernel.div_ceil(TAPS) * TRIMERS * filters];
        for (index, row) in tables.chunks_exact_mut(filters).enumerate() {
            let (table, trimer) = (index / TRIMERS, index % TRIMERS);
            if table == 0 {
                row.copy_from_slice(bias);
            }
            for place in 0..TAPS {
                let (tap, base) = (table * TAPS + place, trimer >> (2 * (TAPS - 1 - place)) & 3);
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

    /// Bases under a filter.
    pub fn kernel(&self) -> usize {
        self.kernel
    }

    /// Runs the filters over the bases of a window: `visit` is given the index of the first base under them and the
    /// activation of each before its ReLU. Places with an unknown base, and those that reach over the ends, are left out.
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
                // Past the last tap any base stands for none.
                let trimer = (0..TAPS)
                    .fold(0, |trimer, place| trimer << 2 | usize::from(bases.get(place).copied().unwrap_or(0)));
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
    fn activations_are_those_of_the_convolution() {
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
                    assert!((activation - expected).abs() < 1e-5, "{activation} against {expected}");
                }
            });
            // Up to the N and behind it.
            let whole: Vec<usize> = (0..=40 - kernel).chain(41..=60 - kernel).collect();
            assert_eq!(starts, whole);
        }
    }

    #[test]
    fn short_windows_have_no_place_for_a_filter() {
        let filters = MotifFilters::new(1, 4, &[0.0; 16], &[1.0]);
        filters.activations(&[0, 1, 2], |_, _| panic!("three bases under four taps"));
    }

    #[test]
    fn networks_without_convolutions_have_no_filters() {
        for architecture in Architecture::ALL {
            let network =
                NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(architecture).build(42, &device::cpu());
            assert_eq!(MotifFilters::of_network(&network).is_some(), architecture.has_convolutions(), "{architecture}");
        }
    }
}
