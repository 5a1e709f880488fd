//! What to tell of the variants at the end.

use std::collections::{BTreeMap, HashSet};

use tatabox_sequence::{UnscoredReason, VariantEntry};

use super::batch::{Outcome, ReadRecord};
use crate::console::Console;

/// Records and alleles, counted by what came of them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) records: u64,
    alleles: u64,
    scored: u64,
    in_no_window: u64,
    /// Alleles whose REF gave way to the genome.
    replaced_reference: u64,
    unscored: BTreeMap<UnscoredReason, u64>,
    /// Contigs seen, and where the record before stood.
    contigs: HashSet<String>,
    last: Option<(String, u64)>,
    is_unsorted: bool,
}

impl Tally {
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
            self.look_at_order(line.chrom(), line.position());
        }
    }

    fn look_at_order(&mut self, chrom: &str, position: u64) {
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

    /// Alleles that have an effect.
    pub(super) fn scored(&self) -> u64 {
        self.scored
    }

    /// Tells what is not in the results, and why.
    pub(super) fn tell(&self, is_listed: bool, console: &Console) {
        let unscored: u64 = self.unscored.values().sum();
        if unscored > 0 {
            let reasons: Vec<_> = self.unscored.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            let hint = if is_listed { "" } else { " (--report lists them)" };
            console.warn(format!(
                "{unscored} of {} alleles are not scored: {}{hint}",
                self.alleles,
                reasons.join(", ")
            ));
        }
        if self.replaced_reference > 0 {
            console.warn(format!(
                "{} alleles have a REF that is not what the genome has; the genome's bases were taken (ref_match is \
                 false)",
                self.replaced_reference
            ));
        }
        if self.is_unsorted {
            console.note("the variants are not sorted by position; their order is kept, so sort before indexing");
        }
        if self.in_no_window > 0 {
            console.note(format!("{} of {} alleles lie in no window", self.in_no_window, self.alleles));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_by_position_within_contigs_that_come_once() {
        let is_unsorted = |places: &[(&str, u64)]| {
            let mut tally = Tally::default();
            for (chrom, position) in places {
                tally.look_at_order(chrom, *position);
            }
            tally.is_unsorted
        };
        assert!(!is_unsorted(&[("2", 5), ("2", 5), ("2", 9), ("1", 3)]));
        assert!(is_unsorted(&[("2", 5), ("2", 4)]));
        assert!(is_unsorted(&[("2", 5), ("1", 4), ("2", 9)]));
    }
}
