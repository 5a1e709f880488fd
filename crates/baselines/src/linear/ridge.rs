//! Ridge regression of many targets with missing values.
//!
//! Features are `[features, genes]`, one column per gene. Targets are `[genes, targets]`, NaN where missing.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::cholesky::gram;
use super::normal_equations::{NormalEquations, Solution, select_columns};
use crate::error::BaselineError;
use crate::features::StandardScaler;
use crate::validation::mean_squared_error;

/// Features and targets of a set of genes.
pub(crate) struct Examples<'a> {
    pub(crate) features: DMatrix<f64>,
    pub(crate) targets: &'a DMatrix<f64>,
}

/// Grid of settings, from which each target selects one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RidgeGrid<'a> {
    /// Penalties, as multiples of the number of train genes.
    pub(crate) penalties: &'a [f64],
    /// Numbers of leading features to fit, in increasing order; the last is the number of all features.
    pub(crate) feature_counts: &'a [usize],
    /// Number of leading features with a penalty reduced by
    /// [`REDUCED_PENALTY_FACTOR`](super::normal_equations::REDUCED_PENALTY_FACTOR).
    pub(crate) reduced_penalty: usize,
}

/// Selected settings of a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RidgeChoice {
    pub(crate) penalty: f64,
    /// Number of leading features.
    pub(crate) size: usize,
    /// Mean squared error on the validation genes.
    pub(crate) validation_error: f64,
}

/// Fitted ridge regression on standardised features.
#[derive(Debug, Clone)]
pub(crate) struct Ridge {
    scaler: StandardScaler,
    /// `[features, targets]`; 0 for unused features.
    coefficients: DMatrix<f64>,
    intercepts: Vec<f64>,
    /// Selected settings per target.
    pub(crate) choices: Vec<RidgeChoice>,
}

impl Ridge {
    /// Fits on the train genes and selects the settings of each target by its mean squared error on the validation genes.
    ///
    /// Minimises sum (y - b0 - x b)^2 + penalty * n * |b|^2 over the n genes with the target. The intercept b0 is not
    /// penalised, and features with a reduced penalty have a smaller weight in |b|^2.
    /// The Gram matrix is computed once. Targets with the same missing genes share one Cholesky factor per penalty, and its
    /// leading blocks give the solution for every number of features. `progress` receives the number of completed factors
    /// and their total.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoSolution`] if a penalised Gram matrix is not positive definite.
    ///
    /// # Panics
    ///
    /// If a target has no train or no validation gene; the caller checks with `FitContext::measured_genes`.
    pub(crate) fn fit(
        mut train: Examples<'_>,
        mut validation: Examples<'_>,
        grid: RidgeGrid<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, BaselineError> {
        let scaler = StandardScaler::fit(&train.features);
        scaler.transform(&mut train.features);
        scaler.transform(&mut validation.features);
        let gram = gram(&train.features);
        let (features, targets) = (train.features.nrows(), train.targets.ncols());
        let unknown = RidgeChoice { penalty: f64::NAN, size: 0, validation_error: f64::INFINITY };
        let mut ridge = Self {
            scaler,
            coefficients: DMatrix::zeros(features, targets),
            intercepts: vec![0.0; targets],
            choices: vec![unknown; targets],
        };
        let groups = group_by_missing_genes(train.targets);
        let factors = groups.len() * grid.penalties.len();
        progress(0, factors);
        for (group, (missing, members)) in groups.iter().enumerate() {
            let equations =
                NormalEquations::new(&train.features, &gram, missing, &select_columns(train.targets, members));
            for (tried, &penalty) in grid.penalties.iter().enumerate() {
                for solution in equations.solve(penalty, grid.reduced_penalty, grid.feature_counts)? {
                    ridge.update_best(&solution, penalty, members, &validation);
                }
                progress(group * grid.penalties.len() + tried + 1, factors);
            }
        }
        Ok(ridge)
    }

    /// Predictions `[genes, targets]` for features `[features, genes]` that are not standardised.
    pub(crate) fn predict(&self, mut features: DMatrix<f64>) -> DMatrix<f64> {
        self.scaler.transform(&mut features);
        let mut predicted = (self.coefficients.transpose() * features).transpose();
        for (mut column, intercept) in predicted.column_iter_mut().zip(&self.intercepts) {
            column.add_scalar_mut(*intercept);
        }
        predicted
    }

    /// Replaces the settings and coefficients of each target whose validation error decreases.
    fn update_best(&mut self, solution: &Solution, penalty: f64, members: &[usize], validation: &Examples<'_>) {
        let size = solution.coefficients.nrows();
        let predicted = solution.coefficients.transpose() * validation.features.rows(0, size);
        for (position, &target) in members.iter().enumerate() {
            let predicted = predicted.row(position).add_scalar(solution.intercepts[position]);
            let validation_error = mean_squared_error(validation.targets.column(target).iter(), predicted.iter());
            if validation_error < self.choices[target].validation_error {
                self.choices[target] = RidgeChoice { penalty, size, validation_error };
                self.intercepts[target] = solution.intercepts[position];
                let mut column = self.coefficients.column_mut(target);
                column.fill(0.0);
                column.rows_mut(0, size).copy_from(&solution.coefficients.column(position));
            }
        }
    }
}

/// Targets grouped by their missing genes.
fn group_by_missing_genes(targets: &DMatrix<f64>) -> BTreeMap<Vec<usize>, Vec<usize>> {
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (target, column) in targets.column_iter().enumerate() {
        let missing = column.iter().enumerate().filter(|(_, value)| value.is_nan()).map(|(gene, _)| gene).collect();
        groups.entry(missing).or_default().push(target);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: RidgeGrid<'static> =
        RidgeGrid { penalties: &[0.001, 0.1, 10.0], feature_counts: &[1, 2, 3], reduced_penalty: 0 };

    fn features(genes: usize) -> DMatrix<f64> {
        DMatrix::from_fn(3, genes, |feature, gene| ((gene * 37 + feature * 11 + gene * gene * feature) % 17) as f64)
    }

    #[test]
    fn group_by_missing_genes_equal_sets_share_a_group() {
        let nan = f64::NAN;
        let targets = DMatrix::from_row_slice(2, 4, &[1.0, nan, 3.0, nan, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(
            group_by_missing_genes(&targets).into_iter().collect::<Vec<_>>(),
            [(vec![], vec![0, 2]), (vec![0], vec![1, 3])]
        );
    }

    #[test]
    fn ridge_linear_target_is_learned_despite_constant_feature() {
        let mut x = features(60);
        x.row_mut(2).fill(0.25);
        let y = DMatrix::from_fn(60, 1, |gene, _| 2.0 * x[(0, gene)] - x[(1, gene)] + 7.0);
        let examples = || Examples { features: x.clone(), targets: &y };
        let mut reported = Vec::new();
        let ridge =
            Ridge::fit(examples(), examples(), GRID, &mut |done, all| reported.push((done, all))).expect("solved");
        assert_eq!(reported, [(0, 3), (1, 3), (2, 3), (3, 3)]);
        // Noise-free data select the smallest penalty; the third feature is constant.
        assert!((ridge.choices[0].penalty - 0.001).abs() < 1e-15);
        assert_eq!(ridge.choices[0].size, 2);
        assert!((ridge.predict(x.clone()) - &y).amax() < 0.1);
    }
}
