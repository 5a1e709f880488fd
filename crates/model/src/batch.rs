//! Windows of one length as tensors.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use tatabox_sequence::{UNKNOWN, encode_one_hot};

use crate::kmer_features::{KMER_FEATURES, kmer_features};
use crate::network_config::NetworkConfig;

/// Channels of the one-hot input: A, C, G, T.
pub const NUCLEOTIDES: usize = 4;

/// A batch ready for the network.
#[derive(Clone, Debug)]
pub struct WindowBatch {
    /// `[batch, 4, length]`, channels A, C, G, T; N is all zeros.
    pub one_hot: Tensor<3>,
    /// For each convolutional stage, which of its output positions hold a known base: `[batch, positions]` of 0
    /// and 1. `None` where all do, which is the rule, and costs nothing.
    pub known: Vec<Option<Tensor<2>>>,
    /// Index of the TSS base in the window; may lie outside.
    pub tss_index: i64,
    /// `[batch, 1364]`, see [`kmer_features`]; only for a network that reads them.
    pub kmers: Option<Tensor<2>>,
}

/// Turns nucleotide codes into batches for one network.
#[derive(Clone, Debug)]
pub struct WindowBatcher {
    /// Bases under one output position of each stage.
    strides: Vec<usize>,
    counts_kmers: bool,
    device: Device,
}

impl WindowBatcher {
    /// A batcher for networks of this configuration.
    pub fn new(config: &NetworkConfig, device: Device) -> Self {
        let strides = config
            .stages
            .iter()
            .scan(1, |stride, stage| {
                *stride *= stage.pool;
                Some(*stride)
            })
            .collect();
        Self { strides, counts_kmers: !config.architecture.has_convolutions(), device }
    }

    /// Encodes windows, all of one length. N is put before the first base where the length is no multiple of
    /// the network's pooling, so that no base at the 3' end is lost.
    ///
    /// # Panics
    /// If `windows` is empty or of unequal lengths.
    pub fn batch(&self, windows: &[&[u8]], tss_index: i64) -> WindowBatch {
        let total_pool = self.strides.last().copied().unwrap_or(1);
        let window_length = windows[0].len();
        let length = window_length.next_multiple_of(total_pool).max(total_pool);
        let padding = length - window_length;

        let mut one_hot = vec![0.0f32; windows.len() * NUCLEOTIDES * length];
        let padded: Vec<Vec<u8>> = one_hot
            .par_chunks_mut(NUCLEOTIDES * length)
            .zip(windows)
            .map(|(encoded, window)| {
                assert_eq!(window.len(), window_length, "windows of one batch have one length");
                let mut padded = vec![UNKNOWN; padding];
                padded.extend_from_slice(window);
                encode_one_hot(&padded, encoded);
                padded
            })
            .collect();

        WindowBatch {
            one_hot: Tensor::from_data(TensorData::new(one_hot, [windows.len(), NUCLEOTIDES, length]), &self.device),
            known: self.strides.iter().map(|&stride| self.known_positions(&padded, stride)).collect(),
            tss_index: tss_index + padding as i64,
            kmers: self.counts_kmers.then(|| self.kmers(windows)),
        }
    }

    fn kmers(&self, windows: &[&[u8]]) -> Tensor<2> {
        let mut features = vec![0.0; windows.len() * KMER_FEATURES];
        features
            .par_chunks_mut(KMER_FEATURES)
            .zip(windows)
            .for_each(|(features, window)| features.copy_from_slice(&kmer_features(window)));
        Tensor::from_data(TensorData::new(features, [windows.len(), KMER_FEATURES]), &self.device)
    }

    fn known_positions(&self, windows: &[Vec<u8>], stride: usize) -> Option<Tensor<2>> {
        let known: Vec<f32> = windows
            .iter()
            .flat_map(|window| {
                window.chunks_exact(stride).map(|bases| f32::from(u8::from(bases.iter().any(|&base| base != UNKNOWN))))
            })
            .collect();
        if known.iter().all(|&known| known > 0.5) {
            return None;
        }
        let positions = known.len() / windows.len();
        Some(Tensor::from_data(TensorData::new(known, [windows.len(), positions]), &self.device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::network_config::Preset;

    #[test]
    fn a_short_window_is_padded_upstream_and_the_tss_moves_along() {
        let config = NetworkConfig::preset(Preset::Small, 300, 1); // pools of 8 bp in all
        let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&[0, 1, 2, 3, 0]], 2);
        assert_eq!(batch.one_hot.dims(), [1, 4, 8]);
        assert_eq!(batch.tss_index, 5);
        let values: Vec<f32> = batch.one_hot.into_data().try_to_vec().expect("f32");
        assert_eq!(values[..8], [0., 0., 0., 1., 0., 0., 0., 1.]); // the A row
        assert!(batch.known[2].is_none(), "the one position holds known bases");
    }

    #[test]
    fn positions_of_n_alone_are_marked() {
        let config = NetworkConfig::preset(Preset::Small, 300, 1);
        let mut window = vec![UNKNOWN; 16];
        window.extend([2; 8]);
        let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&window], 20);
        let known = batch.known[2].clone().expect("two positions hold only N");
        let known: Vec<f32> = known.into_data().try_to_vec().expect("f32");
        assert_eq!(known, [0.0, 0.0, 1.0]);
    }
}
