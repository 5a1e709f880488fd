//! Syntax of extents: `-249..+50`.

use tatabox_dataset::Extent;

/// Reads `-UP..+DOWN`, bases before the TSS and from the TSS base on; the signs are optional.
pub(crate) fn parse_extent(text: &str) -> Result<Extent, String> {
    let read = || {
        let (upstream, downstream) = text.split_once("..")?;
        let upstream_bp = upstream.strip_prefix('-').unwrap_or(upstream).parse().ok()?;
        let downstream_bp = downstream.strip_prefix('+').unwrap_or(downstream).parse().ok()?;
        Some(Extent { upstream_bp, downstream_bp })
    };
    read().ok_or_else(|| "expected bases before the TSS and from the TSS on, such as -249..+50".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extent_is_read_as_it_is_displayed() {
        let extent = Extent { upstream_bp: 249, downstream_bp: 50 };
        assert_eq!(parse_extent(&extent.to_string()), Ok(extent));
        assert_eq!(parse_extent("249..50"), Ok(extent));
    }

    #[test]
    fn extent_other_syntax_is_refused() {
        for text in ["", "300", "-249:50", "-x..+50", "+249..-50", "..", "--249..+50"] {
            assert!(parse_extent(text).is_err(), "{text}");
        }
    }
}
