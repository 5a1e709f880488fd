//! Encoded windows of one length in main memory.

use std::ops::Range;

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::device::Precision;
use crate::nn::{KMER_FEATURES, NUCLEOTIDES, WindowBatch};

/// Batch of windows encoded for a network, in main memory: nucleotide codes, masks of known positions, k-mer features
/// and auxiliary inputs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EncodedWindows {
    /// `[windows, length]`: 0 to 3 for A, C, G, T and 4 for N.
    pub codes: Vec<u8>,
    pub windows: usize,
    /// Per convolutional stage, which output positions hold a known base: `[windows, positions]` of 0 and 1, or `None`
    /// where all do.
    pub known: Vec<Option<Vec<f32>>>,
    /// `[windows, 1364]`, only for a network that reads them.
    pub kmers: Option<Vec<f32>>,
    /// `[windows, features]` of the genes, z-scores; only for a network that reads them.
    pub gene_features: Option<Vec<f32>>,
    /// `[windows, length, tracks]`, z-scores; only for a network that reads them.
    pub tracks: Option<Vec<f32>>,
    /// Index of the TSS base in the window; may be outside the window.
    pub tss_index: i64,
}

impl EncodedWindows {
    /// Bases per window.
    pub fn length(&self) -> usize {
        self.codes.len() / self.windows
    }

    /// Bases of some of the windows, one window after the other.
    pub fn codes_of(&self, windows: Range<usize>) -> &[u8] {
        &self.codes[windows.start * self.length()..windows.end * self.length()]
    }

    /// Gene features of some of the windows, one window after the other.
    pub fn gene_features_of(&self, windows: Range<usize>) -> Option<&[f32]> {
        self.gene_features.as_deref().map(|values| part(values, self.windows, windows))
    }

    /// Tracks of some of the windows, one window after the other.
    pub fn tracks_of(&self, windows: Range<usize>) -> Option<&[f32]> {
        self.tracks.as_deref().map(|values| part(values, self.windows, windows))
    }

    /// Uploads the windows to `device` as codes, a sixteenth of the bytes of their one-hot encoding.
    pub fn upload(self, device: &Device, precision: Precision) -> WindowBatch {
        let windows = self.windows;
        let length = self.codes.len() / windows;
        let codes = TensorData::new(self.codes, [windows, length]);
        let matrix = |values: Vec<f32>| {
            let columns = values.len() / windows;
            Tensor::from_data(TensorData::new(values, [windows, columns]), device)
        };
        WindowBatch {
            codes: Tensor::from_data(codes, (device, DType::U8)),
            known: self.known.into_iter().map(|known| known.map(matrix)).collect(),
            tss_index: self.tss_index,
            kmers: self.kmers.map(|kmers| {
                debug_assert_eq!(kmers.len(), windows * KMER_FEATURES);
                matrix(kmers)
            }),
            gene_features: self.gene_features.map(matrix),
            tracks: self.tracks.map(|tracks| {
                let shape = [windows, length, tracks.len() / (windows * length)];
                Tensor::<3>::from_data(TensorData::new(tracks, shape), device).swap_dims(1, 2)
            }),
            precision,
        }
    }

    /// Mask of known positions of some of the windows after a stage; `None` where all positions of the batch are known.
    pub fn known_of(&self, stage: usize, windows: Range<usize>) -> Option<&[f32]> {
        self.known[stage].as_deref().map(|values| part(values, self.windows, windows))
    }
}

/// One-hot encoding, `[bases, 4]`; N is all zeros.
pub(crate) fn one_hot(codes: &[u8]) -> Vec<f32> {
    let mut one_hot = vec![0.0; codes.len() * NUCLEOTIDES];
    for (row, &code) in one_hot.chunks_exact_mut(NUCLEOTIDES).zip(codes) {
        if let Some(value) = row.get_mut(usize::from(code)) {
            *value = 1.0;
        }
    }
    one_hot
}

/// Values of some of `count` windows.
fn part(values: &[f32], count: usize, windows: Range<usize>) -> &[f32] {
    let each = values.len() / count;
    &values[windows.start * each..windows.end * each]
}
