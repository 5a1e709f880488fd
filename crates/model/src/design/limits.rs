//! What every sequence of a search has to keep to.

use std::ops::RangeInclusive;

use tatabox_sequence::UNKNOWN;

/// Bounds of a designed window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignLimits {
    /// Share of G and C among the known bases.
    pub gc: Option<RangeInclusive<f64>>,
    /// Longest run of one base.
    pub longest_run: Option<usize>,
}

impl DesignLimits {
    /// Whether a window keeps to all of them.
    pub fn hold(&self, window: &[u8]) -> bool {
        self.gc_excess(window) <= 0.0 && self.longest_run.is_none_or(|limit| longest_run(window) <= limit)
    }

    /// The limits as they are for a search from `start`: where it breaks one already, no sequence may break it more.
    pub(super) fn allowance(&self, start: &[u8]) -> Allowance<'_> {
        Allowance {
            limits: self,
            gc_excess: self.gc_excess(start),
            longest_run: self.longest_run.map(|limit| limit.max(longest_run(start))),
        }
    }

    /// How far the fraction of G and C lies outside.
    fn gc_excess(&self, window: &[u8]) -> f64 {
        self.gc.as_ref().map_or(0.0, |range| {
            let fraction = gc_fraction(window);
            (range.start() - fraction).max(fraction - range.end()).max(0.0)
        })
    }
}

/// See [`DesignLimits::allowance`].
pub(super) struct Allowance<'a> {
    limits: &'a DesignLimits,
    gc_excess: f64,
    longest_run: Option<usize>,
}

impl Allowance<'_> {
    /// Whether a window may be tried.
    pub(super) fn admits(&self, window: &[u8]) -> bool {
        self.longest_run.is_none_or(|limit| longest_run(window) <= limit)
            && self.limits.gc_excess(window) <= self.gc_excess
    }
}

/// Share of G and C among the known bases, 0 without any.
pub fn gc_fraction(window: &[u8]) -> f64 {
    let known = window.iter().filter(|&&base| base < UNKNOWN).count();
    let strong = window.iter().filter(|&&base| base == 1 || base == 2).count();
    strong as f64 / known.max(1) as f64
}

/// Length of the longest run of one known base.
pub fn longest_run(window: &[u8]) -> usize {
    let runs = window.chunk_by(|a, b| a == b).filter(|run| run[0] < UNKNOWN);
    runs.map(<[u8]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;
    use super::*;

    #[test]
    fn runs_and_composition_are_counted_without_n() {
        assert_eq!(longest_run(&codes("ACCCGGNNNNNNT")), 3);
        assert_eq!(longest_run(&codes("NNN")), 0);
        assert!((gc_fraction(&codes("GCATNNNN")) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_start_outside_may_not_be_left_further_outside() {
        let limits = DesignLimits { gc: Some(0.4..=0.6), longest_run: Some(3) };
        assert!(limits.hold(&codes("ACGTACGTAA")) && !limits.hold(&codes("ACGGGGTATT")));
        // 2 of 10 are G or C, 0.2 too few, and a run of 4.
        let start = codes("AAAATTCGTA");
        let allowance = limits.allowance(&start);
        assert!(!limits.hold(&start) && allowance.admits(&start));
        assert!(allowance.admits(&codes("AAAATCCGTA")));
        assert!(!allowance.admits(&codes("AAAATTAGTA")));
        assert!(!allowance.admits(&codes("AAAAACCGTA")));
    }
}
