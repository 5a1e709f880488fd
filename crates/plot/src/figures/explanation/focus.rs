//! The stretch of a long window that is shown base by base.

use std::ops::{Range, RangeInclusive};

/// Bases of the region: as many as letters of a figure can be read.
pub const FOCUS_BP: RangeInclusive<usize> = 120..=200;
/// Bases by which the region grows.
const STEP_BP: usize = 10;
/// A step is taken while its mean absolute effect is at least this share of that of the region so far.
const MIN_GROWTH_DENSITY: f64 = 0.5;

/// The region with the largest effects, as indices: the 120 bases with the largest sum of absolute values, grown by
/// ten at a time on the side that holds more, while these are at least half as dense as what is there, to 200 at most.
///
/// Values that are not finite count as 0; of equal regions the first is taken; a shorter window is taken whole.
pub fn focus_region(effects: &[f64]) -> Range<usize> {
    let (least, most) = (*FOCUS_BP.start(), *FOCUS_BP.end());
    if effects.len() <= least {
        return 0..effects.len();
    }
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(effects.iter().scan(0.0, |sum, effect| {
            *sum += if effect.is_finite() { effect.abs() } else { 0.0 };
            Some(*sum)
        }))
        .collect();
    let sum = |range: &Range<usize>| sums[range.end] - sums[range.start];
    let mut region = (1..=effects.len() - least)
        .map(|start| start..start + least)
        .fold(0..least, |best, next| if sum(&next) > sum(&best) { next } else { best });
    while region.len() + STEP_BP <= most {
        let before = region.start.saturating_sub(STEP_BP)..region.start;
        let after = region.end..(region.end + STEP_BP).min(effects.len());
        let step = if sum(&before) > sum(&after) { before } else { after };
        let density = |range: &Range<usize>| sum(range) / range.len().max(1) as f64;
        if step.is_empty() || sum(&step) <= 0.0 || density(&step) < MIN_GROWTH_DENSITY * density(&region) {
            break;
        }
        region = region.start.min(step.start)..region.end.max(step.end);
    }
    region
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 bases without effect but for those of `range`.
    fn effects(range: Range<usize>) -> Vec<f64> {
        (0..1_000)
            .map(|index| if range.contains(&index) { if index % 2 == 0 { 1.0 } else { -1.0 } } else { 0.0 })
            .collect()
    }

    #[test]
    fn the_region_covers_the_effects_and_grows_with_them() {
        // 100 bases with effect fit into 120, of which the first that holds them all ends with them.
        assert_eq!(focus_region(&effects(400..500)), 380..500);
        // 150: the first 120, then three steps of ten to the right.
        assert_eq!(focus_region(&effects(400..550)), 400..550);
        // Never above 200.
        assert_eq!(focus_region(&effects(300..900)), 300..500);
        assert_eq!(focus_region(&effects(0..1_000)).len(), 200);
    }

    #[test]
    fn faint_neighbours_are_left_out() {
        let mut faint = effects(400..520);
        faint[520..700].fill(0.4);
        assert_eq!(focus_region(&faint), 400..520);
        faint[520..700].fill(0.6);
        assert_eq!(focus_region(&faint), 400..600);
    }

    #[test]
    fn short_windows_and_windows_without_effects_have_a_region_too() {
        assert_eq!(focus_region(&[]), 0..0);
        assert_eq!(focus_region(&[1.0; 90]), 0..90);
        assert_eq!(focus_region(&[f64::NAN; 500]), 0..120);
    }
}
