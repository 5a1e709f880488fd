//! Genomic intervals.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Interval of a contig, 0-based and half-open.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::Interval;
///
/// let interval = Interval::new("chr1", 10, 25);
/// assert_eq!(interval.len(), 15);
/// assert_eq!(interval.to_string(), "chr1:10-25");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// Name of the contig.
    pub chrom: String,
    /// First base.
    pub start: u64,
    /// One past the last base.
    pub end: u64,
}

impl Interval {
    /// Interval `[start, end)` of `chrom`.
    pub fn new(chrom: impl Into<String>, start: u64, end: u64) -> Self {
        Self { chrom: chrom.into(), start, end }
    }

    /// Number of bases; 0 if `end` is not past `start`.
    pub fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the interval has no base.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.chrom, self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_len_and_display_are_half_open() {
        let interval = Interval::new("chr1", 10, 25);
        assert_eq!(interval.len(), 15);
        assert_eq!(interval.to_string(), "chr1:10-25");
        assert!(Interval::new("chr1", 5, 5).is_empty());
    }
}
