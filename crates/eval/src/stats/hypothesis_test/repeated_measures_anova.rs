//! Repeated-measures analysis of variance: do several treatments of the same subjects differ?

use super::{ROUNDING_TOLERANCE, f_tail, squares_about};
use crate::stats::mean;

/// Outcome of a repeated-measures analysis of variance with one factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatedMeasuresAnova {
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom of treatments and of the error.
    pub df: [f64; 2],
    /// p-value, right where the differences between treatments all have the same variance (sphericity).
    pub p: f64,
    /// Greenhouse and Geisser's epsilon: 1 under sphericity, at least 1 / (treatments - 1).
    pub epsilon: f64,
    /// p-value with both degrees of freedom times epsilon.
    pub p_greenhouse_geisser: f64,
    /// Sum of squares of treatments over that plus the error.
    pub partial_eta_squared: f64,
}

/// Tests whether the treatments have one mean; `treatments` holds the values of the same subjects in the same order.
///
/// The spread between subjects is taken out: F = MS(treatments) / MS(treatments x subjects). `None` for fewer than two treatments or
/// subjects, or where treatments differ by the same in every subject.
///
/// # Panics
///
/// When the treatments differ in length.
///
/// # Source
///
/// F as in statsmodels' `AnovaRM`. Epsilon: Greenhouse and Geisser, On methods in the analysis of profile data, Psychometrika
/// 24:95-112 (1959), doi:10.1007/BF02289823.
pub fn repeated_measures_anova(treatments: &[&[f64]]) -> Option<RepeatedMeasuresAnova> {
    let subjects = treatments.first()?.len();
    assert!(treatments.iter().all(|values| values.len() == subjects), "every subject has every treatment");
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

/// epsilon = tr(S)^2 / ((k - 1) tr(S S)), where S is the covariance of the k treatments centred along rows and columns, which is
/// that of the residuals; the factor 1 / (n - 1) of S cancels.
fn greenhouse_geisser(residuals: &[Vec<f64>]) -> f64 {
    let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let trace: f64 = residuals.iter().map(|values| product(values, values)).sum();
    let squared: f64 = residuals.iter().flat_map(|a| residuals.iter().map(|b| product(a, b).powi(2))).sum();
    let freedom = residuals.len() as f64 - 1.0;
    // Rounding may carry it a little past its bounds.
    (trace * trace / (freedom * squared)).clamp(1.0 / freedom, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_subjects_worked_by_hand() {
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
    fn epsilon_is_least_where_one_contrast_carries_all_variance() {
        // Only the first treatment varies against the others: S has rank one, epsilon is 1 / (k - 1).
        let test = repeated_measures_anova(&[&[1.0, 2.0, 4.0, 9.0], &[0.0; 4], &[0.0; 4]]).expect("varies");
        assert!((test.epsilon - 0.5).abs() < 1e-12);
        assert!(test.p_greenhouse_geisser > test.p);
    }

    #[test]
    fn one_subject_or_equal_differences_have_no_test() {
        assert_eq!(repeated_measures_anova(&[&[1.0], &[2.0]]), None);
        assert_eq!(repeated_measures_anova(&[&[1.0, 2.0, 3.0], &[1.1, 2.1, 3.1]]), None);
        assert_eq!(repeated_measures_anova(&[&[1.0, 2.0]]), None);
        assert_eq!(repeated_measures_anova(&[]), None);
    }
}
