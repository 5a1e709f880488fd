//! Ordinary least squares on k-mer frequencies of one k.

use nalgebra::DMatrix;
use tatabox_dataset::Split;
use tatabox_sequence::KmerCounter;

use super::ridge::{Examples, Ridge, RidgeGrid};
use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// Largest k: 4,096 features.
const MAX_K: usize = 6;

/// Penalty, as a multiple of the number of train genes, that makes the solution unique.
///
/// The frequencies of all k-mers sum to 1, so the least-squares problem has many solutions. A penalty this small selects the
/// minimum-norm solution and does not change the fitted values.
const TINY_PENALTY: f64 = 1e-9;

/// Least-squares fit of log2(TPM + 1) on k-mer frequencies, per cell type; k is selected on the validation genes.
///
/// A k with at least as many k-mers as train genes is skipped, since it would fit any targets; k = 1 is always tried.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let (train, validation) = (context.measured_genes(Split::Train)?, context.measured_genes(Split::Validation)?);
    let requested_genes = context.task.requested_genes();
    let cell_types = train.targets.ncols();
    let mut predicted = DMatrix::zeros(requested_genes.len(), cell_types);
    let mut chosen = vec![(f64::INFINITY, 0); cell_types];
    let max_k = max_solvable_k(&train.targets);
    for k in 1..=max_k {
        context.report("k-mer lengths", k - 1, max_k);
        let kmers = KmerFeatures::new(context.task, k, k, None);
        let ridge = Ridge::fit(
            Examples { features: kmers.matrix(&train.genes), targets: &train.targets },
            Examples { features: kmers.matrix(&validation.genes), targets: &validation.targets },
            RidgeGrid {
                penalties: &[TINY_PENALTY],
                feature_counts: &[KmerCounter::new(k, k).len()],
                reduced_penalty: 0,
            },
            &mut |_, _| {},
        )?;
        let of_k = ridge.predict(kmers.matrix(&requested_genes));
        for (cell_type, choice) in ridge.choices.iter().enumerate() {
            if choice.validation_error < chosen[cell_type].0 {
                chosen[cell_type] = (choice.validation_error, k);
                predicted.set_column(cell_type, &of_k.column(cell_type));
            }
        }
    }
    context.report("k-mer lengths", max_k, max_k);
    let note = |(position, &(_, k)): (usize, &(f64, usize))| {
        BaselineNote::for_cell_type(context.task.cell_type_name(position), "k", k)
    };
    Ok(FitOutput { predicted, notes: chosen.iter().enumerate().map(note).collect() })
}

/// Largest k with fewer k-mers than measured train genes in every cell type.
fn max_solvable_k(targets: &DMatrix<f64>) -> usize {
    let measured = targets.column_iter().map(|column| column.iter().filter(|value| !value.is_nan()).count());
    let genes = measured.min().unwrap_or(0);
    (1..=MAX_K).rev().find(|&k| KmerCounter::new(k, k).len() < genes).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_solvable_k_stays_below_number_of_train_genes() {
        let mut targets = DMatrix::zeros(65, 2);
        assert_eq!(max_solvable_k(&targets), 3);
        targets[(7, 1)] = f64::NAN;
        assert_eq!(max_solvable_k(&targets), 2);
        assert_eq!(max_solvable_k(&DMatrix::zeros(2, 1)), 1);
    }
}
