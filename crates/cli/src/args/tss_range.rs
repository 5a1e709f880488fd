//! Positions of a promoter as they are typed: `-300..+100`.

use std::ops::Range;
use std::str::FromStr;

use anyhow::Result;
use tatabox_dataset::Extent;

use crate::failure::usage;

/// Positions relative to the TSS base, which is 0; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TssRange {
    /// First base.
    pub(crate) from_bp: i64,
    /// One past the last base.
    pub(crate) to_bp: i64,
}

impl TssRange {
    /// Indices of the bases in a window of this extent.
    ///
    /// # Errors
    /// A stretch that reaches beyond the extent; `option` is named.
    pub(crate) fn indices(self, extent: Extent, option: &str) -> Result<Range<usize>> {
        let upstream = i64::from(extent.upstream_bp);
        let (start, end) = (upstream + self.from_bp, upstream + self.to_bp);
        if start < 0 || end > i64::from(extent.total_bp()) {
            return Err(usage(format!(
                "{option} {}..{:+}: the model reads {extent} around the TSS; stay within",
                self.from_bp, self.to_bp
            )));
        }
        Ok(start as usize..end as usize)
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
    fn bases_are_counted_from_the_tss() {
        let range: TssRange = "-100..+20".parse().expect("a stretch");
        assert_eq!(range.indices(EXTENT, "--region").expect("inside"), 150..270);
        assert_eq!(
            "-250..50".parse::<TssRange>().expect("a stretch").indices(EXTENT, "--region").expect("all"),
            0..300
        );
    }

    #[test]
    fn what_lies_outside_or_is_empty_is_refused() {
        let outside = "-251..50".parse::<TssRange>().expect("a stretch").indices(EXTENT, "--region");
        let message = outside.expect_err("too far").to_string();
        assert!(message.contains("--region -251..+50") && message.contains("-250..+50"), "{message}");
        for text in ["", "x", "20..-100", "5..5", "a..b", "-200-0", "1..", "--5..1"] {
            assert!(text.parse::<TssRange>().is_err(), "{text}");
        }
    }
}
