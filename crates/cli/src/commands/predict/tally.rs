//! What to tell of the promoters at the end.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use tatabox_dataset::Extent;

use crate::console::Console;
use crate::promoters::Promoter;

/// Promoters counted by what is unusual about them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) promoters: u64,
    padded: u64,
    empty: u64,
    lacking: u64,
    repeated: u64,
    /// Hashes rather than names, which in a large file take more memory than anything else here.
    seen: HashSet<u64>,
}

impl Tally {
    pub(super) fn count(&mut self, promoter: &Promoter) {
        let mut hasher = DefaultHasher::new();
        promoter.id.hash(&mut hasher);
        self.promoters += 1;
        self.padded += u64::from(promoter.shortfall.is_some() && promoter.known_bp > 0);
        self.empty += u64::from(promoter.known_bp == 0);
        self.lacking += u64::from(promoter.known_bp > 0 && promoter.lacks_input);
        self.repeated += u64::from(!self.seen.insert(hasher.finish()));
    }

    pub(super) fn warn(&self, extent: Extent, console: &Console) {
        let all = self.promoters;
        if self.padded > 0 {
            console.warn(format!(
                "{} of {all} promoters reach less far than the model's {extent} and were padded with N (see known_bp and \
                 note)",
                self.padded
            ));
        }
        if self.empty > 0 {
            console.warn(format!("{} of {all} promoters have no known base and no prediction (see note)", self.empty));
        }
        if self.lacking > 0 {
            console.warn(format!(
                "{} of {all} promoters lack what the model reads beside the bases and have no prediction (see note)",
                self.lacking
            ));
        }
        if self.repeated > 0 {
            console.warn(format!(
                "{} of {all} ids stand there more than once; rows are in the order of the input",
                self.repeated
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::UNKNOWN;

    use super::*;

    #[test]
    fn padded_empty_and_repeated_promoters_are_told_apart() {
        let extent = Extent { upstream_bp: 200, downstream_bp: 100 };
        let mut tally = Tally::default();
        let padded = [vec![UNKNOWN; 200], vec![0; 100]].concat();
        for (id, window) in [("A", vec![0; 300]), ("B", padded), ("A", vec![UNKNOWN; 300])] {
            tally.count(&Promoter::new(id.to_owned(), window, extent));
        }
        assert_eq!((tally.promoters, tally.padded, tally.empty, tally.repeated), (3, 1, 1, 1));
    }
}
