//! Counts of predicted promoters and of the conditions that affect them.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tatabox_dataset::Extent;
use tatabox_sequence::counted;

use crate::inputs::Promoter;

/// Result of a prediction task.
///
/// ```
/// use tatabox::predict::PredictionSummary;
/// use tatabox_dataset::Extent;
///
/// let summary = PredictionSummary::default();
/// assert!(summary.warnings(Extent { upstream_bp: 249, downstream_bp: 51 }).is_empty());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PredictionSummary {
    /// Promoters read.
    pub promoters: u64,
    /// Promoters with less known sequence than the model reads, padded with N.
    pub padded: u64,
    /// Promoters without a known base, which have no prediction.
    pub empty: u64,
    /// Records that cannot be read, which were skipped and have no prediction.
    pub malformed: u64,
    /// Promoters without an auxiliary input of the model, which have no prediction.
    pub lacking_input: u64,
    /// Promoters whose identifier occurred before.
    pub repeated: u64,
    /// Time from the first promoter read to the last row written.
    pub total: Duration,
    /// Time spent computing.
    pub computing: Duration,
    /// Name of the output.
    pub destination: String,
    /// Hashes of identifiers, which take less memory than the identifiers.
    seen: HashSet<u64>,
}

impl PredictionSummary {
    pub(super) fn count(&mut self, promoter: &Promoter) {
        let mut hasher = DefaultHasher::new();
        promoter.id.hash(&mut hasher);
        self.promoters += 1;
        self.padded += u64::from(promoter.shortfall.is_some() && promoter.n_acgt > 0);
        self.malformed += u64::from(promoter.is_malformed);
        self.empty += u64::from(promoter.n_acgt == 0 && !promoter.is_malformed);
        self.lacking_input += u64::from(promoter.n_acgt > 0 && promoter.lacks_input);
        self.repeated += u64::from(!self.seen.insert(hasher.finish()));
    }

    /// Promoters per second.
    pub fn rate(&self) -> f64 {
        self.promoters as f64 / self.total.as_secs_f64().max(1e-9)
    }

    /// Warnings on promoters that were padded, repeated or not predicted, for a model of this extent.
    pub fn warnings(&self, extent: Extent) -> Vec<String> {
        let all = self.promoters;
        let counts = [
            (
                self.padded,
                ["is", "are"],
                format!(
                    "shorter than the model's {extent}, with N in place of the missing bases (see n_acgt and note)"
                ),
            ),
            (self.malformed, ["is", "are"], "malformed and without a prediction (see note)".to_owned()),
            (self.empty, ["has", "have"], "no known base and no prediction (see note)".to_owned()),
            (
                self.lacking_input,
                ["lacks", "lack"],
                "an auxiliary input of the model and a prediction (see note)".to_owned(),
            ),
            (
                self.repeated,
                ["has", "have"],
                "an id that occurred before; rows are in the order of the input".to_owned(),
            ),
        ];
        let all = counted(all, "promoter");
        let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
        counts.map(|(count, verb, what)| format!("{count} of {all} {} {what}", verb[usize::from(count != 1)])).collect()
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::UNKNOWN;

    use super::*;

    #[test]
    fn prediction_summary_counts_padded_empty_and_repeated_promoters() {
        let extent = Extent { upstream_bp: 200, downstream_bp: 100 };
        let mut summary = PredictionSummary::default();
        let padded = [vec![UNKNOWN; 200], vec![0; 100]].concat();
        for (id, window) in [("A", vec![0; 300]), ("B", padded), ("A", vec![UNKNOWN; 300])] {
            summary.count(&Promoter::new(id.to_owned(), window, extent));
        }
        assert_eq!((summary.promoters, summary.padded, summary.empty, summary.repeated), (3, 1, 1, 1));
        assert_eq!(summary.warnings(extent).len(), 3);
        let malformed = Promoter { is_malformed: true, ..Promoter::new("C".to_owned(), vec![UNKNOWN; 300], extent) };
        summary.count(&malformed);
        assert_eq!((summary.promoters, summary.empty, summary.malformed), (4, 1, 1));
    }
}
