//! Hypothesis tests on plain lists of numbers.
//!
//! A test that is not defined for its input is `None`, never NaN.

mod corrected_resampled_t;
mod one_way_anova;
mod paired_bootstrap;
mod repeated_measures_anova;
mod signed_rank;

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

pub use corrected_resampled_t::{CorrectedResampledT, corrected_resampled_t};
pub use one_way_anova::{OneWayAnova, one_way_anova};
pub use paired_bootstrap::bootstrap_p;
pub use repeated_measures_anova::{RepeatedMeasuresAnova, repeated_measures_anova};
pub use signed_rank::{SignedRank, signed_rank};

/// Sum of squares below this fraction of the raw one counts as rounding error.
///
/// It is the square of the tolerance for constant values in `moments`.
const ROUNDING_TOLERANCE: f64 = 1e-26;

/// Probability of an F statistic of at least `f`.
fn f_tail(f: f64, [between, error]: [f64; 2]) -> Option<f64> {
    Some(FisherSnedecor::new(between, error).ok()?.sf(f))
}

/// Sum of squared deviations from `centre`.
fn squares_about(centre: f64, values: &[f64]) -> f64 {
    values.iter().map(|value| (value - centre).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_tail_large_error_degrees_of_freedom_matches_scipy() {
        // scipy.stats.f.sf(f, df1, df2)
        for (f, df, expected) in [
            (1.1, [9.0, 17_991.0], 0.358_706_881_099_410_96),
            (1.5, [9.0, 117_000.0], 0.141_270_907_065_993_46),
            (5.0, [9.0, 117_000.0], 9.255_381_215_736_419e-7),
            (30.0, [9.0, 117_000.0], 6.857_892_998_926_378e-53),
        ] {
            let p = f_tail(f, df).expect("positive degrees of freedom");
            assert!((p / expected - 1.0).abs() < 1e-7, "F {f} on {df:?}: {p:e}, expected {expected:e}");
        }
    }
}
