//! Extent of a region around a TSS.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{UNKNOWN, WindowGeometry};

/// Longest run of unknown bases that counts as ambiguity letters; a longer run is padding or an assembly gap.
const MAX_AMBIGUITY_BP: usize = 16;

/// Region around a TSS: `upstream_bp` bases before it and `downstream_bp` bases from the TSS base on.
///
/// The amount of known sequence correlates with expression, since well-studied genes have more of it. A model that sees
/// padding of varying length could score well without reading a base. Models therefore read one extent for all genes,
/// and only genes that cover it.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::Extent;
///
/// let extents = [(100, 50), (100, 20), (40, 50)].map(|(up, down)| Extent { upstream_bp: up, downstream_bp: down });
/// // Two of three genes cover -100..+20 (120 bp); -40..+50 has 90 bp.
/// let common = Extent::common(&extents, 0.6);
/// assert_eq!(common.to_string(), "-100..+20");
/// assert!(extents[0].covers(common) && !extents[2].covers(common));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extent {
    /// Bases before the TSS base.
    pub upstream_bp: u32,
    /// Bases from the TSS base on, including it.
    pub downstream_bp: u32,
}

impl Extent {
    /// Extent of an entire window.
    pub fn of_window(geometry: WindowGeometry) -> Self {
        Self { upstream_bp: geometry.upstream_bp, downstream_bp: geometry.downstream_bp }
    }

    /// Extent of the known bases of a window: from the TSS at index `upstream_bp` outwards to the first run of more
    /// than 16 unknown bases, or to the end.
    pub fn of_known_bases(codes: &[u8], upstream_bp: usize) -> Self {
        let (before, from_tss) = codes.split_at(upstream_bp.min(codes.len()));
        let downstream = reach(from_tss.iter());
        let upstream = reach(before.iter().rev());
        // A gap across the TSS is a single run, of which each side sees a part.
        let gap_before = before.iter().rev().take_while(|&&code| code == UNKNOWN).count();
        let gap_after = from_tss.iter().take_while(|&&code| code == UNKNOWN).count();
        if gap_after > 0 && gap_before + gap_after > MAX_AMBIGUITY_BP {
            return Self { upstream_bp: 0, downstream_bp: 0 };
        }
        Self { upstream_bp: upstream as u32, downstream_bp: downstream as u32 }
    }

    /// Length in bases.
    pub fn total_bp(self) -> u32 {
        self.upstream_bp + self.downstream_bp
    }

    /// Whether this extent includes `other` on both sides.
    pub fn covers(self, other: Self) -> bool {
        self.upstream_bp >= other.upstream_bp && self.downstream_bp >= other.downstream_bp
    }

    /// Index range of the extent in a window, clipped to the window.
    pub fn window_range(&self, geometry: WindowGeometry) -> Range<usize> {
        let tss = geometry.upstream_bp;
        let start = tss - self.upstream_bp.min(tss);
        let end = tss + self.downstream_bp.min(geometry.downstream_bp);
        start as usize..end as usize
    }

    /// Bases of this extent around the TSS base at index `tss_index` of `codes`, padded with [`UNKNOWN`].
    pub fn cut(self, codes: &[u8], tss_index: usize) -> Vec<u8> {
        let (upstream, total) = (self.upstream_bp as usize, self.total_bp() as usize);
        let missing = upstream.saturating_sub(tss_index);
        let start = tss_index.saturating_sub(upstream).min(codes.len());
        let known = &codes[start..codes.len().min(start + total - missing)];
        let mut window = vec![UNKNOWN; total];
        window[missing..missing + known.len()].copy_from_slice(known);
        window
    }

    /// Longest extent covered by at least the fraction `coverage` of `extents`; of equally long ones, the one with more
    /// downstream bases. Without extents it is empty.
    pub fn common(extents: &[Self], coverage: f64) -> Self {
        let mut longest = Self { upstream_bp: 0, downstream_bp: 0 };
        if extents.is_empty() {
            return longest;
        }
        // The tolerance keeps the result of 0.8 * 5 at 4 despite rounding.
        let count = (coverage * extents.len() as f64 - 1e-9).ceil() as usize;
        let needed = count.clamp(1, extents.len());

        // Upstream lengths descend. The heap holds the `needed` longest downstream lengths so far, the shortest on top:
        // the downstream length covered by `needed` of the genes that reach this far upstream.
        let mut sorted = extents.to_vec();
        sorted.sort_by_key(|extent| Reverse((extent.upstream_bp, extent.downstream_bp)));
        let mut downstreams = BinaryHeap::with_capacity(needed + 1);
        for extent in sorted {
            downstreams.push(Reverse(extent.downstream_bp));
            if downstreams.len() > needed {
                downstreams.pop();
            }
            if downstreams.len() == needed
                && let Some(&Reverse(downstream_bp)) = downstreams.peek()
            {
                let candidate = Self { upstream_bp: extent.upstream_bp, downstream_bp };
                let rank = |extent: Self| (extent.total_bp(), extent.downstream_bp);
                if rank(candidate) > rank(longest) {
                    longest = candidate;
                }
            }
        }
        longest
    }
}

impl fmt::Display for Extent {
    /// Ends relative to the TSS, half-open: `-249..+50`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "-{}..+{}", self.upstream_bp, self.downstream_bp)
    }
}

/// Number of bases up to the last known base before a gap.
fn reach<'a>(codes: impl Iterator<Item = &'a u8>) -> usize {
    let mut known_to = 0;
    for (index, &code) in codes.enumerate() {
        if code != UNKNOWN {
            known_to = index + 1;
        } else if index + 1 - known_to > MAX_AMBIGUITY_BP {
            break;
        }
    }
    known_to
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn extent(upstream_bp: u32, downstream_bp: u32) -> Extent {
        Extent { upstream_bp, downstream_bp }
    }

    #[test]
    fn common_extent_is_longest_with_required_coverage() {
        let extents = [extent(100, 50), extent(100, 50), extent(100, 50), extent(100, 20), extent(40, 50)];
        // All five: 40 + 20 = 60. Four of five: 100 + 20 = 120 beats 40 + 50 = 90. Three: 100 + 50 = 150.
        assert_eq!(Extent::common(&extents, 1.0), extent(40, 20));
        assert_eq!(Extent::common(&extents, 0.8), extent(100, 20));
        assert_eq!(Extent::common(&extents, 0.6), extent(100, 50));
        assert_eq!(Extent::common(&[], 0.8), extent(0, 0));
    }

    #[test]
    fn common_extent_does_not_depend_on_order() {
        let mut extents = vec![extent(10, 5), extent(5, 10), extent(8, 8), extent(7, 9)];
        let forward = Extent::common(&extents, 0.5);
        extents.reverse();
        assert_eq!(Extent::common(&extents, 0.5), forward);
        // Pairs: (8,8)+(7,9) -> 7+8 = 15; (10,5)+(8,8) -> 8+5; (5,10)+(7,9) -> 5+9.
        assert_eq!(forward, extent(7, 8));
    }

    #[test]
    fn of_known_bases_ends_at_gap_but_not_at_ambiguity_letter() {
        let mut codes = vec![0_u8; 100];
        codes[..10].fill(UNKNOWN);
        codes[40] = UNKNOWN;
        codes[80..97].fill(UNKNOWN);
        // Upstream 60 - 10 = 50, across the single N at 40; downstream 60..80, then 17 unknown bases.
        assert_eq!(Extent::of_known_bases(&codes, 60), extent(50, 20));
        assert_eq!(Extent::of_known_bases(&[UNKNOWN; 30], 20), extent(0, 0));
    }

    #[test]
    fn of_known_bases_gap_across_tss_is_empty() {
        let mut codes = vec![0_u8; 60];
        codes[22..40].fill(UNKNOWN);
        assert_eq!(Extent::of_known_bases(&codes, 30), extent(0, 0));
    }

    #[test]
    fn window_range_is_clipped_to_window() {
        let geometry = WindowGeometry::new(250, 50).expect("valid");
        assert_eq!(extent(249, 50).window_range(geometry), 1..300);
        assert_eq!(extent(999, 10).window_range(geometry), 0..260);
        assert_eq!(extent(249, 50).to_string(), "-249..+50");
    }

    proptest! {
        #[test]
        fn cut_pads_missing_bases_with_unknown(
            codes in prop::collection::vec(0_u8..4, 1..80),
            tss_index in 0_usize..100,
            upstream_bp in 0_u32..60,
            downstream_bp in 0_u32..60,
        ) {
            let window = extent(upstream_bp, downstream_bp).cut(&codes, tss_index);
            let start = tss_index as i64 - i64::from(upstream_bp);
            let base = |at: i64| usize::try_from(at).ok().and_then(|at| codes.get(at)).copied().unwrap_or(UNKNOWN);
            let expected: Vec<u8> = (start..start + i64::from(upstream_bp + downstream_bp)).map(base).collect();
            prop_assert_eq!(window, expected);
        }
    }
}
