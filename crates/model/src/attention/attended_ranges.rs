//! Attended bases of each gene.

use std::collections::BTreeMap;
use std::ops::Range;

use super::enriched_kmers::{AttentionWindow, KmerSearch};

/// Attended bases of each window with their flanks, as sorted ranges with gaps between them.
pub(super) fn attended_ranges(
    windows: &[AttentionWindow],
    upstream_bp: i64,
    bin_bp: usize,
    search: &KmerSearch,
) -> Vec<Vec<Range<usize>>> {
    let mut bins: Vec<Vec<usize>> = vec![Vec::new(); windows.len()];
    for (window, bin) in attended_bins(windows, bin_bp, search.attended_fraction) {
        bins[window].push(bin);
    }
    windows
        .iter()
        .zip(bins)
        .map(|(window, mut bins)| {
            bins.sort_unstable();
            let first_bp = window.prediction.attention_start_bp + upstream_bp;
            let length = window.codes.len() as i64;
            let flank_bp = search.flank_bp as i64;
            let ranges = bins.into_iter().map(|bin| {
                let start = first_bp + (bin * bin_bp) as i64;
                let within = |base: i64| base.clamp(0, length) as usize;
                within(start - flank_bp)..within(start + bin_bp as i64 + flank_bp)
            });
            joined(ranges)
        })
        .collect()
}

/// Window and bin of the highest weights at each position, if they are at least as high as a uniform weight.
fn attended_bins(windows: &[AttentionWindow], bin_bp: usize, fraction: f64) -> Vec<(usize, usize)> {
    let mut by_position: BTreeMap<i64, Vec<(f64, usize, usize)>> = BTreeMap::new();
    for (index, window) in windows.iter().enumerate() {
        for (bin, &weight) in window.prediction.attention.iter().enumerate() {
            let position_bp = window.prediction.attention_start_bp + (bin * bin_bp) as i64;
            by_position.entry(position_bp).or_default().push((weight, index, bin));
        }
    }
    let mut attended = Vec::new();
    for mut bins in by_position.into_values() {
        let max_attended = (fraction * bins.len() as f64).ceil() as usize;
        bins.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        bins.truncate(max_attended);
        let is_attended = |&(weight, index, _): &(f64, usize, usize)| {
            weight * windows[index].prediction.attention.len() as f64 >= 1.0
        };
        attended.extend(bins.into_iter().filter(is_attended).map(|(_, window, bin)| (window, bin)));
    }
    attended
}

/// Sorted ranges, with overlapping and adjacent ones merged.
fn joined(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::WindowPrediction;

    fn prediction(attention: [f64; 4]) -> WindowPrediction {
        WindowPrediction {
            log2_tpm: Vec::new(),
            log2_tpm_sd: None,
            attention: attention.to_vec(),
            attention_start_bp: -22,
        }
    }

    #[test]
    fn attended_bins_are_highest_at_their_position() {
        let predictions = [prediction([0.5, 0.1, 0.2, 0.2]), prediction([0.3, 0.4, 0.2, 0.1])];
        let codes = [0; 38];
        let windows = [0, 1].map(|index| AttentionWindow { codes: &codes, prediction: &predictions[index] });
        // The higher weight at each position, unless it is below the uniform weight of 0.25.
        assert_eq!(attended_bins(&windows, 10, 0.5), [(0, 0), (1, 1)]);
        assert_eq!(attended_bins(&windows, 10, 1.0), [(0, 0), (1, 0), (1, 1)]);
        // Bins start at -22 bp and the window at -20 bp, so bin 1 covers bases 8 to 18 of the window.
        let search = KmerSearch { attended_fraction: 0.5, flank_bp: 3, ..KmerSearch::default() };
        let ranges = attended_ranges(&windows, 20, 10, &search);
        assert_eq!(ranges.concat(), [0..11, 5..21]);
        assert_eq!(ranges.len(), 2);
    }

    #[test]
    fn joined_adjacent_ranges_are_merged() {
        let ranges = [0..5, 5..9, 7..8, 10..12];
        assert_eq!(joined(ranges.into_iter()), [0..9, 10..12]);
    }
}
