//! Ranges of positions relative to a TSS, such as `-300..+100`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::error::{Error, Result};
use tatabox_dataset::Extent;

/// Half-open range of positions relative to the TSS base, which is 0.
///
/// ```
/// use tatabox::inputs::TssRange;
///
/// let range: TssRange = "-300..+100".parse().unwrap();
/// assert_eq!((range.from_bp, range.to_bp), (-300, 100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TssRange {
    /// First position.
    pub from_bp: i64,
    /// One past the last position.
    pub to_bp: i64,
}

impl TssRange {
    /// Indices of the bases in a window of this extent.
    ///
    /// # Errors
    /// The range reaches beyond the extent; the error names `field` of the request.
    pub fn indices(self, extent: Extent, field: &'static str) -> Result<Range<usize>> {
        let upstream = i64::from(extent.upstream_bp);
        let (start, end) = (upstream + self.from_bp, upstream + self.to_bp);
        if start < 0 || end > i64::from(extent.total_bp()) {
            let problem = format!("{self} is outside {extent}, which the model reads around the TSS");
            return Err(Error::request(field, problem));
        }
        Ok(start as usize..end as usize)
    }
}

impl fmt::Display for TssRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:+}..{:+}", self.from_bp, self.to_bp)
    }
}

impl FromStr for TssRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || match text.split_once("..") {
            Some((from, to)) => Some(Self { from_bp: from.parse().ok()?, to_bp: to.parse().ok()? }),
            None => text.parse().ok().map(|only: i64| Self { from_bp: only, to_bp: only + 1 }),
        };
        read().filter(|range| range.from_bp < range.to_bp).ok_or_else(|| {
            "expected positions relative to the TSS from the first to before the last, such as -300..+100, or one, such \
             as -30"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 250, downstream_bp: 50 };

    #[test]
    fn tss_range_indices_count_from_the_window_start() {
        let range: TssRange = "-100..+20".parse().expect("a range");
        assert_eq!(range.indices(EXTENT, "region").expect("inside"), 150..270);
        assert_eq!("-250..50".parse::<TssRange>().expect("a range").indices(EXTENT, "region").expect("all"), 0..300);
    }

    #[test]
    fn tss_range_outside_or_empty_is_refused() {
        let outside = "-251..50".parse::<TssRange>().expect("a range").indices(EXTENT, "region");
        let message = outside.expect_err("too far").to_string();
        assert!(message.contains("region: -251..+50") && message.contains("-250..+50"), "{message}");
        for text in ["", "x", "20..-100", "5..5", "a..b", "-200-0", "1..", "--5..1"] {
            assert!(text.parse::<TssRange>().is_err(), "{text}");
        }
    }
}
