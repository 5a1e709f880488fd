//! Which parts a network is made of: the hybrid, and what is left when parts are taken away.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The networks that one training loop trains, so that each part of the hybrid can show what it is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// Motif convolutions, bidirectional GRU, attention pooling.
    #[default]
    Hybrid,
    /// The hybrid with the mean over known positions in place of attention.
    CnnGru,
    /// Motif convolutions and attention pooling. It sees where motifs lie, but not which lie beside which.
    CnnAttention,
    /// GRU and attention pooling on single bases, one step a base. It has no motifs to begin with.
    GruAttention,
    /// Motif convolutions and the mean over known positions. It counts motifs and does not see where they lie.
    Cnn,
    /// A multilayer perceptron on the k-mer frequencies of the window. It sees no order beyond five bases.
    KmerMlp,
}

impl Architecture {
    /// Every architecture, from the most parts to the fewest.
    pub const ALL: [Self; 6] =
        [Self::Hybrid, Self::CnnGru, Self::CnnAttention, Self::GruAttention, Self::Cnn, Self::KmerMlp];

    /// Name in config.json and on the command line.
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

    /// Whether it reads bases one by one, rather than how often words occur.
    pub fn reads_bases(self) -> bool {
        self != Self::KmerMlp
    }

    /// Whether bases go through motif convolutions.
    pub fn has_convolutions(self) -> bool {
        !matches!(self, Self::GruAttention | Self::KmerMlp)
    }

    /// Whether a GRU reads the promoter from both ends.
    pub fn has_gru(self) -> bool {
        matches!(self, Self::Hybrid | Self::CnnGru | Self::GruAttention)
    }

    /// Whether positions are weighed, rather than averaged.
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
    fn names_are_those_of_the_configuration_file() {
        for architecture in Architecture::ALL {
            let json = serde_json::to_string(&architecture).expect("JSON");
            assert_eq!(json, format!("\"{architecture}\""));
        }
    }
}
