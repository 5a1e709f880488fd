//! Corrected resampled t-test for the difference of two models over the folds of a cross-validation.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{ROUNDING_TOLERANCE, squares_about};
use crate::stats::mean;

/// Result of a corrected resampled t-test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrectedResampledT {
    /// Mean of the differences.
    pub mean_difference: f64,
    /// t statistic with the corrected variance.
    pub t: f64,
    /// Degrees of freedom, folds - 1.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Cohen's d of paired values: mean of the differences divided by their standard deviation.
    pub cohens_d: f64,
}

/// Tests whether the mean of `differences`, one per fold, is zero.
///
/// The training sets of two folds overlap, so their scores are not independent and the plain paired t-test has too many false
/// positives. The variance of the mean is therefore (1/k + n_test / n_train) s^2 instead of s^2 / k. `test_to_train` is
/// n_test / n_train, which is 1 / (k - 1) for k folds of equal size. `None` for fewer than two folds or constant differences.
///
/// # Source
///
/// Nadeau and Bengio, Inference for the Generalization Error, Machine Learning 52:239-281 (2003), doi:10.1023/A:1024068626366.
///
/// # Examples
///
/// ```
/// // Mean 2, sd 1; variance of the mean 1/3 + 1/2 = 5/6.
/// let test = tatabox_eval::corrected_resampled_t(&[1.0, 2.0, 3.0], 0.5).expect("the differences vary");
/// assert!((test.t - 2.0 / (5.0_f64 / 6.0).sqrt()).abs() < 1e-12);
/// ```
pub fn corrected_resampled_t(differences: &[f64], test_to_train: f64) -> Option<CorrectedResampledT> {
    let folds = differences.len() as f64;
    let centre = mean(differences)?;
    let squares = squares_about(centre, differences);
    if differences.len() < 2 || squares <= ROUNDING_TOLERANCE * squares_about(0.0, differences) {
        return None;
    }
    let df = folds - 1.0;
    let sd = (squares / df).sqrt();
    let t = centre / (sd * (1.0 / folds + test_to_train).sqrt());
    let p = 2.0 * StudentsT::new(0.0, 1.0, df).ok()?.sf(t.abs());
    Some(CorrectedResampledT { mean_difference: centre, t, df, p: p.min(1.0), cohens_d: centre / sd })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrected_resampled_t_three_folds_match_hand_calculation() {
        // 1 2 3: mean 2, sd 1; variance of the mean (1/3 + 1/2) = 5/6, t = 2 / sqrt(5/6).
        let test = corrected_resampled_t(&[1.0, 2.0, 3.0], 0.5).expect("the differences vary");
        assert!((test.t - 2.0 / (5.0_f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!((test.mean_difference, test.df, test.cohens_d), (2.0, 2.0, 2.0));
        // Two degrees of freedom have a closed form: p = 1 - t / sqrt(t^2 + 2).
        assert!((test.p - (1.0 - test.t / (test.t * test.t + 2.0).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn corrected_resampled_t_correction_increases_p() {
        let differences = [0.02, 0.05, 0.01, 0.04, 0.03];
        let plain = corrected_resampled_t(&differences, 0.0).expect("varies");
        let corrected = corrected_resampled_t(&differences, 0.25).expect("varies");
        assert!(corrected.p > plain.p && corrected.t < plain.t);
    }

    #[test]
    fn corrected_resampled_t_single_fold_or_equal_differences_is_none() {
        assert_eq!(corrected_resampled_t(&[0.1], 1.0), None);
        assert_eq!(corrected_resampled_t(&[0.1; 5], 0.25), None);
        assert_eq!(corrected_resampled_t(&[0.0; 5], 0.25), None);
        assert_eq!(corrected_resampled_t(&[], 0.25), None);
    }
}
