//! Ridge regression of effects on sparse features, trained on the other groups.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::error::BaselineError;

/// Largest number of folds; more groups share folds, and a group is still never in its own training set.
const MAX_FOLDS: usize = 64;
/// Folds that select the penalty.
const INNER_FOLDS: usize = 3;
/// Penalties, as multiples of the mean diagonal of the Gram matrix.
const PENALTIES: [f64; 6] = [0.03, 0.3, 3.0, 30.0, 300.0, 3_000.0];

/// Sparse features of an example: index and value.
type SparseFeatures<'a> = &'a [(u32, f64)];

/// Sums over the examples of a fold.
#[derive(Clone)]
struct Moments {
    gram: DMatrix<f64>,
    cross: DVector<f64>,
}

impl Moments {
    fn zeros(features: usize) -> Self {
        Self { gram: DMatrix::zeros(features, features), cross: DVector::zeros(features) }
    }

    fn add_example(&mut self, example: SparseFeatures<'_>, target: f64) {
        for &(column, value) in example {
            self.cross[column as usize] += value * target;
            for &(row, other) in example {
                self.gram[(row as usize, column as usize)] += value * other;
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.gram += &other.gram;
        self.cross += &other.cross;
    }

    fn minus(&self, other: &Self) -> Self {
        Self { gram: &self.gram - &other.gram, cross: &self.cross - &other.cross }
    }

    /// Coefficients for a penalty, without an intercept; zeros if no example has a feature.
    fn solve(&self, penalty: f64) -> Result<DVector<f64>, BaselineError> {
        let size = self.cross.len();
        let mean_diagonal = self.gram.diagonal().mean();
        if mean_diagonal <= 0.0 {
            return Ok(DVector::zeros(size));
        }
        let penalised = &self.gram + DMatrix::identity(size, size) * (penalty * mean_diagonal);
        let factor = penalised.cholesky().ok_or(BaselineError::NoSolution { penalty })?;
        Ok(factor.solve(&self.cross))
    }
}

/// Predictions of a ridge regression without intercept that is trained on the other groups; `None` for fewer than two groups.
///
/// Without changed features the prediction is 0. The penalty is selected for each held-out group by three folds of the others.
///
/// # Errors
///
/// [`BaselineError::NoSolution`] if a penalised Gram matrix is not positive definite.
///
/// # Panics
///
/// If the slices differ in length, or a feature index is not below `features`.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::leave_one_group_out_ridge;
///
/// // The effect is twice the first feature in every group.
/// let examples: Vec<Vec<(u32, f64)>> = (0..40).map(|i| vec![(0, f64::from(i % 5) - 2.0)]).collect();
/// let rows: Vec<&[(u32, f64)]> = examples.iter().map(Vec::as_slice).collect();
/// let effects: Vec<f64> = examples.iter().map(|example| 2.0 * example[0].1).collect();
/// let groups: Vec<usize> = (0..40).map(|i| i / 10).collect();
/// let predicted = leave_one_group_out_ridge(1, &rows, &effects, &groups)?.expect("four groups");
/// assert!((predicted[0] / effects[0] - 1.0).abs() < 0.05);
/// # Ok::<(), tatabox_baselines::BaselineError>(())
/// ```
pub fn leave_one_group_out_ridge(
    features: usize,
    examples: &[SparseFeatures<'_>],
    effects: &[f64],
    groups: &[usize],
) -> Result<Option<Vec<f64>>, BaselineError> {
    assert!(examples.len() == effects.len() && examples.len() == groups.len(), "one effect and group per example");
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let folds = distinct.len().min(MAX_FOLDS);
    if folds < 2 {
        return Ok(None);
    }
    let fold_of = |group: usize| distinct.binary_search(&group).expect("a group") % folds;
    let fold: Vec<usize> = groups.iter().map(|&group| fold_of(group)).collect();
    let members: Vec<Vec<usize>> =
        (0..folds).map(|own| (0..fold.len()).filter(|&example| fold[example] == own).collect()).collect();
    let moments: Vec<Moments> = members
        .par_iter()
        .map(|members| {
            let mut moments = Moments::zeros(features);
            for &example in members {
                moments.add_example(examples[example], effects[example]);
            }
            moments
        })
        .collect();
    let predict = |coefficients: &DVector<f64>, example: usize| -> f64 {
        examples[example].iter().map(|&(index, value)| value * coefficients[index as usize]).sum()
    };
    let of_fold = |held_out: usize| -> Result<Vec<f64>, BaselineError> {
        let others: Vec<usize> = (0..folds).filter(|&other| other != held_out).collect();
        let sum = |folds: &mut dyn Iterator<Item = usize>| {
            folds.fold(Moments::zeros(features), |mut sum, other| {
                sum.add(&moments[other]);
                sum
            })
        };
        let train = sum(&mut others.iter().copied());
        let inner = INNER_FOLDS.min(others.len());
        let mut errors = [0.0; PENALTIES.len()];
        // A single other group selects no penalty, and the largest one is used.
        let parts = if inner > 1 { inner } else { 0 };
        for part in 0..parts {
            let is_part = |position: usize| position % inner == part;
            let validation: Vec<usize> =
                others.iter().enumerate().filter(|(position, _)| is_part(*position)).map(|(_, &fold)| fold).collect();
            let rest = train.minus(&sum(&mut validation.iter().copied()));
            for (error, penalty) in errors.iter_mut().zip(PENALTIES) {
                let coefficients = rest.solve(penalty)?;
                let of_example = |&example: &usize| (effects[example] - predict(&coefficients, example)).powi(2);
                *error += validation.iter().flat_map(|&fold| &members[fold]).map(of_example).sum::<f64>();
            }
        }
        // Among equal errors the largest penalty, which predicts the weakest effects.
        let best = (0..PENALTIES.len()).rev().min_by(|&one, &other| errors[one].total_cmp(&errors[other]));
        let coefficients = train.solve(PENALTIES[best.unwrap_or(0)])?;
        Ok(members[held_out].iter().map(|&example| predict(&coefficients, example)).collect())
    };
    let predicted: Vec<Vec<f64>> = (0..folds).into_par_iter().map(of_fold).collect::<Result<_, _>>()?;
    let mut values = vec![0.0; examples.len()];
    for (members, predicted) in members.iter().zip(predicted) {
        members.iter().zip(predicted).for_each(|(&example, value)| values[example] = value);
    }
    Ok(Some(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leave_one_group_out_ridge_never_sees_the_effects_of_the_group() {
        let examples: Vec<Vec<(u32, f64)>> =
            (0..60).map(|i| vec![(i % 3, 1.0), (3 + i % 2, f64::from(i % 7) - 3.0)]).collect();
        let rows: Vec<SparseFeatures<'_>> = examples.iter().map(Vec::as_slice).collect();
        let groups: Vec<usize> = (0..60).map(|i| i / 12).collect();
        let effect = |i: usize| ((i * 7) % 11) as f64 - 5.0;
        let effects: Vec<f64> = (0..60).map(effect).collect();
        let run =
            |effects: &[f64]| leave_one_group_out_ridge(5, &rows, effects, &groups).expect("solved").expect("five");
        let first = run(&effects);
        // Other effects in the first group change predictions of the other groups only.
        let changed: Vec<f64> = (0..60).map(|i| if i < 12 { 100.0 } else { effect(i) }).collect();
        let second = run(&changed);
        assert_eq!(first[..12], second[..12]);
        assert_ne!(first[12..], second[12..]);
    }

    #[test]
    fn leave_one_group_out_ridge_of_one_group_or_unseen_features() {
        let example: [(u32, f64); 1] = [(0, 1.0)];
        let other: [(u32, f64); 1] = [(1, 1.0)];
        assert_eq!(leave_one_group_out_ridge(2, &[&example], &[1.0], &[0]).expect("solved"), None);
        // The feature of a group is in no other group, so that its effect is predicted as 0.
        let predicted = leave_one_group_out_ridge(2, &[&example, &other], &[1.0, 2.0], &[7, 9]).expect("solved");
        assert_eq!(predicted, Some(vec![0.0, 0.0]));
    }
}
