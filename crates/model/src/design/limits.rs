//! Limits on GC content and homopolymer length of designed sequences.

use std::ops::RangeInclusive;

use tatabox_sequence::UNKNOWN;

/// Limits of a designed window.
///
/// # Examples
/// ```
/// use tatabox_model::DesignLimits;
///
/// let limits = DesignLimits { gc: Some(0.4..=0.6), longest_run: Some(3) };
/// assert!(limits.hold(&[0, 1, 2, 3]));
/// assert!(!limits.hold(&[1, 1, 2, 2]), "only G and C");
/// assert!(!limits.hold(&[1, 1, 1, 1, 0, 0, 3, 3]), "a run of four");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignLimits {
    /// GC fraction of the known bases.
    pub gc: Option<RangeInclusive<f64>>,
    /// Maximum length of a homopolymer.
    pub longest_run: Option<usize>,
}

impl DesignLimits {
    /// Whether a window satisfies all limits.
    pub fn hold(&self, window: &[u8]) -> bool {
        self.gc_excess(window) <= 0.0 && self.longest_run.is_none_or(|limit| longest_run(window) <= limit)
    }

    /// Limits of a search from `start`. If the start exceeds a limit, other sequences may exceed it by as much.
    pub(super) fn allowance(&self, start: &[u8]) -> Allowance<'_> {
        Allowance {
            limits: self,
            gc_excess: self.gc_excess(start),
            longest_run: self.longest_run.map(|limit| limit.max(longest_run(start))),
        }
    }

    /// Distance of the GC fraction from its range; 0 within the range.
    fn gc_excess(&self, window: &[u8]) -> f64 {
        self.gc.as_ref().map_or(0.0, |range| {
            let fraction = gc_fraction(window);
            (range.start() - fraction).max(fraction - range.end()).max(0.0)
        })
    }
}

/// Limits relaxed to those that the start satisfies; see [`DesignLimits::allowance`].
pub(super) struct Allowance<'a> {
    limits: &'a DesignLimits,
    gc_excess: f64,
    longest_run: Option<usize>,
}

impl Allowance<'_> {
    /// Whether a window satisfies the relaxed limits.
    pub(super) fn admits(&self, window: &[u8]) -> bool {
        self.longest_run.is_none_or(|limit| longest_run(window) <= limit)
            && self.limits.gc_excess(window) <= self.gc_excess
    }
}

/// GC fraction of the known bases; 0 if there are none.
pub fn gc_fraction(window: &[u8]) -> f64 {
    let known = window.iter().filter(|&&base| base < UNKNOWN).count();
    let strong = window.iter().filter(|&&base| base == 1 || base == 2).count();
    strong as f64 / known.max(1) as f64
}

/// Length of the longest homopolymer of known bases.
pub fn longest_run(window: &[u8]) -> usize {
    let runs = window.chunk_by(|a, b| a == b).filter(|run| run[0] < UNKNOWN);
    runs.map(<[u8]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;
    use super::*;

    #[test]
    fn run_length_and_gc_fraction_ignore_n() {
        assert_eq!(longest_run(&codes("ACCCGGNNNNNNT")), 3);
        assert_eq!(longest_run(&codes("NNN")), 0);
        assert!((gc_fraction(&codes("GCATNNNN")) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn allowance_start_outside_limits_permits_no_larger_excess() {
        let limits = DesignLimits { gc: Some(0.4..=0.6), longest_run: Some(3) };
        assert!(limits.hold(&codes("ACGTACGTAA")) && !limits.hold(&codes("ACGGGGTATT")));
        // A GC fraction of 0.2, which is 0.2 too low, and a run of 4.
        let start = codes("AAAATTCGTA");
        let allowance = limits.allowance(&start);
        assert!(!limits.hold(&start) && allowance.admits(&start));
        assert!(allowance.admits(&codes("AAAATCCGTA")));
        assert!(!allowance.admits(&codes("AAAATTAGTA")));
        assert!(!allowance.admits(&codes("AAAAACCGTA")));
    }
}
