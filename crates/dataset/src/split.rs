//! Splits of the genes into train, validation and test.

mod assignment;
mod chromosome_order;
mod fold;
mod group;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::DatasetError;

pub(crate) use chromosome_order::natural_order;

pub use assignment::assign_splits;
pub use fold::Folds;
pub use group::SplitKey;

/// Which part of the data a gene belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Weights are fitted on these genes.
    Train,
    /// Early stopping and settings are chosen on these genes.
    Validation,
    /// Scores are reported on these genes, and nothing else is done with them.
    Test,
}

impl Split {
    /// Every split, in the order of [`Split::index`].
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// Position in [`Split::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Name in files and on the command line.
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

    /// `train`, `validation` (or `val`) and `test`, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "train" => Ok(Self::Train),
            "validation" | "val" => Ok(Self::Validation),
            "test" => Ok(Self::Test),
            _ => Err(DatasetError::UnknownSplit { text: text.to_owned() }),
        }
    }
}

/// What is held out as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SplitMethod {
    /// Whole chromosomes: genes of one chromosome are all in one split.
    #[serde(rename = "chromosomes")]
    Chromosomes,
    /// Runs of genes whose windows overlap, since the data hold fewer than three chromosomes.
    #[serde(rename = "overlapping windows (fewer than three chromosomes)")]
    OverlappingWindows,
    /// Single genes, at random: nothing keeps neighbours together.
    #[serde(rename = "genes (no chromosome known)")]
    Genes,
    /// Whole chromosomes, and those genes singly that name none.
    #[serde(rename = "chromosomes; genes singly where no chromosome is known")]
    ChromosomesAndGenes,
}

/// How genes were dealt to the splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitRule {
    /// Seed of the search.
    pub seed: u64,
    /// Shares of the genes aimed at, in the order of [`Split::ALL`]; they sum to 1.
    pub fractions: [f64; 3],
    /// What was held out as a whole.
    pub method: SplitMethod,
}

impl SplitRule {
    /// Shares of the genes that most studies use.
    pub const DEFAULT_FRACTIONS: [f64; 3] = [0.7, 0.15, 0.15];
}

/// What one split holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SplitPart {
    /// Number of genes.
    pub genes: usize,
    /// Chromosomes wholly in this split, in natural order.
    pub chromosomes: Vec<String>,
}

/// The rule and its outcome, as `dataset.json` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSummary {
    /// How genes were dealt.
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
    /// Counts what `splits` gave to each part; `chromosomes` holds the genes of each.
    fn of(rule: SplitRule, chromosomes: &BTreeMap<&str, Vec<usize>>, splits: &[Split]) -> Self {
        let part = |split| SplitPart {
            genes: splits.iter().filter(|&&other| other == split).count(),
            chromosomes: whole_chromosomes(chromosomes, splits, split),
        };
        Self { rule, train: part(Split::Train), validation: part(Split::Validation), test: part(Split::Test) }
    }

    /// One split's part.
    pub fn part(&self, split: Split) -> &SplitPart {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }
}

/// Chromosomes of which every gene is in `split`.
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
    fn split_names_are_read_as_they_are_written() {
        for split in Split::ALL {
            assert_eq!(split.to_string().parse::<Split>().expect("own name"), split);
        }
        assert_eq!("Val".parse::<Split>().expect("short name"), Split::Validation);
        assert!("dev".parse::<Split>().is_err());
    }
}
