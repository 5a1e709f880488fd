//! Bins of the distance to the TSS.

use tatabox_dataset::Extent;

/// Boundaries between bins, in bases from the TSS in the direction of transcription. Bins are narrow near the TSS, where
/// effects are largest.
const BOUNDARIES_BP: [i64; 15] =
    [-5_000, -2_000, -1_000, -500, -250, -100, -50, 0, 50, 100, 250, 500, 1_000, 2_000, 5_000];

/// Smallest width of a bin: a boundary closer than this to an end of the extent is omitted.
const MIN_WIDTH_BP: i64 = 25;

/// Range of distances to the TSS, half-open, in the direction of transcription; the TSS base is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DistanceBin {
    pub(super) start_bp: i64,
    pub(super) end_bp: i64,
}

impl DistanceBin {
    /// Bins of an extent, in ascending order and without gaps.
    pub(super) fn of_extent(extent: Extent) -> Vec<Self> {
        let (first, last) = Self::ends(extent);
        let is_inside = |&boundary: &i64| boundary - first >= MIN_WIDTH_BP && last - boundary >= MIN_WIDTH_BP;
        let inner = BOUNDARIES_BP.into_iter().filter(is_inside);
        let edges: Vec<i64> = [first].into_iter().chain(inner).chain([last]).collect();
        edges.windows(2).map(|edge| Self { start_bp: edge[0], end_bp: edge[1] }).collect()
    }

    /// First distance of an extent, and the distance after the last one.
    pub(super) fn ends(extent: Extent) -> (i64, i64) {
        (-i64::from(extent.upstream_bp), i64::from(extent.downstream_bp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(upstream_bp: u32, downstream_bp: u32) -> Vec<(i64, i64)> {
        let bins = DistanceBin::of_extent(Extent { upstream_bp, downstream_bp });
        bins.into_iter().map(|bin| (bin.start_bp, bin.end_bp)).collect()
    }

    #[test]
    fn distance_bins_cover_the_extent_without_narrow_bins_at_its_ends() {
        assert_eq!(edges(249, 51), [(-249, -100), (-100, -50), (-50, 0), (0, 51)]);
        assert_eq!(edges(75, 75), [(-75, -50), (-50, 0), (0, 50), (50, 75)]);
        assert_eq!(edges(10, 10), [(-10, 10)]);
        let long = edges(10_000, 1_000);
        assert_eq!((long.len(), long[0], long[long.len() - 1]), (13, (-10_000, -5_000), (500, 1_000)));
        assert!(long.windows(2).all(|pair| pair[0].1 == pair[1].0), "no gaps");
    }
}
