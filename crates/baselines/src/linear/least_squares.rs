//! Ordinary least squares on the frequencies of words of one length.

use nalgebra::DMatrix;
use tatabox_dataset::Split;
use tatabox_sequence::KmerCounter;

use super::ridge::{Examples, Ridge, RidgeGrid};
use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

const MAX_K: usize = 6;

/// Penalty, as a multiple of the number of train genes, that only decides where the data do not.
///
/// The frequencies of all words sum to 1, so that least squares have many solutions; with so small a penalty the one of least norm
/// is found, and what the data do decide stays as it is.
const TINY_PENALTY: f64 = 1e-9;

/// Fits log2(TPM + 1) of each cell type on all words of k bases; k is chosen on the validation genes.
///
/// Words so long that there are as many of them as train genes would fit anything and are not tried; single bases always are.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let (train, validation) = (context.measured(Split::Train)?, context.measured(Split::Validation)?);
    let requested_genes = context.task.requested_genes();
    let cell_types = train.targets.ncols();
    let mut predicted = DMatrix::zeros(requested_genes.len(), cell_types);
    let mut chosen = vec![(f64::INFINITY, 0); cell_types];
    let longest = max_solvable_k(&train.targets);
    for k in 1..=longest {
        context.report("word lengths", k - 1, longest);
        let kmers = KmerFeatures::new(context.task, k, k, None);
        let ridge = Ridge::fit(
            Examples { features: kmers.of(&train.genes), targets: &train.targets },
            Examples { features: kmers.of(&validation.genes), targets: &validation.targets },
            RidgeGrid {
                penalties: &[TINY_PENALTY],
                feature_counts: &[KmerCounter::new(k, k).len()],
                reduced_penalty: 0,
            },
            &mut |_, _| {},
        )?;
        let of_k = ridge.predict(kmers.of(&requested_genes));
        for (cell_type, choice) in ridge.choices.iter().enumerate() {
            if choice.validation_error < chosen[cell_type].0 {
                chosen[cell_type] = (choice.validation_error, k);
                predicted.set_column(cell_type, &of_k.column(cell_type));
            }
        }
    }
    context.report("word lengths", longest, longest);
    let note = |(position, &(_, k)): (usize, &(f64, usize))| {
        BaselineNote::for_cell_type(context.task.cell_type_name(position), "word length (bp)", k)
    };
    Ok(FitOutput { predicted, notes: chosen.iter().enumerate().map(note).collect() })
}

/// Longest words of which there are fewer than train genes in every cell type.
fn max_solvable_k(targets: &DMatrix<f64>) -> usize {
    let measured = targets.column_iter().map(|column| column.iter().filter(|value| !value.is_nan()).count());
    let genes = measured.min().unwrap_or(0);
    (1..=MAX_K).rev().find(|&k| KmerCounter::new(k, k).len() < genes).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_fewer_than_train_genes() {
        let mut targets = DMatrix::zeros(65, 2);
        assert_eq!(max_solvable_k(&targets), 3);
        targets[(7, 1)] = f64::NAN;
        assert_eq!(max_solvable_k(&targets), 2);
        assert_eq!(max_solvable_k(&DMatrix::zeros(2, 1)), 1);
    }
}
