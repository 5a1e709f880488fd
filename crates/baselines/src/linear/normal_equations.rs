//! Normal equations of ridge regression, solved for several numbers of features at once.

use std::borrow::Cow;

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::cholesky::factorise;
use crate::error::BaselineError;

/// Factor on the penalty of non-redundant features, such as gene features.
///
/// Hundreds of correlated k-mers require a penalty of the order of the Gram matrix, which would shrink the coefficient of a
/// non-redundant feature to almost 0. On 514 human genes with half-life features, factors of 0.01 and 0.001 score alike, and
/// both score above 0.1 and 1.
pub(crate) const REDUCED_PENALTY_FACTOR: f64 = 0.01;

/// Normal equations of targets with the same missing genes.
pub(crate) struct NormalEquations<'a> {
    /// Centred Gram matrix over the genes with these targets, lower triangle.
    gram: Cow<'a, DMatrix<f64>>,
    /// Features times centred targets, `[features, targets]`.
    right: DMatrix<f64>,
    feature_mean: DVector<f64>,
    target_means: Vec<f64>,
    genes: f64,
}

impl<'a> NormalEquations<'a> {
    /// Normal equations for `targets`, which are NaN in the genes `missing`; `features` have mean 0 over all genes.
    pub(crate) fn new(
        features: &DMatrix<f64>,
        gram: &'a DMatrix<f64>,
        missing: &[usize],
        targets: &DMatrix<f64>,
    ) -> Self {
        let genes = (features.ncols() - missing.len()) as f64;
        let mut feature_mean = DVector::zeros(features.nrows());
        let mut gram = Cow::Borrowed(gram);
        if !missing.is_empty() {
            let absent = select_columns(features, missing);
            feature_mean = absent.column_sum() / -genes;
            let gram = gram.to_mut();
            gram.gemm(-1.0, &absent, &absent.transpose(), 1.0);
            gram.ger(-genes, &feature_mean, &feature_mean, 1.0);
        }
        let mut centred = targets.clone();
        let mut target_means = Vec::with_capacity(targets.ncols());
        for mut column in centred.column_iter_mut() {
            let mean = column.iter().filter(|value| !value.is_nan()).sum::<f64>() / genes;
            column.apply(|value| *value = if value.is_nan() { 0.0 } else { *value - mean });
            target_means.push(mean);
        }
        Self { gram, right: features * centred, feature_mean, target_means, genes }
    }

    /// Solutions for the first `feature_counts` features, all from one Cholesky factor.
    ///
    /// The first `reduced_penalty` features have [`REDUCED_PENALTY_FACTOR`] times the penalty.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoSolution`] if the penalised Gram matrix is not positive definite.
    pub(crate) fn solve(
        &self,
        penalty: f64,
        reduced_penalty: usize,
        feature_counts: &[usize],
    ) -> Result<Vec<Solution>, BaselineError> {
        let mut factor = self.gram.clone().into_owned();
        for feature in 0..factor.nrows() {
            let weight = if feature < reduced_penalty { REDUCED_PENALTY_FACTOR } else { 1.0 };
            factor[(feature, feature)] += weight * penalty * self.genes;
        }
        let mut forward = self.right.clone();
        if !factorise(&mut factor) || !factor.solve_lower_triangular_mut(&mut forward) {
            return Err(BaselineError::NoSolution { penalty });
        }
        let solve_back = |&size: &usize| {
            let mut coefficients = forward.rows(0, size).clone_owned();
            let solved = factor.view((0, 0), (size, size)).tr_solve_lower_triangular_mut(&mut coefficients);
            debug_assert!(solved, "the diagonal of a Cholesky factor is positive");
            let mean = self.feature_mean.rows(0, size);
            let intercept = |(target, target_mean): (usize, &f64)| target_mean - mean.dot(&coefficients.column(target));
            let intercepts = self.target_means.iter().enumerate().map(intercept).collect();
            Solution { coefficients, intercepts }
        };
        Ok(feature_counts.par_iter().map(solve_back).collect())
    }
}

/// Coefficients of the first features, and intercepts.
pub(crate) struct Solution {
    /// `[features used, targets]`.
    pub(crate) coefficients: DMatrix<f64>,
    pub(crate) intercepts: Vec<f64>,
}

/// Columns of a matrix, in the given order.
pub(crate) fn select_columns(matrix: &DMatrix<f64>, columns: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(matrix.nrows(), columns.len(), |row, column| matrix[(row, columns[column])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::StandardScaler;
    use crate::linear::cholesky::gram;

    /// Features with mean 0 over all genes.
    fn centred(genes: usize) -> DMatrix<f64> {
        let value = |feature, gene| ((gene * 37 + feature * 11 + gene * gene * feature) % 17) as f64;
        let mut features = DMatrix::from_fn(3, genes, value);
        StandardScaler::fit(&features).transform(&mut features);
        features
    }

    fn targets(genes: usize) -> DMatrix<f64> {
        DMatrix::from_fn(genes, 2, |gene, target| ((gene * 29 + target * 5) % 13) as f64)
    }

    fn solve(x: &DMatrix<f64>, missing: &[usize], y: &DMatrix<f64>, size: usize) -> Solution {
        let gram = gram(x);
        NormalEquations::new(x, &gram, missing, y).solve(0.1, 0, &[size]).expect("solved").remove(0)
    }

    #[test]
    fn solve_one_feature_matches_hand_calculation() {
        // x = -1, 1 (standardised), y = 1, 5: sum xy = 4, sum xx = 2, n = 2; penalty 1 gives 4 / (2 + 2) = 1, intercept 3.
        let x = DMatrix::from_row_slice(1, 2, &[-1.0, 1.0]);
        let y = DMatrix::from_column_slice(2, 1, &[1.0, 5.0]);
        let solutions = NormalEquations::new(&x, &gram(&x), &[], &y).solve(1.0, 0, &[1]).expect("positive definite");
        assert!((solutions[0].coefficients[(0, 0)] - 1.0).abs() < 1e-12);
        assert!((solutions[0].intercepts[0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn solve_reduced_penalty_shrinks_less() {
        // As above, with y = x: sum xy = sum xx = 2. Penalty 100 gives 2 / (2 + 200); a hundredth of it gives 2 / (2 + 2).
        let x = DMatrix::from_row_slice(1, 2, &[-1.0, 1.0]);
        let y = DMatrix::from_column_slice(2, 1, &[-1.0, 1.0]);
        for (reduced_penalty, expected) in [(0, 1.0 / 101.0), (1, 0.5)] {
            let solutions =
                NormalEquations::new(&x, &gram(&x), &[], &y).solve(100.0, reduced_penalty, &[1]).expect("solved");
            assert!((solutions[0].coefficients[(0, 0)] - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn solve_missing_target_matches_fit_without_gene() {
        let (x, mut y) = (centred(30), targets(30));
        y[(4, 1)] = f64::NAN;
        y[(29, 1)] = f64::NAN;
        let masked = solve(&x, &[4, 29], &select_columns(&y, &[1]), 3);

        let kept: Vec<usize> = (0..30).filter(|gene| ![4, 29].contains(gene)).collect();
        let mut fewer = select_columns(&x, &kept);
        let mean = fewer.column_mean();
        fewer.column_iter_mut().for_each(|mut gene| gene -= &mean);
        let y_kept = DMatrix::from_fn(kept.len(), 1, |row, _| y[(kept[row], 1)]);
        let direct = solve(&fewer, &[], &y_kept, 3);
        let intercept = direct.intercepts[0] - mean.dot(&direct.coefficients.column(0));
        assert!((masked.intercepts[0] - intercept).abs() < 1e-10);
        assert!((masked.coefficients - direct.coefficients).amax() < 1e-10);
    }

    #[test]
    fn solve_leading_features_matches_fit_on_them_alone() {
        let (x, y) = (centred(30), targets(30));
        let nested = solve(&x, &[], &y, 2);
        let direct = solve(&x.rows(0, 2).clone_owned(), &[], &y, 2);
        assert!((nested.coefficients - direct.coefficients).amax() < 1e-12);
    }
}
