//! The baselines by name.

use std::fmt;
use std::str::FromStr;

use crate::controls::{gene_features, nearest_neighbour, other_cell_types, padding_only};
use crate::error::BaselineError;
use crate::kernel::svr;
use crate::linear::{kmer_ridge, least_squares, train_mean};
use crate::task::{FitContext, FitOutput};
use crate::tree::random_forest;

/// Something simple that a network is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The mean of the train genes.
    TrainMean,
    /// Ordinary least squares on k-mer frequencies.
    KmerLinear,
    /// Ridge regression on k-mer frequencies.
    KmerRidge,
    /// Ridge regression on gene features and k-mer frequencies.
    KmerRidgeFeatures,
    /// Random forest on k-mer frequencies.
    RandomForest,
    /// Support vector regression on k-mer frequencies.
    SupportVectorRegression,
    /// The ridge on promoters whose bases are shuffled.
    KmerRidgeMonoShuffled,
    /// The ridge on promoters whose dinucleotides are shuffled.
    KmerRidgeDiShuffled,
    /// The measurement of the train gene with the most similar promoter.
    NearestNeighbour,
    /// Ridge regression on how far the known sequence reaches.
    PaddingOnly,
    /// Ridge regression on gene features, without the promoter.
    GeneFeatures,
    /// The gene's own expression in the other cell types.
    OtherCellTypesMean,
}

/// What a baseline is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineKind {
    /// Predicts unseen genes from their promoters (or from nothing): to be beaten.
    Model,
    /// Sees less than a promoter, or more: shows where a score could come from.
    Control,
}

type Fit = fn(&mut FitContext<'_>) -> Result<FitOutput, BaselineError>;

/// All there is to know about a baseline.
struct Entry {
    name: &'static str,
    kind: BaselineKind,
    description: &'static str,
    fit: Fit,
}

const fn model(name: &'static str, fit: Fit, description: &'static str) -> Entry {
    Entry { name, kind: BaselineKind::Model, description, fit }
}

const fn control(name: &'static str, fit: Fit, description: &'static str) -> Entry {
    Entry { name, kind: BaselineKind::Control, description, fit }
}

impl Baseline {
    /// Every baseline, models before controls.
    pub const ALL: [Self; 12] = [
        Self::TrainMean,
        Self::KmerLinear,
        Self::KmerRidge,
        Self::KmerRidgeFeatures,
        Self::RandomForest,
        Self::SupportVectorRegression,
        Self::KmerRidgeMonoShuffled,
        Self::KmerRidgeDiShuffled,
        Self::NearestNeighbour,
        Self::PaddingOnly,
        Self::GeneFeatures,
        Self::OtherCellTypesMean,
    ];

    /// Those that take seconds for ten thousand genes; the others take minutes.
    pub const FAST: [Self; 11] = [
        Self::TrainMean,
        Self::KmerLinear,
        Self::KmerRidge,
        Self::KmerRidgeFeatures,
        Self::SupportVectorRegression,
        Self::KmerRidgeMonoShuffled,
        Self::KmerRidgeDiShuffled,
        Self::NearestNeighbour,
        Self::PaddingOnly,
        Self::GeneFeatures,
        Self::OtherCellTypesMean,
    ];

    /// The one place where a baseline is described.
    fn entry(self) -> Entry {
        match self {
            Self::TrainMean => model("train-mean", train_mean::fit, "mean of the train genes, the same for every gene"),
            Self::KmerLinear => {
                model("kmer-linear", least_squares::fit, "least squares on k-mer frequencies, k chosen from 1 to 6")
            }
            Self::KmerRidge => model(
                "kmer-ridge",
                kmer_ridge::fit,
                "ridge regression on frequencies of all words up to k bases, k chosen from 1 to 6",
            ),
            Self::KmerRidgeFeatures => model(
                "kmer-ridge-features",
                kmer_ridge::fit_with_gene_features,
                "the ridge on gene features, such as half-life features, and words up to k bases",
            ),
            Self::RandomForest => {
                model("random-forest", random_forest::fit, "100 trees on frequencies of words of 1 to 4 bases")
            }
            Self::SupportVectorRegression => {
                model("svr", svr::fit, "support vector regression, Gaussian kernel on words of 1 to 4 bases")
            }
            Self::KmerRidgeMonoShuffled => control(
                "kmer-ridge-mono-shuffled",
                kmer_ridge::fit_mononucleotide_shuffled,
                "the ridge on shuffled promoters: what base composition alone explains",
            ),
            Self::KmerRidgeDiShuffled => control(
                "kmer-ridge-di-shuffled",
                kmer_ridge::fit_dinucleotide_shuffled,
                "the ridge on dinucleotide-shuffled promoters: what dinucleotides, CpG included, explain",
            ),
            Self::NearestNeighbour => control(
                "nearest-neighbour",
                nearest_neighbour::fit,
                "measurement of the train gene with the most similar promoter: knowing by heart",
            ),
            Self::PaddingOnly => {
                control("padding-only", padding_only::fit, "how far the known sequence reaches, and not one base of it")
            }
            Self::GeneFeatures => control(
                "gene-features",
                gene_features::fit,
                "ridge regression on gene features, such as half-life features, and not one base",
            ),
            Self::OtherCellTypesMean => control(
                "other-cell-types-mean",
                other_cell_types::fit,
                "the same gene measured in the other cell types: uses the test genes, reads no sequence",
            ),
        }
    }

    /// Name on the command line and in the `model` column of prediction tables.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it does, in one line.
    pub fn description(self) -> &'static str {
        self.entry().description
    }

    /// Whether it is a model or a control.
    pub fn kind(self) -> BaselineKind {
        self.entry().kind
    }

    /// Whether it takes seconds rather than minutes; see [`Self::FAST`].
    pub fn is_fast(self) -> bool {
        Self::FAST.contains(&self)
    }

    /// Whether it reads features of genes, so that it is only for data sets and genes that have them.
    pub fn needs_features(self) -> bool {
        matches!(self, Self::KmerRidgeFeatures | Self::GeneFeatures)
    }

    pub(crate) fn fit(self, context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
        (self.entry().fit)(context)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Baseline {
    type Err = BaselineError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|baseline| baseline.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            BaselineError::UnknownBaseline { name: name.to_owned(), known }
        })
    }
}

impl fmt::Display for BaselineKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Model => "model",
            Self::Control => "control",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn baselines_are_found_by_their_names() {
        for baseline in Baseline::ALL {
            assert_eq!(baseline.to_string().parse::<Baseline>().expect("own name"), baseline);
        }
        assert_eq!("KMER-Ridge".parse::<Baseline>().expect("any case"), Baseline::KmerRidge);
        let message = "lasso".parse::<Baseline>().expect_err("no such baseline").to_string();
        assert!(
            message.starts_with("unknown baseline `lasso`; there are: train-mean, kmer-linear, kmer-ridge, "),
            "{message}"
        );
    }

    #[test]
    fn each_is_listed_once_and_described_in_a_line() {
        let names: BTreeSet<&str> = Baseline::ALL.into_iter().map(Baseline::name).collect();
        assert_eq!(names.len(), Baseline::ALL.len());
        for baseline in Baseline::ALL {
            assert!((20..100).contains(&baseline.description().len()), "{baseline}");
        }
        assert!(Baseline::ALL.is_sorted_by_key(|baseline| baseline.kind() == BaselineKind::Control));
        assert!(Baseline::FAST.into_iter().all(|baseline| Baseline::ALL.contains(&baseline)));
    }
}
