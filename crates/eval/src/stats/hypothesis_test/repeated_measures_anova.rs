//! Repeated-measures analysis of variance for several treatments of the same subjects.

use super::{ROUNDING_TOLERANCE, f_tail, squares_about};
use crate::stats::mean;

/// Result of a repeated-measures analysis of variance with one factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatedMeasuresAnova {
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom: treatments, error.
    pub df: [f64; 2],
    /// p-value, valid under sphericity: all differences between treatments have the same variance.
    pub p: f64,
    /// Greenhouse and Geisser's epsilon: 1 under sphericity, at least 1 / (treatments - 1).
    pub epsilon: f64,
    /// p-value with both degrees of freedom multiplied by epsilon.
    pub p_greenhouse_geisser: f64,
    /// Sum of squares of treatments divided by the sum of squares of treatments and error.
    pub partial_eta_squared: f64,
}

/// Tests whether all treatments have the same mean; each treatment lists the same subjects in the same order.
///
/// F = MS(treatments) / MS(treatments x subjects), which removes the variation between subjects. `None` for fewer than two
/// treatments or subjects, or if the treatments differ by the same amounts in every subject.
///
/// # Panics
///
/// If the treatments differ in length.
///
/// # Source
///
/// F as in statsmodels' `AnovaRM`. Epsilon: Greenhouse and Geisser, On methods in the analysis of profile data, Psychometrika
/// 24:95-112 (1959), doi:10.1007/BF02289823.
///
/// # Examples
///
/// ```
/// // Differences 1 2 3 between two treatments: F is the square of the paired t, 12.
/// let test = tatabox_eval::repeated_measures_anova(&[&[2.0, 5.0, 9.0], &[1.0, 3.0, 6.0]]).expect("the values vary");
/// assert!((test.f - 12.0).abs() < 1e-9);
/// ```
pub fn repeated_measures_anova(treatments: &[&[f64]]) -> Option<RepeatedMeasuresAnova> {
    let subjects = treatments.first()?.len();
    assert!(treatments.iter().all(|values| values.len() == subjects), "every treatment has one value per subject");
    if treatments.len() < 2 || subjects < 2 {
        return None;
    }
    let all = treatments.concat();
    let grand = mean(&all)?;
    let of_treatments: Vec<f64> = treatments.iter().filter_map(|values| mean(values)).collect();
    let of_subjects: Vec<f64> = (0..subjects)
        .map(|subject| treatments.iter().map(|values| values[subject]).sum::<f64>() / treatments.len() as f64)
        .collect();
    let residuals: Vec<Vec<f64>> = treatments
        .iter()
        .zip(&of_treatments)
        .map(|(values, centre)| values.iter().zip(&of_subjects).map(|(v, s)| v - centre - s + grand).collect())
        .collect();

    let between = subjects as f64 * squares_about(grand, &of_treatments);
    let error: f64 = residuals.iter().map(|values| squares_about(0.0, values)).sum();
    if error <= ROUNDING_TOLERANCE * squares_about(0.0, &all) {
        return None;
    }
    let freedom = treatments.len() as f64 - 1.0;
    let df = [freedom, freedom * (subjects as f64 - 1.0)];
    let f = (between / df[0]) / (error / df[1]);
    let epsilon = greenhouse_geisser(&residuals);
    Some(RepeatedMeasuresAnova {
        f,
        df,
        p: f_tail(f, df)?,
        epsilon,
        p_greenhouse_geisser: f_tail(f, df.map(|df| df * epsilon))?,
        partial_eta_squared: between / (between + error),
    })
}

/// Greenhouse and Geisser's epsilon, tr(S)^2 / ((k - 1) tr(S S)).
///
/// S is the covariance of the k treatments centred along rows and columns, which is the covariance of the residuals. Its factor
/// 1 / (n - 1) cancels.
fn greenhouse_geisser(residuals: &[Vec<f64>]) -> f64 {
    let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let trace: f64 = residuals.iter().map(|values| product(values, values)).sum();
    let squared: f64 = residuals.iter().flat_map(|a| residuals.iter().map(|b| product(a, b).powi(2))).sum();
    let freedom = residuals.len() as f64 - 1.0;
    // Rounding may exceed the bounds.
    (trace * trace / (freedom * squared)).clamp(1.0 / freedom, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_measures_anova_three_subjects_match_hand_calculation() {
        // Differences 1 2 3 between two treatments: F is the square of the paired t = 2 / (1 / sqrt 3), 12, on (1, 2).
        let test = repeated_measures_anova(&[&[2.0, 5.0, 9.0], &[1.0, 3.0, 6.0]]).expect("varies");
        assert!((test.f - 12.0).abs() < 1e-12);
        assert_eq!(test.df.map(|df| df as u32), [1, 2]);
        // t with two degrees of freedom: p = 1 - t / sqrt(t^2 + 2).
        let p = 1.0 - (12.0_f64 / 14.0).sqrt();
        assert!((test.p - p).abs() < 1e-10 && (test.p_greenhouse_geisser - p).abs() < 1e-10);
        assert!((test.epsilon - 1.0).abs() < 1e-12);
        // SS treatments = 3 * (1 + 1) = 6, F = 6 / (SSE / 2): SSE = 1.
        assert!((test.partial_eta_squared - 6.0 / 7.0).abs() < 1e-12);
    }

    #[test]
    fn repeated_measures_anova_single_contrast_has_minimal_epsilon() {
        // Only the first treatment varies relative to the others: S has rank one, epsilon is 1 / (k - 1).
        let test = repeated_measures_anova(&[&[1.0, 2.0, 4.0, 9.0], &[0.0; 4], &[0.0; 4]]).expect("varies");
        assert!((test.epsilon - 0.5).abs() < 1e-12);
        assert!(test.p_greenhouse_geisser > test.p);
    }

    #[test]
    fn repeated_measures_anova_one_subject_or_equal_differences_is_none() {
        assert_eq!(repeated_measures_anova(&[&[1.0], &[2.0]]), None);
        assert_eq!(repeated_measures_anova(&[&[1.0, 2.0, 3.0], &[1.1, 2.1, 3.1]]), None);
        assert_eq!(repeated_measures_anova(&[&[1.0, 2.0]]), None);
        assert_eq!(repeated_measures_anova(&[]), None);
    }
}
