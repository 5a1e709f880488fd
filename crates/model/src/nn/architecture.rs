//! Network architectures: the hybrid network and its ablations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Architecture of a network. All are trained by the same loop, so that their scores show the contribution of each
/// component of the hybrid.
///
/// # Examples
/// ```
/// use tatabox_model::Architecture;
///
/// let without_gru = Architecture::ALL.into_iter().filter(|architecture| !architecture.has_gru());
/// let names: Vec<&str> = without_gru.map(Architecture::name).collect();
/// assert_eq!(names, ["cnn-attention", "cnn", "kmer-mlp"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// Motif convolutions, bidirectional GRU, attention pooling.
    #[default]
    Hybrid,
    /// The hybrid with the mean over known positions in place of attention.
    CnnGru,
    /// Motif convolutions and attention pooling. It models motif positions, but not the order of neighbouring motifs.
    CnnAttention,
    /// GRU and attention pooling on single bases, one step per base, without motif filters.
    GruAttention,
    /// Motif convolutions and the mean over known positions. It counts motifs and ignores their positions.
    Cnn,
    /// Multilayer perceptron on the k-mer frequencies of the window. It models no order beyond five bases.
    KmerMlp,
}

impl Architecture {
    /// Every architecture, from the most components to the fewest.
    pub const ALL: [Self; 6] =
        [Self::Hybrid, Self::CnnGru, Self::CnnAttention, Self::GruAttention, Self::Cnn, Self::KmerMlp];

    /// Name, as in config.json.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hybrid => "hybrid",
            Self::CnnGru => "cnn-gru",
            Self::CnnAttention => "cnn-attention",
            Self::GruAttention => "gru-attention",
            Self::Cnn => "cnn",
            Self::KmerMlp => "kmer-mlp",
        }
    }

    /// Whether the input is the sequence, base by base, rather than k-mer frequencies.
    pub fn reads_bases(self) -> bool {
        self != Self::KmerMlp
    }

    /// Whether the network has motif convolutions.
    pub fn has_convolutions(self) -> bool {
        !matches!(self, Self::GruAttention | Self::KmerMlp)
    }

    /// Whether the network has a bidirectional GRU.
    pub fn has_gru(self) -> bool {
        matches!(self, Self::Hybrid | Self::CnnGru | Self::GruAttention)
    }

    /// Whether positions are pooled by attention rather than by their mean.
    pub fn has_attention(self) -> bool {
        matches!(self, Self::Hybrid | Self::CnnAttention | Self::GruAttention)
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architecture_name_equals_its_json() {
        for architecture in Architecture::ALL {
            let json = serde_json::to_string(&architecture).expect("JSON");
            assert_eq!(json, format!("\"{architecture}\""));
        }
    }
}
