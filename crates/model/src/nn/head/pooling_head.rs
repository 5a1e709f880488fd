//! Pooling head: from the positions of a promoter to one output per cell type.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};

use super::attention_head::{AttentionHead, AttentionHeadConfig};
use super::mean_head::{MeanHead, MeanHeadConfig};
use crate::nn::{DropoutMask, NetworkConfig};

/// Pooling of the positions of a promoter into one vector, and the regression head.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process holds a handful of networks")]
pub enum PoolingHead {
    /// Weighted by attention.
    Attention(AttentionHead),
    /// Averaged.
    Mean(MeanHead),
}

/// Input that the heads of a network share.
#[derive(Clone, Debug)]
pub(crate) struct HeadInput {
    /// `[batch, positions, channels]`
    pub encoded: Tensor<3>,
    /// `[1, 1, positions]`: logarithm of the distance of each position from the TSS.
    pub distances: Tensor<3>,
    /// `[batch, positions]`, 0 where a position holds only N.
    pub known: Option<Tensor<2>>,
    /// `[batch, features]`
    pub gene_features: Option<Tensor<2>>,
}

impl PoolingHead {
    /// Head of `config` with these outputs for positions of `input` channels. The first head reads the gene features.
    pub(crate) fn new(
        config: &NetworkConfig,
        (outputs, gene_features): (usize, usize),
        input: usize,
        device: &Device,
    ) -> Self {
        let (hidden, dropout) = (config.head_hidden, config.head_dropout);
        if config.architecture.has_attention() {
            // After a GRU this is its number of hidden units per direction.
            let (heads, scoring) = (config.attention_heads, input / 2);
            let head = AttentionHeadConfig::new(input, heads, scoring, hidden, outputs, dropout);
            Self::Attention(head.with_gene_features(gene_features).init(device))
        } else {
            let head = MeanHeadConfig::new(input, hidden, outputs, dropout);
            Self::Mean(head.with_gene_features(gene_features).init(device))
        }
    }

    /// Pools the positions: predictions `[batch, outputs]`, and the attention `[batch, heads, positions]` of a head that
    /// has it.
    pub(crate) fn forward(&self, input: &HeadInput, dropout: &mut DropoutMask) -> (Tensor<2>, Option<Tensor<3>>) {
        let HeadInput { encoded, distances, known, gene_features } = input.clone();
        match self {
            Self::Attention(head) => {
                let (predictions, attention) = head.forward(encoded, distances, known, gene_features, dropout);
                (predictions, Some(attention))
            }
            Self::Mean(head) => (head.forward(encoded, known, gene_features, dropout), None),
        }
    }

    /// Output layer, with one output per cell type.
    pub(crate) fn output(&self) -> &Linear {
        match self {
            Self::Attention(head) => &head.output,
            Self::Mean(head) => &head.output,
        }
    }

    /// Hidden layer before the output layer.
    pub(crate) fn hidden(&self) -> &Linear {
        match self {
            Self::Attention(head) => &head.hidden,
            Self::Mean(head) => &head.hidden,
        }
    }

    /// Hidden layer before the output layer, mutable. Its last input rows belong to the gene features.
    pub(crate) fn hidden_mut(&mut self) -> &mut Linear {
        match self {
            Self::Attention(head) => &mut head.hidden,
            Self::Mean(head) => &mut head.hidden,
        }
    }

    /// Sets the number of gene features that the hidden layer reads.
    pub(crate) fn set_gene_features(&mut self, gene_features: usize) {
        match self {
            Self::Attention(head) => head.gene_features = gene_features,
            Self::Mean(head) => head.gene_features = gene_features,
        }
    }

    /// Output layer, mutable.
    pub(crate) fn output_mut(&mut self) -> &mut Linear {
        match self {
            Self::Attention(head) => &mut head.output,
            Self::Mean(head) => &mut head.output,
        }
    }
}
