//! Batch of windows as tensors.

use burn::tensor::{DType, Int, Tensor, TensorData};

use crate::device::Precision;

/// Channels of the one-hot input: A, C, G, T.
pub const NUCLEOTIDES: usize = 4;

/// Batch of windows of one length, encoded for a network.
#[derive(Clone, Debug)]
pub struct WindowBatch {
    /// `[batch, length]`, one byte per base: 0 to 3 for A, C, G, T and 4 for N.
    pub codes: Tensor<2, Int>,
    /// Per convolutional stage, which output positions hold a known base: `[batch, positions]` of 0 and 1. `None` where
    /// all do.
    pub known: Vec<Option<Tensor<2>>>,
    /// Index of the TSS base in the window; may be outside the window.
    pub tss_index: i64,
    /// `[batch, 1364]`, see [`kmer_features`](fn@crate::kmer_features); only for a network that reads them.
    pub kmers: Option<Tensor<2>>,
    /// `[batch, features]` of the genes, z-scores; only for a network that reads them.
    pub gene_features: Option<Tensor<2>>,
    /// `[batch, tracks, length]`, z-scores, 0 where there is no sequence; only for a network that reads them.
    pub tracks: Option<Tensor<3>>,
    pub(crate) precision: Precision,
}

impl WindowBatch {
    /// One-hot encoding, computed on the device. Layers compute in the precision of their input, so this sets the
    /// precision of all.
    ///
    /// # Shapes
    /// `[batch, 4, length]`, channels A, C, G, T; N is all zeros.
    pub fn one_hot(&self) -> Tensor<3> {
        let nucleotides = TensorData::new(vec![0u8, 1, 2, 3], [1, NUCLEOTIDES, 1]);
        let nucleotides = Tensor::<3, Int>::from_data(nucleotides, (&self.codes.device(), DType::U8));
        self.codes.clone().unsqueeze_dim::<3>(1).equal(nucleotides).cast(self.precision.dtype())
    }
}
