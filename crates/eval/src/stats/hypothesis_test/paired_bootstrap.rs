//! p-value of a paired bootstrap test.

/// Two-sided p-value of the hypothesis that two scores are equal, from their differences over bootstrap resamples.
///
/// Both scores of a resample are computed on the same genes, which makes the test paired:
/// p = 2 min((1 + #(d <= 0)) / (1 + B), (1 + #(d >= 0)) / (1 + B)) over B resamples, at most 1. The smallest possible value is
/// 2 / (1 + B), never zero. `None` without resamples.
///
/// # Source
///
/// Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 15.4: achieved significance levels from bootstrap
/// confidence points, where p is the level at which the percentile interval just reaches zero. The added 1 follows Davison and
/// Hinkley, Bootstrap Methods and their Application (1997), section 4.2.
///
/// # Examples
///
/// ```
/// // One of nine differences is not above zero: 2 (1 + 1) / (1 + 9).
/// let p = tatabox_eval::bootstrap_p(&[0.3, 0.1, 0.2, -0.1, 0.4, 0.2, 0.1, 0.5, 0.3]).expect("nine resamples");
/// assert!((p - 0.4).abs() < 1e-12);
/// ```
pub fn bootstrap_p(differences: &[f64]) -> Option<f64> {
    if differences.is_empty() {
        return None;
    }
    let share = |count: usize| (1 + count) as f64 / (1 + differences.len()) as f64;
    let not_above = share(differences.iter().filter(|difference| **difference <= 0.0).count());
    let not_below = share(differences.iter().filter(|difference| **difference >= 0.0).count());
    Some((2.0 * not_above.min(not_below)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bootstrap_p_counts_opposite_signs_twice() {
        // One of nine differences is not above zero: 2 (1 + 1) / (1 + 9).
        let resamples = [0.3, 0.1, 0.2, -0.1, 0.4, 0.2, 0.1, 0.5, 0.3];
        let p = bootstrap_p(&resamples).expect("nine resamples");
        assert!((p - 0.4).abs() < 1e-15);
        let mirrored: Vec<f64> = resamples.iter().map(|d| -d).collect();
        assert_eq!(bootstrap_p(&mirrored), Some(p));
    }

    #[test]
    fn bootstrap_p_is_above_zero_and_at_most_one() {
        assert_eq!(bootstrap_p(&[1.0; 99]), Some(0.02));
        assert_eq!(bootstrap_p(&[0.0; 99]), Some(1.0));
        assert_eq!(bootstrap_p(&[]), None);
    }
}
