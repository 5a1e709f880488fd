//! Windows of one length as tensors.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};

use crate::encoded_windows::{EncodedWindows, WindowEncoder};
use crate::kmer_features::KMER_FEATURES;
use crate::model_inputs::ModelInputs;
use crate::network_config::NetworkConfig;
use crate::precision::Precision;
use crate::promoter_window::{ModelWindow, WindowView};

/// Channels of the one-hot input: A, C, G, T.
pub const NUCLEOTIDES: usize = 4;

/// A batch ready for the network.
#[derive(Clone, Debug)]
pub struct WindowBatch {
    /// `[batch, length]`, one byte a base: 0 to 3 for A, C, G, T and 4 for N.
    pub codes: Tensor<2, Int>,
    /// For each convolutional stage, which of its output positions hold a known base: `[batch, positions]` of 0
    /// and 1. `None` where all do, which is the rule, and costs nothing.
    pub known: Vec<Option<Tensor<2>>>,
    /// Index of the TSS base in the window; may lie outside.
    pub tss_index: i64,
    /// `[batch, 1364]`, see [`kmer_features`](fn@crate::kmer_features); only for a network that reads them.
    pub kmers: Option<Tensor<2>>,
    /// `[batch, features]` of the genes, z-scores; only for a network that reads them.
    pub gene_features: Option<Tensor<2>>,
    /// `[batch, tracks, length]`, z-scores, 0 where there is no sequence; only for a network that reads them.
    pub tracks: Option<Tensor<3>>,
    precision: Precision,
}

impl WindowBatch {
    /// Brings prepared windows to `device`: a sixteenth of the bytes that the one-hot would be.
    pub(crate) fn new(encoded: EncodedWindows, device: &Device, precision: Precision) -> Self {
        let windows = encoded.windows;
        let length = encoded.codes.len() / windows;
        let codes = TensorData::new(encoded.codes, [windows, length]);
        let matrix = |values: Vec<f32>| {
            let columns = values.len() / windows;
            Tensor::from_data(TensorData::new(values, [windows, columns]), device)
        };
        Self {
            codes: Tensor::from_data(codes, (device, DType::U8)),
            known: encoded.known.into_iter().map(|known| known.map(matrix)).collect(),
            tss_index: encoded.tss_index,
            kmers: encoded.kmers.map(|kmers| {
                debug_assert_eq!(kmers.len(), windows * KMER_FEATURES);
                matrix(kmers)
            }),
            gene_features: encoded.gene_features.map(matrix),
            tracks: encoded.tracks.map(|tracks| {
                let shape = [windows, length, tracks.len() / (windows * length)];
                Tensor::<3>::from_data(TensorData::new(tracks, shape), device).swap_dims(1, 2)
            }),
            precision,
        }
    }

    /// The one-hot code, made on the device. Layers compute in the precision of what they are given, so that this
    /// chooses it for all.
    ///
    /// # Shapes
    /// `[batch, 4, length]`, channels A, C, G, T; N is all zeros.
    pub fn one_hot(&self) -> Tensor<3> {
        let nucleotides = TensorData::new(vec![0u8, 1, 2, 3], [1, NUCLEOTIDES, 1]);
        let nucleotides = Tensor::<3, Int>::from_data(nucleotides, (&self.codes.device(), DType::U8));
        self.codes.clone().unsqueeze_dim::<3>(1).equal(nucleotides).cast(self.precision.dtype())
    }
}

/// Turns nucleotide codes into batches for one network.
#[derive(Clone, Debug)]
pub struct WindowBatcher {
    encoder: WindowEncoder,
    device: Device,
    precision: Precision,
}

impl WindowBatcher {
    /// A batcher for networks of this configuration, in full precision.
    pub fn new(config: &NetworkConfig, device: Device) -> Self {
        Self { encoder: WindowEncoder::new(config), device, precision: Precision::F32 }
    }

    /// The same in another precision.
    #[must_use]
    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The same with gene features and tracks as the data set holds them, and not as z-scores.
    #[must_use]
    pub fn with_inputs(self, inputs: &ModelInputs) -> Self {
        Self { encoder: self.encoder.with_inputs(inputs), ..self }
    }

    /// Encodes windows, all of one length. N is put before the first base where the length is no multiple of
    /// the network's pooling, so that no base at the 3' end is lost.
    ///
    /// # Panics
    /// If `windows` is empty or of unequal lengths, or lacks what the network reads beside the bases.
    pub fn batch<W: ModelWindow>(&self, windows: &[W], tss_index: i64) -> WindowBatch {
        let views: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        self.batch_of(&views, tss_index)
    }

    pub(crate) fn batch_of(&self, windows: &[WindowView], tss_index: i64) -> WindowBatch {
        WindowBatch::new(self.encoder.encode_all(windows, tss_index), &self.device, self.precision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::network_config::Preset;
    use tatabox_sequence::{UNKNOWN, encode_one_hot};

    #[test]
    fn the_one_hot_of_the_device_is_that_of_the_sequence_crate() {
        let code = |window: usize, base: usize| ((base * base + window) % 7).min(4) as u8;
        let windows: Vec<Vec<u8>> = (0..3).map(|window| (0..304).map(|base| code(window, base)).collect()).collect();
        let windows: Vec<&[u8]> = windows.iter().map(Vec::as_slice).collect();
        let mut expected = vec![0.0; 3 * 4 * 304];
        for (window, expected) in windows.iter().zip(expected.chunks_exact_mut(4 * 304)) {
            assert!(window.contains(&UNKNOWN));
            encode_one_hot(window, expected);
        }
        let config = NetworkConfig::preset(Preset::Small, 300, 1);
        for device in [device::cpu(), device::cpu().autodiff()] {
            let one_hot = WindowBatcher::new(&config, device).batch(&windows, 250).one_hot();
            assert_eq!(one_hot.dims(), [3, 4, 304]);
            let one_hot: Vec<f32> = one_hot.into_data().try_to_vec().expect("f32");
            assert!(one_hot == expected);
        }
    }

    #[test]
    fn masks_and_counts_keep_their_shapes() {
        let config = NetworkConfig::preset(Preset::Small, 300, 1);
        let mut window = vec![UNKNOWN; 16];
        window.extend([2; 8]);
        let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&window, &window], 20);
        let known = batch.known[2].clone().expect("two positions hold only N");
        assert_eq!(known.dims(), [2, 3]);
        let known: Vec<f32> = known.into_data().try_to_vec().expect("f32");
        assert_eq!(known, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        assert!(batch.kmers.is_none(), "the hybrid reads none");
    }
}
