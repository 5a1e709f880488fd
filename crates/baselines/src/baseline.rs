//! Registry of baselines: names, descriptions and fit functions.

use std::fmt;
use std::str::FromStr;

use crate::controls::{gene_features, nearest_neighbour, other_cell_types, padding_only};
use crate::error::BaselineError;
use crate::kernel::svr;
use crate::linear::{kmer_ridge, least_squares, train_mean};
use crate::task::{FitContext, FitOutput};
use crate::tree::random_forest;

/// A simple model or control that a network is compared with.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{Baseline, BaselineKind};
///
/// let ridge: Baseline = "kmer-ridge".parse()?;
/// assert_eq!(ridge, Baseline::KmerRidge);
/// assert_eq!(ridge.kind(), BaselineKind::Model);
/// # Ok::<(), tatabox_baselines::BaselineError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Mean of the train genes.
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
    /// [`Self::KmerRidge`] on promoters with shuffled bases.
    KmerRidgeMonoShuffled,
    /// [`Self::KmerRidge`] on promoters with shuffled dinucleotides.
    KmerRidgeDiShuffled,
    /// Measurement of the train gene with the most similar promoter.
    NearestNeighbour,
    /// Ridge regression on the length of the known sequence.
    PaddingOnly,
    /// Ridge regression on gene features, without the promoter.
    GeneFeatures,
    /// Mean expression of the same gene in the other cell types.
    OtherCellTypesMean,
}

/// Role of a baseline in a comparison.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{Baseline, BaselineKind};
///
/// assert_eq!(Baseline::RandomForest.kind(), BaselineKind::Model);
/// assert_eq!(Baseline::PaddingOnly.kind(), BaselineKind::Control);
/// assert_eq!(BaselineKind::Control.to_string(), "control");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineKind {
    /// Predicts unseen genes from their promoters, or from no input. A network should score higher.
    Model,
    /// Reads less than a promoter, or more. Its score shows how much of a network's score has other causes.
    Control,
}

type Fit = fn(&mut FitContext<'_>) -> Result<FitOutput, BaselineError>;

/// Registry entry of a baseline.
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
    /// All baselines, models before controls.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_baselines::{Baseline, BaselineKind};
    ///
    /// let controls = Baseline::ALL.iter().filter(|baseline| baseline.kind() == BaselineKind::Control);
    /// assert_eq!(controls.count(), 6);
    /// ```
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

    /// Baselines that take seconds for ten thousand genes; the others take minutes.
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

    fn entry(self) -> Entry {
        match self {
            Self::TrainMean => model("train-mean", train_mean::fit, "mean of the train genes, the same for every gene"),
            Self::KmerLinear => {
                model("kmer-linear", least_squares::fit, "least squares on k-mer frequencies, k chosen from 1 to 6")
            }
            Self::KmerRidge => model(
                "kmer-ridge",
                kmer_ridge::fit,
                "ridge regression on frequencies of 1-mers to k-mers, k chosen from 1 to 6",
            ),
            Self::KmerRidgeFeatures => model(
                "kmer-ridge-features",
                kmer_ridge::fit_with_gene_features,
                "ridge regression on gene features (such as half-life features) and k-mer frequencies",
            ),
            Self::RandomForest => model(
                "random-forest",
                random_forest::fit,
                "random forest of 100 trees on frequencies of 1-mers to 4-mers",
            ),
            Self::SupportVectorRegression => {
                model("svr", svr::fit, "support vector regression, Gaussian kernel on frequencies of 1-mers to 4-mers")
            }
            Self::KmerRidgeMonoShuffled => control(
                "kmer-ridge-mono-shuffled",
                kmer_ridge::fit_mononucleotide_shuffled,
                "kmer-ridge on promoters with shuffled bases: the effect of base composition",
            ),
            Self::KmerRidgeDiShuffled => control(
                "kmer-ridge-di-shuffled",
                kmer_ridge::fit_dinucleotide_shuffled,
                "kmer-ridge on dinucleotide-shuffled promoters: the effect of dinucleotides such as CpG",
            ),
            Self::NearestNeighbour => control(
                "nearest-neighbour",
                nearest_neighbour::fit,
                "measurement of the train gene with the most similar promoter: memorisation",
            ),
            Self::PaddingOnly => control(
                "padding-only",
                padding_only::fit,
                "ridge regression on the length of the known sequence, without its bases",
            ),
            Self::GeneFeatures => control(
                "gene-features",
                gene_features::fit,
                "ridge regression on gene features (such as half-life features), without the promoter",
            ),
            Self::OtherCellTypesMean => control(
                "other-cell-types-mean",
                other_cell_types::fit,
                "mean of the gene in the other cell types: reads test measurements and no sequence",
            ),
        }
    }

    /// Name in configurations and in the `model` column of prediction tables.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(tatabox_baselines::Baseline::SupportVectorRegression.name(), "svr");
    /// ```
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// One-line description.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_baselines::Baseline;
    ///
    /// assert_eq!(Baseline::TrainMean.description(), "mean of the train genes, the same for every gene");
    /// ```
    pub fn description(self) -> &'static str {
        self.entry().description
    }

    /// Role in a comparison: model or control.
    pub fn kind(self) -> BaselineKind {
        self.entry().kind
    }

    /// Whether fitting takes seconds rather than minutes; see [`Self::FAST`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_baselines::Baseline;
    ///
    /// assert!(Baseline::KmerRidge.is_fast());
    /// assert!(!Baseline::RandomForest.is_fast());
    /// ```
    pub fn is_fast(self) -> bool {
        Self::FAST.contains(&self)
    }

    /// Whether the baseline reads gene features, which the data set and all usable genes must then have.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_baselines::Baseline;
    ///
    /// assert!(Baseline::KmerRidgeFeatures.needs_features());
    /// assert!(!Baseline::KmerRidge.needs_features());
    /// ```
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
    fn parse_baseline_name_ignores_case() {
        for baseline in Baseline::ALL {
            assert_eq!(baseline.to_string().parse::<Baseline>().expect("own name"), baseline);
        }
        assert_eq!("KMER-Ridge".parse::<Baseline>().expect("any case"), Baseline::KmerRidge);
        let message = "lasso".parse::<Baseline>().expect_err("not a baseline").to_string();
        assert!(
            message.starts_with("unknown baseline `lasso`; use one of: train-mean, kmer-linear, kmer-ridge, "),
            "{message}"
        );
    }

    #[test]
    fn registry_names_are_unique_and_described_in_one_line() {
        let names: BTreeSet<&str> = Baseline::ALL.into_iter().map(Baseline::name).collect();
        assert_eq!(names.len(), Baseline::ALL.len());
        for baseline in Baseline::ALL {
            assert!((20..100).contains(&baseline.description().len()), "{baseline}");
        }
        assert!(Baseline::ALL.is_sorted_by_key(|baseline| baseline.kind() == BaselineKind::Control));
        assert!(Baseline::FAST.into_iter().all(|baseline| Baseline::ALL.contains(&baseline)));
    }
}
