//! Comparators by name.

use tatabox_baselines::Baseline;
use tatabox_model::Architecture;
use tatabox_sequence::Shuffle;

use super::AvailableInputs;

/// Model to compare a network with.
///
/// # Examples
///
/// ```
/// use tatabox::comparators::Comparator;
///
/// let names: Vec<&str> = Comparator::all().into_iter().map(Comparator::name).collect();
/// assert!(names.contains(&"kmer-ridge") && names.contains(&"model-di-shuffled"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// Baseline without a network.
    Baseline(Baseline),
    /// Network of another architecture, trained with the settings of the model on expression alone.
    Network(Architecture),
    /// The network without auxiliary inputs, trained with the settings of the model.
    BasesOnly,
    /// The network without assays and source model, trained with the settings of the model on expression alone.
    ExpressionOnly,
    /// The model, applied to promoters with shuffled bases.
    Shuffled(Shuffle),
}

impl Comparator {
    /// Every comparator, in the order of tables.
    pub fn all() -> Vec<Self> {
        let simpler = Architecture::ALL.into_iter().filter(|&architecture| architecture != Architecture::Hybrid);
        let networks = simpler.map(Self::Network);
        let shuffled = [Shuffle::Mononucleotide, Shuffle::Dinucleotide].map(Self::Shuffled);
        networks
            .chain([Self::BasesOnly, Self::ExpressionOnly])
            .chain(Baseline::ALL.map(Self::Baseline))
            .chain(shuffled)
            .collect()
    }

    /// Name of the comparator; baselines and networks have it in tables too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline(baseline) => baseline.name(),
            Self::Network(architecture) => architecture.name(),
            Self::BasesOnly => "bases-only",
            Self::ExpressionOnly => "expression-only",
            Self::Shuffled(Shuffle::Mononucleotide) => "model-mono-shuffled",
            Self::Shuffled(Shuffle::Dinucleotide) => "model-di-shuffled",
        }
    }

    /// Description in one line.
    pub fn description(self) -> &'static str {
        match self {
            Self::Baseline(baseline) => baseline.description(),
            Self::Network(Architecture::Hybrid) => "the network itself",
            Self::Network(Architecture::CnnGru) => "network of convolutions and GRU, without attention",
            Self::Network(Architecture::CnnAttention) => "network of convolutions and attention, without GRU",
            Self::Network(Architecture::GruAttention) => {
                "network of GRU and attention on single bases; trains for an hour"
            }
            Self::Network(Architecture::Cnn) => "network of convolutions alone",
            Self::Network(Architecture::KmerMlp) => "multilayer perceptron on k-mer frequencies",
            Self::BasesOnly => "the network without auxiliary inputs, trained on every gene with sequence",
            Self::ExpressionOnly => "the network without assays and source model, trained on expression alone",
            Self::Shuffled(Shuffle::Mononucleotide) => "the model, applied to promoters with shuffled bases",
            Self::Shuffled(Shuffle::Dinucleotide) => {
                "the model, applied to promoters shuffled with preserved dinucleotide counts"
            }
        }
    }

    /// Whether predicting with it trains a network, which takes minutes the first time.
    pub fn trains_network(self) -> bool {
        matches!(self, Self::Network(_) | Self::BasesOnly | Self::ExpressionOnly)
    }

    /// Whether its inputs are available.
    pub(super) fn is_applicable(self, available: AvailableInputs) -> bool {
        match self {
            Self::Baseline(Baseline::OtherCellTypesMean) => available.several_cell_types,
            Self::Baseline(baseline) => available.gene_features || !baseline.needs_features(),
            Self::BasesOnly => available.auxiliary_inputs,
            Self::ExpressionOnly => available.assays,
            Self::Network(_) | Self::Shuffled(_) => true,
        }
    }

    /// Whether it takes as long as all others together, so that [`ComparatorChoice::All`](super::ComparatorChoice::All)
    /// excludes it.
    pub(super) fn is_slow(self) -> bool {
        self == Self::Network(Architecture::GruAttention)
    }

    /// Whether it takes seconds.
    pub(super) fn is_fast(self) -> bool {
        match self {
            Self::Baseline(baseline) => baseline.is_fast(),
            Self::Network(_) | Self::BasesOnly | Self::ExpressionOnly => false,
            Self::Shuffled(_) => true,
        }
    }
}
