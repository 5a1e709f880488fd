//! Splits of the genes into train, validation and test, and cross-validation folds.

mod assignment;
mod chromosome_order;
mod fold;
mod fold_file;
mod group;
mod held_out;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::DatasetError;

pub(crate) use chromosome_order::natural_order;
pub(crate) use fold_file::ListedGene;

pub use assignment::assign_splits;
pub use fold::Folds;
pub use fold_file::FoldFile;
pub use group::SplitKey;
pub use held_out::HeldOutChromosomes;

/// Part of the data that a gene belongs to.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::Split;
///
/// let split: Split = "val".parse()?;
/// assert_eq!(split, Split::Validation);
/// assert_eq!(split.to_string(), "validation");
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Genes for fitting weights.
    Train,
    /// Genes for early stopping and the choice of settings.
    Validation,
    /// Genes for reporting scores, used for nothing else.
    Test,
}

impl Split {
    /// All splits, in the order of [`Split::index`].
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// Position in [`Split::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Name in files and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Split {
    type Err = DatasetError;

    /// Parses `train`, `validation` (or `val`) and `test`, ignoring case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "train" => Ok(Self::Train),
            "validation" | "val" => Ok(Self::Validation),
            "test" => Ok(Self::Test),
            _ => Err(DatasetError::UnknownSplit { text: text.to_owned() }),
        }
    }
}

/// Unit that is held out as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SplitMethod {
    /// Whole chromosomes: all genes of a chromosome are in one split.
    #[serde(rename = "chromosomes")]
    Chromosomes,
    /// Runs of genes with overlapping windows, for data with fewer than three chromosomes.
    #[serde(rename = "overlapping windows (fewer than three chromosomes)")]
    OverlappingWindows,
    /// Single genes at random; neighbouring genes may be in different splits.
    #[serde(rename = "genes (no chromosome known)")]
    Genes,
    /// Whole chromosomes, and single genes where the chromosome is unknown.
    #[serde(rename = "chromosomes; genes singly where no chromosome is known")]
    ChromosomesAndGenes,
    /// Single genes, as a file of folds lists them; neighbouring genes may be in different splits.
    #[serde(rename = "genes as listed")]
    ListedGenes,
}

/// Rule by which genes are assigned to splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitRule {
    /// Seed of the random search.
    pub seed: u64,
    /// Target fractions of the genes, in the order of [`Split::ALL`]; they sum to 1.
    pub fractions: [f64; 3],
    /// Unit that is held out as a whole.
    pub method: SplitMethod,
    /// Chromosomes chosen by name; `fractions` apply to the splits without a name only.
    #[serde(default, skip_serializing_if = "HeldOutChromosomes::is_empty")]
    pub held_out: HeldOutChromosomes,
}

impl SplitRule {
    /// Default fractions of train, validation and test genes.
    pub const DEFAULT_FRACTIONS: [f64; 3] = [0.7, 0.15, 0.15];
}

/// Content of one split.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SplitPart {
    /// Number of genes.
    pub genes: usize,
    /// Chromosomes entirely in this split, in natural order.
    pub chromosomes: Vec<String>,
}

/// Rule and resulting splits, as recorded in `dataset.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSummary {
    /// Rule by which genes were assigned.
    #[serde(flatten)]
    pub rule: SplitRule,
    /// The train split.
    pub train: SplitPart,
    /// The validation split.
    pub validation: SplitPart,
    /// The test split.
    pub test: SplitPart,
}

impl SplitSummary {
    /// Summary of the assignment `splits`; `chromosomes` lists the genes of each chromosome.
    fn of(rule: SplitRule, chromosomes: &BTreeMap<&str, Vec<usize>>, splits: &[Split]) -> Self {
        let part = |split| SplitPart {
            genes: splits.iter().filter(|&&other| other == split).count(),
            chromosomes: whole_chromosomes(chromosomes, splits, split),
        };
        Self { rule, train: part(Split::Train), validation: part(Split::Validation), test: part(Split::Test) }
    }

    /// Content of one split.
    pub fn part(&self, split: Split) -> &SplitPart {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }
}

/// Chromosomes all of whose genes are in `split`.
fn whole_chromosomes(chromosomes: &BTreeMap<&str, Vec<usize>>, splits: &[Split], split: Split) -> Vec<String> {
    let mut names: Vec<String> = chromosomes
        .iter()
        .filter(|(_, genes)| genes.iter().all(|&gene| splits[gene] == split))
        .map(|(&name, _)| name.to_owned())
        .collect();
    names.sort_by(|a, b| natural_order(a, b));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_name_round_trip() {
        for split in Split::ALL {
            assert_eq!(split.to_string().parse::<Split>().expect("own name"), split);
        }
        assert_eq!("Val".parse::<Split>().expect("short name"), Split::Validation);
        assert!("dev".parse::<Split>().is_err());
    }
}
