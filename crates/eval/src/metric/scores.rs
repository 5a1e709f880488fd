//! Correlations and errors between measured and predicted expression of a set of genes.
//!
//! Every function takes two slices of equal length, in log2(TPM + 1), and computes over the whole set, never per batch.
//! A score that is not defined (a correlation with a constant, any score of no genes) is `None`, never NaN.

use serde::{Deserialize, Serialize};

use crate::stats::{Centred, average_ranks};

/// Six scores of one set of genes.
///
/// # Examples
///
/// ```
/// use tatabox_eval::Scores;
///
/// let scores = Scores::new(&[1.0, 2.0, 3.0], &[1.5, 2.5, 3.5]);
/// assert_eq!((scores.n, scores.mse, scores.mae), (3, Some(0.25), Some(0.5)));
/// assert!((scores.pearson.expect("both vary") - 1.0).abs() < 1e-12);
/// assert_eq!(Scores::new(&[1.0, 2.0], &[3.0, 3.0]).pearson, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Number of genes.
    pub n: usize,
    /// Pearson correlation.
    pub pearson: Option<f64>,
    /// Spearman correlation; ties have their average rank.
    pub spearman: Option<f64>,
    /// Squared Pearson correlation, often called r2 in papers.
    pub r2_pearson: Option<f64>,
    /// Coefficient of determination, 1 - SSE / SST; negative if worse than predicting the mean.
    pub r2: Option<f64>,
    /// Mean squared error, in (log2 TPM)^2.
    pub mse: Option<f64>,
    /// Mean absolute error, in log2 TPM.
    pub mae: Option<f64>,
}

impl Scores {
    /// Scores of `predicted` against `measured`.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn new(measured: &[f64], predicted: &[f64]) -> Self {
        Self {
            n: measured.len(),
            pearson: pearson(measured, predicted),
            spearman: spearman(measured, predicted),
            r2_pearson: r2_pearson(measured, predicted),
            r2: r2(measured, predicted),
            mse: mse(measured, predicted),
            mae: mae(measured, predicted),
        }
    }
}

/// Pearson correlation: cov(x, y) / (sd(x) sd(y)); `None` if either side is constant.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// // Centred: -1 0 1 and -1 1 0; sum of products 1, both norms sqrt(2).
/// let r = tatabox_eval::pearson(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]).expect("both vary");
/// assert!((r - 0.5).abs() < 1e-12);
/// ```
pub fn pearson(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    assert_eq!(measured.len(), predicted.len(), "one prediction per measurement");
    let x = Centred::new(measured)?;
    let y = Centred::new(predicted)?;
    let product: f64 = x.values.iter().zip(&y.values).map(|(a, b)| a * b).sum();
    Some((product / (x.norm * y.norm)).clamp(-1.0, 1.0))
}

/// Spearman correlation: the Pearson correlation of the average ranks.
///
/// # Examples
///
/// ```
/// // Any increasing relation has rank correlation 1.
/// let rho = tatabox_eval::spearman(&[1.0, 2.0, 3.0], &[1.0, 10.0, 100.0]).expect("both vary");
/// assert!((rho - 1.0).abs() < 1e-12);
/// ```
pub fn spearman(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    pearson(&average_ranks(measured), &average_ranks(predicted))
}

/// Squared Pearson correlation.
pub fn r2_pearson(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    pearson(measured, predicted).map(|r| r * r)
}

/// Coefficient of determination: 1 - sum (y - p)^2 / sum (y - mean y)^2.
///
/// `None` if the measurements do not vary, for which scikit-learn returns 0 or 1.
///
/// # Examples
///
/// ```
/// // Errors 0 -1 1: SSE 2, and SST 2.
/// let r2 = tatabox_eval::r2(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]).expect("the measurements vary");
/// assert!(r2.abs() < 1e-12);
/// ```
pub fn r2(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    let spread = Centred::new(measured)?;
    let n = measured.len() as f64;
    Some(1.0 - mse(measured, predicted)? * n / (spread.norm * spread.norm))
}

/// Mean squared error; `None` without genes.
pub fn mse(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    mean_of(measured, predicted, |error| error * error)
}

/// Mean absolute error; `None` without genes.
pub fn mae(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    mean_of(measured, predicted, f64::abs)
}

fn mean_of(measured: &[f64], predicted: &[f64], loss: impl Fn(f64) -> f64) -> Option<f64> {
    assert_eq!(measured.len(), predicted.len(), "one prediction per measurement");
    let total: f64 = measured.iter().zip(predicted).map(|(m, p)| loss(m - p)).sum();
    (!measured.is_empty()).then(|| total / measured.len() as f64)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scores_of_three_genes_match_hand_calculation() {
        // centred x: -1 0 1, centred y: -1 1 0; product sum 1, norms sqrt 2 each.
        let (x, y) = ([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]);
        assert_relative_eq!(pearson(&x, &y).expect("both vary"), 0.5, epsilon = 1e-15);
        // errors 0 -1 1: SSE 2, SST 2.
        assert_relative_eq!(r2(&x, &y).expect("x varies"), 0.0, epsilon = 1e-15);
        assert_relative_eq!(mse(&x, &y).expect("three genes"), 2.0 / 3.0, epsilon = 1e-15);
        assert_relative_eq!(mae(&x, &y).expect("three genes"), 2.0 / 3.0, epsilon = 1e-15);
    }

    #[test]
    fn pearson_constant_whose_mean_rounds_is_none() {
        let constant = [0.1, 0.1, 0.1];
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &constant), None);
        assert_eq!(spearman(&constant, &[1.0, 2.0, 3.0]), None);
        assert_eq!(r2(&constant, &[1.0, 2.0, 3.0]), None);
        assert!(r2(&[1.0, 2.0, 3.0], &constant).is_some());
    }

    #[test]
    fn scores_of_one_gene_have_errors_but_no_correlation() {
        let scores = Scores::new(&[3.0], &[1.0]);
        assert_eq!((scores.pearson, scores.r2), (None, None));
        assert_eq!((scores.mse, scores.mae), (Some(4.0), Some(2.0)));
        assert_eq!(Scores::new(&[], &[]).mse, None);
    }

    proptest! {
            #[test]
    fn correlations_are_bounded_and_scale_invariant(
                pairs in proptest::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 2..40),
                scale in 0.1..10.0_f64,
                shift in -50.0..50.0_f64,
            ) {
                let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let rescaled: Vec<f64> = y.iter().map(|v| v * scale + shift).collect();
                if let (Some(r), Some(s)) = (pearson(&x, &y), pearson(&x, &rescaled)) {
                    prop_assert!(r.abs() <= 1.0);
                    prop_assert!((r - s).abs() < 1e-8);
                }
                if let Some(rho) = spearman(&x, &y) {
                    prop_assert!(rho.abs() <= 1.0);
                }
            }
        }
}
