//! Pooling head: from the positions of a promoter to one output per cell type.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Device;

use super::attention_head::{AttentionHead, AttentionHeadConfig};
use super::mean_head::{MeanHead, MeanHeadConfig};
use crate::nn::NetworkConfig;

/// Pooling of the positions of a promoter into one vector, and the regression head.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process holds a handful of networks")]
pub enum PoolingHead {
    /// Weighted by attention.
    Attention(AttentionHead),
    /// Averaged.
    Mean(MeanHead),
}

impl PoolingHead {
    /// Head of `config` for positions of `input` channels.
    pub(crate) fn new(config: &NetworkConfig, input: usize, device: &Device) -> Self {
        let (hidden, outputs, dropout) = (config.head_hidden, config.outputs, config.head_dropout);
        if config.architecture.has_attention() {
            // After a GRU this is its number of hidden units per direction.
            let (heads, scoring) = (config.attention_heads, input / 2);
            let head = AttentionHeadConfig::new(input, heads, scoring, hidden, outputs, dropout);
            Self::Attention(head.with_gene_features(config.gene_features).init(device))
        } else {
            let head = MeanHeadConfig::new(input, hidden, outputs, dropout);
            Self::Mean(head.with_gene_features(config.gene_features).init(device))
        }
    }

    /// Output layer, with one output per cell type.
    pub(crate) fn output(&self) -> &Linear {
        match self {
            Self::Attention(head) => &head.output,
            Self::Mean(head) => &head.output,
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
