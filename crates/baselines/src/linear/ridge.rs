//! Ridge regression of many targets, with targets missing here and there.
//!
//! Features stand in columns, one a gene: `[features, genes]`. Targets are `[genes, targets]`, NaN where missing.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::cholesky::gram;
use super::normal_equations::{NormalEquations, Solution, select_columns};
use crate::error::BaselineError;
use crate::features::Scaling;
use crate::validation::mean_squared_error;

/// Features of some genes and what was measured in them.
pub(crate) struct Examples<'a> {
    pub(crate) features: DMatrix<f64>,
    pub(crate) targets: &'a DMatrix<f64>,
}

/// Settings among which each target chooses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RidgeGrid<'a> {
    /// Multiples of the number of train genes.
    pub(crate) penalties: &'a [f64],
    /// How many of the first features are used, rising up to all of them.
    pub(crate) feature_counts: &'a [usize],
    /// How many of the first features get [`REDUCED_PENALTY_FACTOR`](super::normal_equations::REDUCED_PENALTY_FACTOR) of the penalty.
    pub(crate) reduced_penalty: usize,
}

/// What a target chose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RidgeChoice {
    pub(crate) penalty: f64,
    pub(crate) size: usize,
    /// Mean squared error on the validation genes.
    pub(crate) validation_error: f64,
}

/// Coefficients for standardised features.
#[derive(Debug, Clone)]
pub(crate) struct Ridge {
    scaling: Scaling,
    /// `[features, targets]`; 0 where a feature is not used.
    coefficients: DMatrix<f64>,
    intercepts: Vec<f64>,
    /// By target.
    pub(crate) choices: Vec<RidgeChoice>,
}

impl Ridge {
    /// Fits on the train genes and chooses each target's settings by its mean squared error on the validation genes.
    ///
    /// Minimises sum (y - b0 - x b)^2 + penalty * n * |b|^2 over the n genes that have the target; the intercept b0 is free, and the
    /// b^2 of spared features counts for a share of itself.
    /// The Gram matrix is made once. Targets that miss the same genes share a factor for each penalty, and leading blocks of
    /// that factor solve for every number of features. `progress` gets the number of factors made and of all there are.
    ///
    /// # Panics
    ///
    /// When a target has no train or no validation gene, which the caller rules out.
    pub(crate) fn fit(
        mut train: Examples<'_>,
        mut validation: Examples<'_>,
        grid: RidgeGrid<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, BaselineError> {
        let scaling = Scaling::fit(&train.features);
        scaling.apply(&mut train.features);
        scaling.apply(&mut validation.features);
        let gram = gram(&train.features);
        let (features, targets) = (train.features.nrows(), train.targets.ncols());
        let unknown = RidgeChoice { penalty: f64::NAN, size: 0, validation_error: f64::INFINITY };
        let mut ridge = Self {
            scaling,
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

    /// Predictions `[genes, targets]` for raw features `[features, genes]`.
    pub(crate) fn predict(&self, mut features: DMatrix<f64>) -> DMatrix<f64> {
        self.scaling.apply(&mut features);
        let mut predicted = (self.coefficients.transpose() * features).transpose();
        for (mut column, intercept) in predicted.column_iter_mut().zip(&self.intercepts) {
            column.add_scalar_mut(*intercept);
        }
        predicted
    }

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

/// Targets by the genes that they miss.
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
    fn targets_that_miss_the_same_genes_are_solved_together() {
        let nan = f64::NAN;
        let targets = DMatrix::from_row_slice(2, 4, &[1.0, nan, 3.0, nan, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(
            group_by_missing_genes(&targets).into_iter().collect::<Vec<_>>(),
            [(vec![], vec![0, 2]), (vec![0], vec![1, 3])]
        );
    }

    #[test]
    fn a_linear_target_is_learned_and_a_constant_feature_does_no_harm() {
        let mut x = features(60);
        x.row_mut(2).fill(0.25);
        let y = DMatrix::from_fn(60, 1, |gene, _| 2.0 * x[(0, gene)] - x[(1, gene)] + 7.0);
        let examples = || Examples { features: x.clone(), targets: &y };
        let mut told = Vec::new();
        let ridge = Ridge::fit(examples(), examples(), GRID, &mut |done, all| told.push((done, all))).expect("solved");
        assert_eq!(told, [(0, 3), (1, 3), (2, 3), (3, 3)]);
        // Noise-free data want the least penalty; the third feature adds nothing to the second.
        assert!((ridge.choices[0].penalty - 0.001).abs() < 1e-15);
        assert_eq!(ridge.choices[0].size, 2);
        assert!((ridge.predict(x.clone()) - &y).amax() < 0.1);
    }
}
