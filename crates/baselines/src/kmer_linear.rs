//! Ordinary least squares on the frequencies of words of one length.

use nalgebra::DMatrix;
use tatabox_dataset::Split;
use tatabox_sequence::KmerCounter;

use crate::error::BaselineError;
use crate::kmer_features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::ridge::{Examples, Ridge, RidgeGrid};
use crate::task::{Fitted, Fitting};

const LONGEST_WORD: usize = 6;

/// Penalty, as a multiple of the number of train genes, that only decides where the data do not.
///
/// The frequencies of all words sum to 1, so that least squares have many solutions; with so small a penalty the one of least norm
/// is found, and what the data do decide stays as it is.
const TINY_PENALTY: f64 = 1e-9;

/// Fits log2(TPM + 1) of each cell type on all words of k bases; k is chosen on the validation genes.
///
/// Words so long that there are as many of them as train genes would fit anything and are not tried; single bases always are.
pub(crate) fn fit(fitting: &mut Fitting<'_>) -> Result<Fitted, BaselineError> {
    let (train, validation) = (fitting.measured(Split::Train)?, fitting.measured(Split::Validation)?);
    let wanted = fitting.task.wanted();
    let cell_types = train.targets.ncols();
    let mut predicted = DMatrix::zeros(wanted.len(), cell_types);
    let mut chosen = vec![(f64::INFINITY, 0); cell_types];
    let longest = longest_solvable(&train.targets);
    for k in 1..=longest {
        fitting.report("word lengths", k - 1, longest);
        let words = KmerFeatures::new(fitting.task, k, k, None);
        let ridge = Ridge::fit(
            Examples { features: words.of(&train.genes), targets: &train.targets },
            Examples { features: words.of(&validation.genes), targets: &validation.targets },
            RidgeGrid { penalties: &[TINY_PENALTY], sizes: &[KmerCounter::new(k, k).len()], spared: 0 },
            &mut |_, _| {},
        )?;
        let of_k = ridge.predict(words.of(&wanted));
        for (cell_type, choice) in ridge.choices.iter().enumerate() {
            if choice.validation_error < chosen[cell_type].0 {
                chosen[cell_type] = (choice.validation_error, k);
                predicted.set_column(cell_type, &of_k.column(cell_type));
            }
        }
    }
    fitting.report("word lengths", longest, longest);
    let note = |(position, &(_, k)): (usize, &(f64, usize))| {
        BaselineNote::of_one(fitting.task.cell_type_name(position), "word length (bp)", k)
    };
    Ok(Fitted { predicted, notes: chosen.iter().enumerate().map(note).collect() })
}

/// Longest words of which there are fewer than train genes in every cell type.
fn longest_solvable(targets: &DMatrix<f64>) -> usize {
    let measured = targets.column_iter().map(|column| column.iter().filter(|value| !value.is_nan()).count());
    let genes = measured.min().unwrap_or(0);
    (1..=LONGEST_WORD).rev().find(|&k| KmerCounter::new(k, k).len() < genes).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_fewer_than_train_genes() {
        let mut targets = DMatrix::zeros(65, 2);
        assert_eq!(longest_solvable(&targets), 3);
        targets[(7, 1)] = f64::NAN;
        assert_eq!(longest_solvable(&targets), 2);
        assert_eq!(longest_solvable(&DMatrix::zeros(2, 1)), 1);
    }
}
