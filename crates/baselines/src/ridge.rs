//! Ridge regression of many targets, with targets missing here and there.
//!
//! Features stand in columns, one a gene: `[features, genes]`. Targets are `[genes, targets]`, NaN where missing.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::error::BaselineError;

/// Genes in one piece of the Gram matrix. Fixed, so that sums do not depend on the number of threads.
const GRAM_PIECE: usize = 1_024;

/// Penalties tried, as a multiple of the number of train genes.
pub(crate) const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Coefficients for standardised features.
#[derive(Debug, Clone)]
pub(crate) struct Ridge {
    scaling: Scaling,
    /// `[features, targets]`.
    coefficients: DMatrix<f64>,
    intercepts: Vec<f64>,
    /// The penalty chosen for each target, as a multiple of the number of its train genes.
    pub(crate) penalties: Vec<f64>,
}

impl Ridge {
    /// Fits on the train genes and chooses each target's penalty by its mean squared error on the validation genes.
    ///
    /// Minimises sum (y - b0 - x b)^2 + penalty * n * |b|^2 over the n genes that have the target; the intercept b0 is free.
    /// The Gram matrix is made once; targets that miss the same genes share its factor, and all their right-hand sides are solved
    /// together.
    ///
    /// # Panics
    ///
    /// When a target has no train or no validation gene, which the caller rules out.
    pub(crate) fn fit(
        mut train: DMatrix<f64>,
        train_targets: &DMatrix<f64>,
        mut validation: DMatrix<f64>,
        validation_targets: &DMatrix<f64>,
    ) -> Result<Self, BaselineError> {
        let scaling = Scaling::fit(&train);
        scaling.apply(&mut train);
        scaling.apply(&mut validation);
        let gram = gram(&train);
        let (features, targets) = (train.nrows(), train_targets.ncols());
        let mut ridge = Self {
            scaling,
            coefficients: DMatrix::zeros(features, targets),
            intercepts: vec![0.0; targets],
            penalties: vec![0.0; targets],
        };
        for (missing, members) in by_missing_genes(train_targets) {
            let equations = Equations::new(&train, &gram, &missing, &select_columns(train_targets, &members));
            let solutions: Vec<Solution> =
                PENALTIES.par_iter().map(|&penalty| equations.solve(penalty)).collect::<Result<_, _>>()?;
            for (position, &target) in members.iter().enumerate() {
                let error = |solution: &Solution| {
                    solution.mean_squared_error(position, &validation, validation_targets.column(target).as_slice())
                };
                let errors: Vec<f64> = solutions.par_iter().map(error).collect();
                let best =
                    (0..errors.len()).min_by(|&a, &b| errors[a].total_cmp(&errors[b])).expect("penalties are tried");
                ridge.coefficients.set_column(target, &solutions[best].coefficients.column(position));
                ridge.intercepts[target] = solutions[best].intercepts[position];
                ridge.penalties[target] = PENALTIES[best];
            }
        }
        Ok(ridge)
    }

    /// Predictions `[genes, targets]` for raw features `[features, genes]`.
    pub(crate) fn predict(&self, mut features: DMatrix<f64>) -> DMatrix<f64> {
        self.scaling.apply(&mut features);
        let mut predicted = features.transpose() * &self.coefficients;
        for (mut column, intercept) in predicted.column_iter_mut().zip(&self.intercepts) {
            column.add_scalar_mut(*intercept);
        }
        predicted
    }
}

/// Mean and standard deviation of each feature over the train genes.
#[derive(Debug, Clone)]
struct Scaling {
    mean: DVector<f64>,
    /// 1 / sd; 0 for a feature that does not vary, which so drops out.
    factor: DVector<f64>,
}

impl Scaling {
    fn fit(features: &DMatrix<f64>) -> Self {
        let mean = features.column_mean();
        let n = features.ncols() as f64;
        let mut squares = DVector::zeros(features.nrows());
        for gene in features.column_iter() {
            squares += (gene - &mean).map(|v| v * v);
        }
        let factor = squares.map(|sum: f64| if sum > f64::EPSILON * n { (n / sum).sqrt() } else { 0.0 });
        Self { mean, factor }
    }

    fn apply(&self, features: &mut DMatrix<f64>) {
        for mut gene in features.column_iter_mut() {
            gene -= &self.mean;
            gene.component_mul_assign(&self.factor);
        }
    }
}

/// The normal equations of the targets that miss the same genes.
struct Equations {
    /// Centred Gram matrix over the genes that have these targets.
    gram: DMatrix<f64>,
    /// Features times centred targets, `[features, targets]`.
    right: DMatrix<f64>,
    feature_mean: DVector<f64>,
    target_means: Vec<f64>,
    genes: f64,
}

impl Equations {
    fn new(features: &DMatrix<f64>, gram: &DMatrix<f64>, missing: &[usize], targets: &DMatrix<f64>) -> Self {
        let genes = (features.ncols() - missing.len()) as f64;
        let absent = select_columns(features, missing);
        let feature_mean = (features.column_sum() - absent.column_sum()) / genes;
        let mut gram = if missing.is_empty() { gram.clone() } else { gram - &absent * absent.transpose() };
        gram.ger(-genes, &feature_mean, &feature_mean, 1.0);

        let mut centred = targets.clone();
        let mut target_means = Vec::with_capacity(targets.ncols());
        for mut column in centred.column_iter_mut() {
            let mean = column.iter().filter(|value| !value.is_nan()).sum::<f64>() / genes;
            column.apply(|value| *value = if value.is_nan() { 0.0 } else { *value - mean });
            target_means.push(mean);
        }
        Self { gram, right: features * centred, feature_mean, target_means, genes }
    }

    fn solve(&self, penalty: f64) -> Result<Solution, BaselineError> {
        let mut penalised = self.gram.clone();
        for feature in 0..penalised.nrows() {
            penalised[(feature, feature)] += penalty * self.genes;
        }
        let factor = penalised.cholesky().ok_or(BaselineError::NoSolution { penalty })?;
        let coefficients = factor.solve(&self.right);
        let intercept = |(target, mean): (usize, &f64)| mean - self.feature_mean.dot(&coefficients.column(target));
        let intercepts = self.target_means.iter().enumerate().map(intercept).collect();
        Ok(Solution { coefficients, intercepts })
    }
}

struct Solution {
    coefficients: DMatrix<f64>,
    intercepts: Vec<f64>,
}

impl Solution {
    /// Error of one target over the genes that have it.
    fn mean_squared_error(&self, target: usize, features: &DMatrix<f64>, measured: &[f64]) -> f64 {
        let predicted = features.tr_mul(&self.coefficients.column(target));
        let errors = measured.iter().zip(predicted.iter()).filter(|(measured, _)| !measured.is_nan());
        let (sum, count) =
            errors.fold((0.0, 0_usize), |(sum, n), (m, p)| (sum + (m - p - self.intercepts[target]).powi(2), n + 1));
        sum / count as f64
    }
}

/// The product of the features with their transpose, summed piece by piece in a fixed order.
fn gram(features: &DMatrix<f64>) -> DMatrix<f64> {
    let starts: Vec<usize> = (0..features.ncols()).step_by(GRAM_PIECE).collect();
    let mut total = DMatrix::zeros(features.nrows(), features.nrows());
    // A few pieces at a time: each is a whole Gram matrix in memory.
    for group in starts.chunks(rayon::current_num_threads().max(1)) {
        let product = |&start: &usize| {
            let piece = features.columns(start, GRAM_PIECE.min(features.ncols() - start));
            piece * piece.transpose()
        };
        let pieces: Vec<DMatrix<f64>> = group.par_iter().map(product).collect();
        for piece in pieces {
            total += piece;
        }
    }
    total
}

/// Targets by the genes that they miss.
fn by_missing_genes(targets: &DMatrix<f64>) -> BTreeMap<Vec<usize>, Vec<usize>> {
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (target, column) in targets.column_iter().enumerate() {
        let missing = column.iter().enumerate().filter(|(_, value)| value.is_nan()).map(|(gene, _)| gene).collect();
        groups.entry(missing).or_default().push(target);
    }
    groups
}

fn select_columns(matrix: &DMatrix<f64>, columns: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(matrix.nrows(), columns.len(), |row, column| matrix[(row, columns[column])])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(genes: usize) -> DMatrix<f64> {
        DMatrix::from_fn(3, genes, |feature, gene| ((gene * 37 + feature * 11 + gene * gene * feature) % 17) as f64)
    }

    fn targets(genes: usize) -> DMatrix<f64> {
        DMatrix::from_fn(genes, 2, |gene, target| ((gene * 29 + target * 5) % 13) as f64)
    }

    #[test]
    fn one_feature_is_shrunk_as_worked_by_hand() {
        // x = -1, 1 (already standard), y = 1, 5: sum xy = 4, sum xx = 2, n = 2; penalty 1 gives 4 / (2 + 2) = 1, intercept 3.
        let x = DMatrix::from_row_slice(1, 2, &[-1.0, 1.0]);
        let y = DMatrix::from_column_slice(2, 1, &[1.0, 5.0]);
        let solution = Equations::new(&x, &gram(&x), &[], &y).solve(1.0).expect("positive definite");
        assert!((solution.coefficients[(0, 0)] - 1.0).abs() < 1e-12);
        assert!((solution.intercepts[0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_missing_target_is_as_if_the_gene_were_not_there() {
        let (x, mut y) = (features(30), targets(30));
        y[(4, 1)] = f64::NAN;
        y[(29, 1)] = f64::NAN;
        let groups = by_missing_genes(&y);
        assert_eq!(groups.keys().cloned().collect::<Vec<_>>(), [vec![], vec![4, 29]]);
        let masked = Equations::new(&x, &gram(&x), &[4, 29], &select_columns(&y, &[1])).solve(0.1).expect("solved");
        let kept: Vec<usize> = (0..30).filter(|gene| ![4, 29].contains(gene)).collect();
        let fewer = select_columns(&x, &kept);
        let y_kept = DMatrix::from_fn(kept.len(), 1, |row, _| y[(kept[row], 1)]);
        let direct = Equations::new(&fewer, &gram(&fewer), &[], &y_kept).solve(0.1).expect("solved");
        assert!((masked.coefficients - direct.coefficients).amax() < 1e-10);
        assert!((masked.intercepts[0] - direct.intercepts[0]).abs() < 1e-10);
    }

    #[test]
    fn the_gram_matrix_in_pieces_is_the_whole_product() {
        let x = features(2 * GRAM_PIECE + 7);
        assert!((gram(&x) - &x * x.transpose()).amax() < 1e-6);
    }

    #[test]
    fn a_linear_target_is_learned_and_a_constant_feature_does_no_harm() {
        let mut x = features(60);
        x.row_mut(2).fill(0.25);
        let y = DMatrix::from_fn(60, 1, |gene, _| 2.0 * x[(0, gene)] - x[(1, gene)] + 7.0);
        let ridge = Ridge::fit(x.clone(), &y, x.clone(), &y).expect("solved");
        assert!((ridge.penalties[0] - PENALTIES[0]).abs() < 1e-15, "noise-free data want the least penalty");
        assert!((ridge.predict(x) - y).amax() < 0.1);
    }
}
