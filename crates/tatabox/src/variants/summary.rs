//! Counts of records and alleles by outcome.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tatabox_sequence::{UnscoredReason, VariantEntry};

use super::batch::{Outcome, ReadRecord};

/// Result of a scoring task: records and alleles by outcome.
///
/// ```
/// use tatabox::variants::VariantSummary;
///
/// let summary = VariantSummary::default();
/// assert_eq!((summary.records, summary.unscored_alleles()), (0, 0));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct VariantSummary {
    /// Records skipped before a shard.
    pub skipped: u64,
    /// Records read.
    pub records: u64,
    /// Alleles read.
    pub alleles: u64,
    /// Alleles with an effect on at least one promoter.
    pub scored: u64,
    /// Alleles that are in no window.
    pub in_no_window: u64,
    /// Alleles whose REF was replaced by the bases of the genome.
    pub replaced_reference: u64,
    /// Alleles that cannot be scored, by reason.
    pub unscored: BTreeMap<UnscoredReason, u64>,
    /// Whether the records are not sorted by position.
    pub is_unsorted: bool,
    /// Time from the first record read to the last row written.
    pub total: Duration,
    /// Time spent computing.
    pub computing: Duration,
    /// Names of the outputs.
    pub destination: String,
    /// Contigs seen.
    contigs: HashSet<String>,
    /// Contig and position of the previous record.
    last: Option<(String, u64)>,
}

impl VariantSummary {
    pub(super) fn count(&mut self, record: &ReadRecord) {
        self.records += 1;
        for allele in &record.alleles {
            self.alleles += 1;
            match &allele.outcome {
                Outcome::Unscored(unscored) => *self.unscored.entry(unscored.reason).or_default() += 1,
                Outcome::Placed { promoters, reference_matches, .. } => {
                    self.replaced_reference += u64::from(!reference_matches);
                    let count = if promoters.is_empty() { &mut self.in_no_window } else { &mut self.scored };
                    *count += 1;
                }
            }
        }
        if let VariantEntry::Record(line) = &record.entry {
            self.check_order(line.chrom(), line.position());
        }
    }

    fn check_order(&mut self, chrom: &str, position: u64) {
        match &mut self.last {
            Some((last_chrom, last)) if last_chrom == chrom => {
                self.is_unsorted |= position < *last;
                *last = position;
            }
            last => {
                self.is_unsorted |= !self.contigs.insert(chrom.to_owned());
                *last = Some((chrom.to_owned(), position));
            }
        }
    }

    /// Records per second.
    pub fn rate(&self) -> f64 {
        self.records as f64 / self.total.as_secs_f64().max(1e-9)
    }

    /// Number of alleles whose REF differs from the genome.
    pub(super) fn reference_mismatches(&self) -> u64 {
        let reasons = [UnscoredReason::ReferenceMismatch, UnscoredReason::AlternateIsGenome];
        self.replaced_reference + reasons.iter().filter_map(|reason| self.unscored.get(reason)).sum::<u64>()
    }

    /// Number of alleles whose REF was compared with known bases of the genome.
    pub(super) fn compared(&self) -> u64 {
        self.scored + self.in_no_window + self.reference_mismatches() - self.replaced_reference
    }

    /// Number of alleles that cannot be scored.
    pub fn unscored_alleles(&self) -> u64 {
        self.unscored.values().sum()
    }

    /// Reasons for which alleles cannot be scored, with counts, as text; empty where there is none.
    pub fn unscored_reasons(&self) -> String {
        let reasons: Vec<_> = self.unscored.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        reasons.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_summary_order_is_by_position_within_contigs() {
        let is_unsorted = |places: &[(&str, u64)]| {
            let mut summary = VariantSummary::default();
            for (chrom, position) in places {
                summary.check_order(chrom, *position);
            }
            summary.is_unsorted
        };
        assert!(!is_unsorted(&[("2", 5), ("2", 5), ("2", 9), ("1", 3)]));
        assert!(is_unsorted(&[("2", 5), ("2", 4)]));
        assert!(is_unsorted(&[("2", 5), ("1", 4), ("2", 9)]));
    }
}
