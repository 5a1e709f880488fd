//! Names of presets and architectures.

use clap::ValueEnum;
use tatabox_model::{Architecture, Preset};

/// Named sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Suited to training on a CPU
    Small,
    /// About four times the multiply-adds
    Base,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Small => Self::Small,
            PresetName::Base => Self::Base,
        }
    }
}

/// Architectures: the hybrid, and simpler networks without some of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ArchitectureName {
    /// Convolutions, GRU and attention
    Hybrid,
    /// Convolutions and GRU, averaged over the promoter
    CnnGru,
    /// Convolutions and attention: motifs and their positions, without their neighbours
    CnnAttention,
    /// GRU and attention on single bases; trains slowly, with one step per base
    GruAttention,
    /// Convolutions, averaged over the promoter: motifs without their positions
    Cnn,
    /// Multilayer perceptron on the frequencies of k-mers of 1 to 5 bases
    KmerMlp,
}

impl From<ArchitectureName> for Architecture {
    fn from(name: ArchitectureName) -> Self {
        match name {
            ArchitectureName::Hybrid => Self::Hybrid,
            ArchitectureName::CnnGru => Self::CnnGru,
            ArchitectureName::CnnAttention => Self::CnnAttention,
            ArchitectureName::GruAttention => Self::GruAttention,
            ArchitectureName::Cnn => Self::Cnn,
            ArchitectureName::KmerMlp => Self::KmerMlp,
        }
    }
}
