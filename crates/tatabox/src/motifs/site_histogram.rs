//! Histogram of site positions.

use tatabox_dataset::Extent;

/// Widths of bins; the narrowest that gives at most [`MAX_BINS`] is used.
const BIN_WIDTHS_BP: [i64; 9] = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

/// Approximate largest number of bins.
const MAX_BINS: i64 = 40;

/// Number of sites per bin along the extent of a model. Bins start at multiples of their width, so that the TSS starts one.
pub(super) struct SiteHistogram {
    width_bp: i64,
    /// First bin, in bins from the TSS.
    first: i64,
    counts: Vec<u64>,
}

/// Bin of a histogram, relative to the TSS and half-open.
pub(super) struct SiteBin {
    pub(super) start_bp: i64,
    pub(super) end_bp: i64,
    pub(super) sites: u64,
}

impl SiteHistogram {
    pub(super) fn new(positions_bp: &[i64], extent: Extent) -> Self {
        let width_bp = bin_width_bp(i64::from(extent.total_bp()));
        let first = bin_of(-i64::from(extent.upstream_bp), width_bp);
        let last = bin_of(i64::from(extent.downstream_bp) - 1, width_bp);
        let mut counts = vec![0; (last - first + 1) as usize];
        for &position_bp in positions_bp {
            counts[(bin_of(position_bp, width_bp) - first) as usize] += 1;
        }
        Self { width_bp, first, counts }
    }

    pub(super) fn bins(&self) -> impl Iterator<Item = SiteBin> {
        self.counts.iter().zip(self.first..).map(|(&sites, bin)| {
            let start_bp = bin * self.width_bp;
            SiteBin { start_bp, end_bp: start_bp + self.width_bp, sites }
        })
    }
}

fn bin_width_bp(total_bp: i64) -> i64 {
    let fits = |width: &i64| total_bp <= MAX_BINS * width;
    BIN_WIDTHS_BP.into_iter().find(fits).unwrap_or(BIN_WIDTHS_BP[BIN_WIDTHS_BP.len() - 1])
}

fn bin_of(position_bp: i64, width_bp: i64) -> i64 {
    position_bp.div_euclid(width_bp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn site_histogram_bins_start_at_the_tss_and_are_few() {
        assert_eq!((bin_width_bp(300), bin_width_bp(600), bin_width_bp(11_000)), (10, 20, 500));
        assert_eq!((bin_of(-1, 10), bin_of(0, 10), bin_of(-249, 10), bin_of(9, 10)), (-1, 0, -25, 0));
    }

    #[test]
    fn site_histogram_counts_every_position() {
        let extent = Extent { upstream_bp: 12, downstream_bp: 8 };
        let histogram = SiteHistogram::new(&[-12, -1, 0, 4, 7], extent);
        let bins: Vec<(i64, i64, u64)> = histogram.bins().map(|bin| (bin.start_bp, bin.end_bp, bin.sites)).collect();
        assert_eq!(bins, [(-15, -10, 1), (-10, -5, 0), (-5, 0, 1), (0, 5, 2), (5, 10, 1)]);
    }
}
