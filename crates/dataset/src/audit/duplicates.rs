//! Check for windows with identical sequence.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tatabox_sequence::Sequence;

use super::MAX_LISTED_PAIRS;
use super::check::{AuditCheck, Verdict, count_noun};
use crate::prepared::{PreparedDataset, WindowIndex};
use crate::split::Split;

/// Relation between duplicate windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateKind {
    /// All bases are identical, including unknown ones.
    Identical,
    /// The known sequence of one window is contained in the other; padding or position differ.
    UpToPadding,
    /// The reverse complement of the known sequence of one window is contained in the other.
    ReverseComplement,
}

impl fmt::Display for DuplicateKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Identical => "identical",
            Self::UpToPadding => "up-to-padding",
            Self::ReverseComplement => "reverse-complement",
        })
    }
}

/// Two genes in different splits with the same window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicatePair {
    /// Gene whose known sequence is not longer than the other's.
    pub gene_id: String,
    /// Split of the gene.
    pub split: Split,
    /// Other gene.
    pub other_gene_id: String,
    /// Split of the other gene.
    pub other_split: Split,
    /// Relation between the windows.
    pub kind: DuplicateKind,
    /// Length of the shared sequence, in bp.
    pub shared_bp: usize,
}

/// All duplicates.
#[derive(Debug, Default)]
pub(super) struct Duplicates {
    /// First pairs in different splits, in gene order.
    pub pairs: Vec<DuplicatePair>,
    across_splits: usize,
    within_splits: usize,
    /// Number of validation and test genes.
    held_out: usize,
    /// Number of windows without a k-mer.
    too_short: usize,
}

/// Maximum number of pairs named in the finding.
const MAX_NAMED_PAIRS: usize = 3;

impl Duplicates {
    /// FAIL for more pairs in different splits than the fraction `tolerated` of the held-out genes, WARN for any pair.
    /// A few paralogues with identical promoters on different chromosomes exist and do not change the scores.
    pub(super) fn check(&self, tolerated: f64) -> AuditCheck {
        let verdict = match self.across_splits {
            0 => Verdict::Pass,
            pairs if pairs as f64 <= tolerated * self.held_out as f64 => Verdict::Warn,
            _ => Verdict::Fail,
        };
        let mut clauses = vec![format!(
            "{} with the same sequence in two splits, {} within one",
            count_noun(self.across_splits, "pair"),
            self.within_splits
        )];
        if !self.pairs.is_empty() {
            let named = self.pairs.iter().take(MAX_NAMED_PAIRS);
            let named: Vec<String> = named.map(|pair| format!("{} = {}", pair.gene_id, pair.other_gene_id)).collect();
            let more = if self.across_splits > named.len() { ", ..." } else { "" };
            clauses.push(named.join(", ") + more);
        }
        if self.across_splits > self.pairs.len() {
            clauses.push(format!("the first {} are listed", self.pairs.len()));
        }
        if self.too_short > 0 {
            clauses.push(format!("{} too short to be compared", count_noun(self.too_short, "window")));
        }
        AuditCheck::new("duplicated windows", verdict, clauses.join("; "))
            .with("pairs_in_two_splits", self.across_splits as f64)
            .with("pairs_within_a_split", self.within_splits as f64)
            .with("windows_too_short", self.too_short as f64)
    }
}

/// Compares every window with the windows that contain its rarest k-mer; `index` covers all genes of the data set.
pub(super) fn find(dataset: &PreparedDataset, index: &WindowIndex) -> Duplicates {
    let held_out = dataset.genes().iter().filter(|gene| gene.split != Split::Train).count();
    let mut found = Duplicates { held_out, ..Duplicates::default() };
    for gene in 0..dataset.len() {
        if index.sketch_len(gene) == 0 {
            found.too_short += 1;
            continue;
        }
        // The sketch of a sequence is contained in the sketch of every sequence that contains it. Pairs of equal
        // sequences are reported for the earlier gene.
        let (entry, size) = (&dataset.genes()[gene], index.sketch_len(gene));
        let holders =
            index.containment_candidates(gene).filter(|&other| other != gene && index.sketch_len(other) >= size);
        let others: Vec<usize> = holders.collect();
        if others.is_empty() {
            continue;
        }
        let one = KnownSequence::of(dataset, gene);
        for other in others {
            let two = KnownSequence::of(dataset, other);
            let Some(kind) = one.within(&two) else { continue };
            if one.codes.len() == two.codes.len() && other < gene {
                continue;
            }
            let other_entry = &dataset.genes()[other];
            if entry.split == other_entry.split {
                found.within_splits += 1;
                continue;
            }
            found.across_splits += 1;
            if found.pairs.len() < MAX_LISTED_PAIRS {
                found.pairs.push(DuplicatePair {
                    gene_id: entry.gene_id.clone(),
                    split: entry.split,
                    other_gene_id: other_entry.gene_id.clone(),
                    other_split: other_entry.split,
                    kind,
                    shared_bp: one.codes.len(),
                });
            }
        }
    }
    found
}

/// Window from its first known base to its last.
struct KnownSequence {
    codes: Vec<u8>,
    range: Range<usize>,
}

impl KnownSequence {
    fn of(dataset: &PreparedDataset, gene: usize) -> Self {
        let mut window = Vec::new();
        dataset.window_codes(gene, 0..dataset.geometry().len(), &mut window);
        let sequence = Sequence::from_codes(window);
        let range = sequence.acgt_range().unwrap_or(0..0);
        Self { codes: sequence.codes()[range.clone()].to_vec(), range }
    }

    /// Relation to `other` if that contains this sequence.
    fn within(&self, other: &Self) -> Option<DuplicateKind> {
        if self.range == other.range && self.codes == other.codes {
            Some(DuplicateKind::Identical)
        } else if is_substring(&self.codes, &other.codes) {
            Some(DuplicateKind::UpToPadding)
        } else {
            let reverse = Sequence::from_codes(self.codes.clone()).reverse_complement();
            is_substring(reverse.codes(), &other.codes).then_some(DuplicateKind::ReverseComplement)
        }
    }
}

fn is_substring(part: &[u8], whole: &[u8]) -> bool {
    !part.is_empty() && whole.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(range: Range<usize>, letters: &str) -> KnownSequence {
        let codes = Sequence::from_ascii(letters.as_bytes()).expect("letters").into_codes();
        KnownSequence { codes, range }
    }

    #[test]
    fn within_classifies_hand_made_sequences() {
        let whole = known(0..8, "AACCGTTG");
        assert_eq!(known(0..8, "AACCGTTG").within(&whole), Some(DuplicateKind::Identical));
        assert_eq!(known(2..6, "CCGT").within(&whole), Some(DuplicateKind::UpToPadding));
        assert_eq!(known(1..9, "AACCGTTG").within(&whole), Some(DuplicateKind::UpToPadding), "another position");
        // The reverse complement of ACGG is CCGT.
        assert_eq!(known(0..4, "ACGG").within(&whole), Some(DuplicateKind::ReverseComplement));
        assert_eq!(known(0..4, "AAAA").within(&whole), None);
        assert_eq!(known(0..0, "").within(&whole), None);
    }
}
