//! One-way analysis of variance for the difference of the means of several groups.

use super::{ROUNDING_TOLERANCE, f_tail, squares_about};
use crate::stats::mean;

/// Result of a one-way analysis of variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneWayAnova {
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom between and within groups.
    pub df: [f64; 2],
    /// p-value.
    pub p: f64,
    /// Sum of squares between groups divided by the total sum of squares.
    pub eta_squared: f64,
}

/// Tests whether all groups have the same mean: F = (SSB / (k - 1)) / (SSW / (N - k)).
///
/// `None` for fewer than two groups, an empty group, no more values than groups, or no variation within groups.
///
/// # Source
///
/// Fisher, Statistical Methods for Research Workers (1925), chapter 7; scipy's `f_oneway`.
///
/// # Examples
///
/// ```
/// // Means 2 and 4: SSB 6, SSW 4, F = 6 / (4 / 4).
/// let test = tatabox_eval::one_way_anova(&[&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0]]).expect("the groups vary");
/// assert!((test.f - 6.0).abs() < 1e-12 && (test.eta_squared - 0.6).abs() < 1e-12);
/// ```
pub fn one_way_anova(groups: &[&[f64]]) -> Option<OneWayAnova> {
    let all = groups.concat();
    let (count, values) = (groups.len() as f64, all.len() as f64);
    if groups.len() < 2 || all.len() <= groups.len() {
        return None;
    }
    let grand = mean(&all)?;
    let (mut between, mut within) = (0.0, 0.0);
    for group in groups {
        let centre = mean(group)?;
        between += group.len() as f64 * (centre - grand).powi(2);
        within += squares_about(centre, group);
    }
    if within <= ROUNDING_TOLERANCE * squares_about(0.0, &all) {
        return None;
    }
    let df = [count - 1.0, values - count];
    let f = (between / df[0]) / (within / df[1]);
    Some(OneWayAnova { f, df, p: f_tail(f, df)?, eta_squared: between / (between + within) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_anova_two_groups_match_hand_calculation() {
        // Means 2 and 4 about 3: SSB = 3 * (1 + 1) = 6; SSW = 2 + 2 = 4; F = 6 / (4 / 4) = 6.
        let test = one_way_anova(&[&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0]]).expect("varies");
        assert_eq!((test.f, test.df, test.eta_squared), (6.0, [1.0, 4.0], 0.6));
        // F(1, 4) is t^2 of 4 degrees of freedom: p = 0.070484 at t = sqrt 6.
        assert!((test.p - 0.070_484).abs() < 1e-6, "{}", test.p);
    }

    #[test]
    fn one_way_anova_groups_without_variation_is_none() {
        assert_eq!(one_way_anova(&[&[1.0, 1.0], &[2.0, 2.0]]), None);
        assert_eq!(one_way_anova(&[&[0.1, 0.1, 0.1], &[0.1, 0.1, 0.1]]), None);
        assert_eq!(one_way_anova(&[&[1.0, 2.0]]), None);
        assert_eq!(one_way_anova(&[&[1.0, 2.0, 4.0], &[]]), None);
        assert_eq!(one_way_anova(&[]), None);
    }
}
