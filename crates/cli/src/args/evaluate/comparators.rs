//! Which models an evaluation compares with.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use tatabox_baselines::Baseline;
use tatabox_dataset::PreparedDataset;
use tatabox_model::Architecture;
use tatabox_sequence::Shuffle;

/// Words that stand for several models.
const FAST: &str = "fast";
const ALL: &str = "all";
const NONE: &str = "none";

/// A model to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparator {
    /// One of crate `baselines`.
    Baseline(Baseline),
    /// A simpler network, trained as the model was.
    Network(Architecture),
    /// The network without what it reads beside the bases, trained as the model was.
    BasesOnly,
    /// The model itself, shown shuffled promoters.
    Shuffled(Shuffle),
}

/// What there is of data and model, without which some comparators make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Circumstances {
    /// Whether every gene that is read has features.
    pub(crate) gene_features: bool,
    /// Whether the model reads anything beside the bases.
    pub(crate) model_inputs: bool,
    /// Whether there is more than one cell type.
    pub(crate) several_cell_types: bool,
}

impl Circumstances {
    /// On this data set, for a model that leaves genes without features out if it reads features.
    pub(crate) fn of(dataset: &PreparedDataset, reads_features: bool, reads_beside_bases: bool) -> Self {
        let has_features = |gene: usize| dataset.gene_features(gene).is_some();
        Self {
            gene_features: reads_features || (0..dataset.len()).all(has_features),
            several_cell_types: dataset.cell_types().len() > 1,
            model_inputs: reads_beside_bases,
        }
    }
}

/// What was asked for by one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComparatorChoice {
    One(Comparator),
    /// Those that take seconds.
    Fast,
    All,
    None,
}

impl Comparator {
    /// Every comparator, in the order of the table.
    pub(crate) fn all() -> Vec<Self> {
        let simpler = Architecture::ALL.into_iter().filter(|&architecture| architecture != Architecture::Hybrid);
        let networks = simpler.map(Self::Network);
        let shuffled = [Shuffle::Mononucleotide, Shuffle::Dinucleotide].map(Self::Shuffled);
        networks.chain([Self::BasesOnly]).chain(Baseline::ALL.map(Self::Baseline)).chain(shuffled).collect()
    }

    /// Name on the command line, and of a baseline or network in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Baseline(baseline) => baseline.name(),
            Self::Network(architecture) => architecture.name(),
            Self::BasesOnly => "bases-only",
            Self::Shuffled(Shuffle::Mononucleotide) => "model-mono-shuffled",
            Self::Shuffled(Shuffle::Dinucleotide) => "model-di-shuffled",
        }
    }

    fn help(self) -> &'static str {
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
            Self::BasesOnly => "the network without gene features and tracks, trained on every gene it can read",
            Self::Shuffled(Shuffle::Mononucleotide) => "the model, shown promoters with their bases shuffled",
            Self::Shuffled(Shuffle::Dinucleotide) => {
                "the model, shown promoters shuffled with their dinucleotide counts kept"
            }
        }
    }

    /// Whether it makes sense where there is no more than this.
    fn is_possible(self, known: Circumstances) -> bool {
        match self {
            Self::Baseline(Baseline::OtherCellTypesMean) => known.several_cell_types,
            Self::Baseline(baseline) => known.gene_features || !baseline.needs_features(),
            Self::BasesOnly => known.model_inputs,
            Self::Network(_) | Self::Shuffled(_) => true,
        }
    }

    /// Whether `all` leaves it out, since it takes as long as all others together.
    fn is_slow(self) -> bool {
        self == Self::Network(Architecture::GruAttention)
    }

    fn is_fast(self) -> bool {
        match self {
            Self::Baseline(baseline) => baseline.is_fast(),
            Self::Network(_) | Self::BasesOnly => false,
            Self::Shuffled(_) => true,
        }
    }
}

impl ComparatorChoice {
    /// Each comparator that the words name once, in the order of the table. Words for several name those that make sense.
    pub(crate) fn resolve(choices: &[Self], known: Circumstances) -> Vec<Comparator> {
        let wants = |comparator: &Comparator| {
            choices.iter().any(|choice| match choice {
                Self::One(one) => one == comparator,
                Self::Fast => comparator.is_fast() && comparator.is_possible(known),
                Self::All => !comparator.is_slow() && comparator.is_possible(known),
                Self::None => false,
            })
        };
        Comparator::all().into_iter().filter(wants).collect()
    }

    fn from_word(word: &str) -> Self {
        match word {
            FAST => Self::Fast,
            ALL => Self::All,
            NONE => Self::None,
            name => {
                Comparator::all().into_iter().find(|comparator| comparator.name() == name).map_or(Self::None, Self::One)
            }
        }
    }
}

/// Reads a word of `--baselines`; help and completions list every word there is.
pub(crate) fn parser() -> impl TypedValueParser<Value = ComparatorChoice> {
    let sets = [
        (FAST, "those that take seconds"),
        (ALL, "every one but gru-attention; forest and networks take minutes the first time"),
        (NONE, "the model alone"),
    ];
    let sets = sets.map(|(name, help)| PossibleValue::new(name).help(help));
    let single =
        Comparator::all().into_iter().map(|comparator| PossibleValue::new(comparator.name()).help(comparator.help()));
    PossibleValuesParser::new(sets.into_iter().chain(single)).map(|word| ComparatorChoice::from_word(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: Circumstances =
        Circumstances { gene_features: true, model_inputs: true, several_cell_types: true };

    #[test]
    fn every_name_is_read_as_itself() {
        for comparator in Comparator::all() {
            assert_eq!(ComparatorChoice::from_word(comparator.name()), ComparatorChoice::One(comparator));
        }
    }

    #[test]
    fn words_are_joined_and_nothing_is_taken_twice() {
        let count = |words: &[&str]| {
            let choices: Vec<_> = words.iter().map(|word| ComparatorChoice::from_word(word)).collect();
            ComparatorChoice::resolve(&choices, EVERYTHING).len()
        };
        assert_eq!(count(&["all", "kmer-ridge"]) + 1, count(&["all", "gru-attention"]));
        assert_eq!(count(&["all", "gru-attention"]), Comparator::all().len());
        assert_eq!(count(&["none"]), 0);
        assert_eq!(count(&["fast", "random-forest"]), count(&["fast"]) + 1);
    }

    #[test]
    fn what_makes_no_sense_is_compared_with_if_it_is_named() {
        let names = |words: &[&str]| -> Vec<&str> {
            let choices: Vec<_> = words.iter().map(|word| ComparatorChoice::from_word(word)).collect();
            let known = Circumstances { gene_features: false, model_inputs: false, several_cell_types: false };
            ComparatorChoice::resolve(&choices, known).into_iter().map(Comparator::name).collect()
        };
        let all = names(&["all"]);
        assert!(!all.contains(&"other-cell-types-mean"));
        assert!(!all.contains(&"bases-only") && !all.contains(&"gene-features") && all.contains(&"kmer-ridge"));
        assert_eq!(names(&["bases-only", "gene-features"]), ["bases-only", "gene-features"]);
    }
}
