//! Networks as they are named on the command line.

use clap::ValueEnum;
use tatabox_model::{Architecture, Preset};

/// Named sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Made for training on a CPU
    Small,
    /// About four times the arithmetic
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

/// Networks: the hybrid, and what is left of it when parts are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ArchitectureName {
    /// Convolutions, GRU and attention
    Hybrid,
    /// Convolutions and GRU, averaged over the promoter
    CnnGru,
    /// Convolutions and attention: motifs and their places, but not their neighbours
    CnnAttention,
    /// GRU and attention on single bases, which trains slowly: a step for each base
    GruAttention,
    /// Convolutions, averaged over the promoter: motifs without their places
    Cnn,
    /// Multilayer perceptron on the frequencies of words of 1 to 5 bases
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
