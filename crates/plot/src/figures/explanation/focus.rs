//! Region of a long window that is shown base by base.

use std::ops::{Range, RangeInclusive};

/// Smallest and largest length of the focus region in bases, so that letters remain legible.
pub const FOCUS_BP: RangeInclusive<usize> = 120..=200;
/// Number of bases per growth step.
const STEP_BP: usize = 10;
/// Smallest mean absolute effect of a growth step, relative to that of the current region.
const MIN_GROWTH_DENSITY: f64 = 0.5;

/// Range of indices with the largest effects.
///
/// The region starts as the 120 bases with the largest sum of absolute effects. It grows in steps of 10 bases on the side with
/// the larger sum, while the mean absolute effect of the step is at least half that of the region, to at most 200 bases.
///
/// Values that are not finite count as 0. The first of equal regions is used. A window of up to 120 bases is returned whole.
///
/// # Examples
///
/// ```
/// use tatabox_plot::focus_region;
///
/// let mut effects = vec![0.0; 1_000];
/// effects[400..550].fill(1.0);
/// assert_eq!(focus_region(&effects), 400..550);
/// assert_eq!(focus_region(&[1.0; 90]), 0..90);
/// ```
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

    /// Effects of 1,000 bases, which are zero outside `range`.
    fn effects(range: Range<usize>) -> Vec<f64> {
        (0..1_000)
            .map(|index| if range.contains(&index) { if index % 2 == 0 { 1.0 } else { -1.0 } } else { 0.0 })
            .collect()
    }

    #[test]
    fn focus_region_covers_and_grows_with_the_effects() {
        // 100 bases with effect fit into 120; the first region that contains them ends with them.
        assert_eq!(focus_region(&effects(400..500)), 380..500);
        // 150: the first 120, then three steps of ten to the right.
        assert_eq!(focus_region(&effects(400..550)), 400..550);
        // At most 200 bases.
        assert_eq!(focus_region(&effects(300..900)), 300..500);
        assert_eq!(focus_region(&effects(0..1_000)).len(), 200);
    }

    #[test]
    fn focus_region_excludes_weak_neighbours() {
        let mut faint = effects(400..520);
        faint[520..700].fill(0.4);
        assert_eq!(focus_region(&faint), 400..520);
        faint[520..700].fill(0.6);
        assert_eq!(focus_region(&faint), 400..600);
    }

    #[test]
    fn focus_region_of_short_windows_and_windows_without_effects_exists() {
        assert_eq!(focus_region(&[]), 0..0);
        assert_eq!(focus_region(&[1.0; 90]), 0..90);
        assert_eq!(focus_region(&[f64::NAN; 500]), 0..120);
    }
}
