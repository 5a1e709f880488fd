//! Agreement between measured and predicted expression over a set of genes.
//!
//! Every function takes two slices of equal length, in log2(TPM + 1), and computes over the whole set at once, never per batch.
//! A quantity that is not defined for the input (a correlation with a constant, anything over no genes) is `None`, never NaN.

use serde::{Deserialize, Serialize};

use crate::rank::average_ranks;

/// Spread below this fraction of the largest absolute value is rounding, not signal (the limit scipy warns at).
const NEARLY_CONSTANT: f64 = 1e-13;

/// The six scores of one set of genes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Number of genes.
    pub n: usize,
    /// Pearson correlation.
    pub pearson: Option<f64>,
    /// Spearman correlation, ties at their average rank.
    pub spearman: Option<f64>,
    /// Squared Pearson correlation, what many papers call r2.
    pub r2_pearson: Option<f64>,
    /// Coefficient of determination, 1 - SSE / SST; negative when worse than the mean.
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
    /// When the slices differ in length.
    pub fn of(measured: &[f64], predicted: &[f64]) -> Self {
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

/// Pearson correlation: cov(x, y) / (sd(x) sd(y)).
pub fn pearson(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    assert_eq!(measured.len(), predicted.len(), "one prediction a measurement");
    let x = Centred::new(measured)?;
    let y = Centred::new(predicted)?;
    let product: f64 = x.values.iter().zip(&y.values).map(|(a, b)| a * b).sum();
    Some((product / (x.norm * y.norm)).clamp(-1.0, 1.0))
}

/// Spearman correlation: the Pearson correlation of the average ranks.
pub fn spearman(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    pearson(&average_ranks(measured), &average_ranks(predicted))
}

/// The squared Pearson correlation.
pub fn r2_pearson(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    pearson(measured, predicted).map(|r| r * r)
}

/// Coefficient of determination: 1 - sum (y - p)^2 / sum (y - mean y)^2.
///
/// scikit-learn answers 0 or 1 where the measurements do not vary; here that is `None`.
pub fn r2(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    let spread = Centred::new(measured)?;
    let n = measured.len() as f64;
    Some(1.0 - mse(measured, predicted)? * n / (spread.norm * spread.norm))
}

/// Mean squared error.
pub fn mse(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    mean_of(measured, predicted, |error| error * error)
}

/// Mean absolute error.
pub fn mae(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    mean_of(measured, predicted, f64::abs)
}

/// FlopCount mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn mean_of(measured: &[f64], predicted: &[f64], loss: impl Fn(f64) -> f64) -> Option<f64> {
    assert_eq!(measured.len(), predicted.len(), "one prediction a measurement");
    let total: f64 = measured.iter().zip(predicted).map(|(m, p)| loss(m - p)).sum();
    (!measured.is_empty()).then(|| total / measured.len() as f64)
}

/// Values minus their mean, with the length of that vector; exists only where the values vary.
pub(crate) struct Centred {
    pub(crate) values: Vec<f64>,
    pub(crate) norm: f64,
}

impl Centred {
    pub(crate) fn new(values: &[f64]) -> Option<Self> {
        let centre = mean(values)?;
        let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let values: Vec<f64> = values.iter().map(|v| v - centre).collect();
        let norm = values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let varies = norm > NEARLY_CONSTANT * largest * (values.len() as f64).sqrt();
        varies.then_some(Self { values, norm })
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scores_of_three_genes_worked_by_hand() {
        // centred x: -1 0 1, centred y: -1 1 0; product sum 1, norms sqrt 2 each.
        let (x, y) = ([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]);
        assert_relative_eq!(pearson(&x, &y).expect("both vary"), 0.5, epsilon = 1e-15);
        // errors 0 -1 1: SSE 2, SST 2.
        assert_relative_eq!(r2(&x, &y).expect("x varies"), 0.0, epsilon = 1e-15);
        assert_relative_eq!(mse(&x, &y).expect("three genes"), 2.0 / 3.0, epsilon = 1e-15);
        assert_relative_eq!(mae(&x, &y).expect("three genes"), 2.0 / 3.0, epsilon = 1e-15);
    }

    #[test]
    fn constants_have_no_correlation_even_when_their_mean_rounds() {
        let constant = [0.1, 0.1, 0.1];
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &constant), None);
        assert_eq!(spearman(&constant, &[1.0, 2.0, 3.0]), None);
        assert_eq!(r2(&constant, &[1.0, 2.0, 3.0]), None);
        assert!(r2(&[1.0, 2.0, 3.0], &constant).is_some());
    }

    #[test]
    fn one_gene_has_errors_but_no_correlation() {
        let scores = Scores::of(&[3.0], &[1.0]);
        assert_eq!((scores.pearson, scores.r2), (None, None));
        assert_eq!((scores.mse, scores.mae), (Some(4.0), Some(2.0)));
        assert_eq!(Scores::of(&[], &[]).mse, None);
    }

    proptest! {
        #[test]
        fn correlations_are_bounded_and_blind_to_scale(
            pairs in proptest::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 2..40),
            scale in 0.1..10.0_f64,
            shift in -50.0..50.0_f64,
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let moved: Vec<f64> = y.iter().map(|v| v * scale + shift).collect();
            if let (Some(r), Some(s)) = (pearson(&x, &y), pearson(&x, &moved)) {
                prop_assert!(r.abs() <= 1.0);
                prop_assert!((r - s).abs() < 1e-8);
            }
            if let Some(rho) = spearman(&x, &y) {
                prop_assert!(rho.abs() <= 1.0);
            }
        }
    }
}
