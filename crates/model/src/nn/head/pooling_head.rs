//! From the positions of a promoter to one output a cell type, with attention or without.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Device;

use super::attention_head::{AttentionHead, AttentionHeadConfig};
use super::mean_head::{MeanHead, MeanHeadConfig};
use crate::nn::NetworkConfig;

/// How the positions of a promoter become one vector.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process holds a handful of networks")]
pub enum PoolingHead {
    /// Weighed by attention.
    Attention(AttentionHead),
    /// Averaged.
    Mean(MeanHead),
}

impl PoolingHead {
    /// The head of `config` for positions of `input` channels.
    pub(crate) fn new(config: &NetworkConfig, input: usize, device: &Device) -> Self {
        let (hidden, outputs, dropout) = (config.head_hidden, config.outputs, config.head_dropout);
        if config.architecture.has_attention() {
            // Of a GRU, as many as it has hidden units a direction.
            let (heads, scoring) = (config.attention_heads, input / 2);
            let head = AttentionHeadConfig::new(input, heads, scoring, hidden, outputs, dropout);
            Self::Attention(head.with_gene_features(config.gene_features).init(device))
        } else {
            let head = MeanHeadConfig::new(input, hidden, outputs, dropout);
            Self::Mean(head.with_gene_features(config.gene_features).init(device))
        }
    }

    /// The last layer: one output a cell type.
    pub(crate) fn output(&self) -> &Linear {
        match self {
            Self::Attention(head) => &head.output,
            Self::Mean(head) => &head.output,
        }
    }

    /// The layer before it, which reads the gene features in its last rows, to be replaced.
    pub(crate) fn hidden_mut(&mut self) -> &mut Linear {
        match self {
            Self::Attention(head) => &mut head.hidden,
            Self::Mean(head) => &mut head.hidden,
        }
    }

    /// Tells that the layer before the last reads so many gene features.
    pub(crate) fn set_gene_features(&mut self, gene_features: usize) {
        match self {
            Self::Attention(head) => head.gene_features = gene_features,
            Self::Mean(head) => head.gene_features = gene_features,
        }
    }

    /// The last layer, to be replaced.
    pub(crate) fn output_mut(&mut self) -> &mut Linear {
        match self {
            Self::Attention(head) => &mut head.output,
            Self::Mean(head) => &mut head.output,
        }
    }
}
