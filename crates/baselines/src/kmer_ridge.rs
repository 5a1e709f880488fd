//! Ridge regression on the frequencies of short words: what sequence composition alone explains.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::{PreparedDataset, Split};
use tatabox_sequence::KmerCounter;

use crate::baseline::{Baseline, genes_in_split};
use crate::error::BaselineError;
use crate::ridge::Ridge;

/// Words of 1 to 5 bases: 1,364 features. On 300 bp promoters longer words add nothing that held-out chromosomes confirm.
const SHORTEST_WORD: usize = 1;
const LONGEST_WORD: usize = 5;

/// A fitted ridge on the frequencies of all words of 1 to 5 bases, standardised on the train genes.
#[derive(Debug, Clone)]
pub struct KmerRidge {
    extent: Range<usize>,
    counter: KmerCounter,
    ridge: Ridge,
}

impl KmerRidge {
    /// Fits log2(TPM + 1) of all cell types on the train genes among `genes` and chooses penalties on the validation genes.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoGenes`] when a cell type has no measured train or validation gene.
    pub fn fit(
        dataset: &PreparedDataset,
        cell_types: &[usize],
        extent: Range<usize>,
        genes: &[usize],
    ) -> Result<Self, BaselineError> {
        let counter = KmerCounter::new(SHORTEST_WORD, LONGEST_WORD);
        let part = |split: Split| {
            let genes = genes_in_split(dataset, genes, split);
            let targets = targets(dataset, cell_types, &genes, split)?;
            Ok((frequencies(dataset, counter, &extent, &genes), targets))
        };
        let (train, train_targets) = part(Split::Train)?;
        let (validation, validation_targets) = part(Split::Validation)?;
        let ridge = Ridge::fit(train, &train_targets, validation, &validation_targets)?;
        tracing::debug!(penalties = ?ridge.penalties, "k-mer ridge fitted");
        Ok(Self { extent, counter, ridge })
    }

    /// Predicted log2(TPM + 1) of each gene, in the cell types of the fit.
    pub fn predict(&self, dataset: &PreparedDataset, genes: &[usize]) -> Vec<Vec<f64>> {
        let predicted = self.ridge.predict(frequencies(dataset, self.counter, &self.extent, genes));
        predicted.row_iter().map(|row| row.iter().copied().collect()).collect()
    }

    /// The penalty chosen for each cell type, as a multiple of the number of train genes.
    pub fn penalties(&self) -> &[f64] {
        &self.ridge.penalties
    }
}

/// Word frequencies `[words, genes]`.
fn frequencies(
    dataset: &PreparedDataset,
    counter: KmerCounter,
    extent: &Range<usize>,
    genes: &[usize],
) -> DMatrix<f64> {
    let words = counter.len();
    let mut matrix = DMatrix::zeros(words, genes.len());
    matrix.as_mut_slice().par_chunks_mut(words).zip(genes).for_each_init(Vec::new, |codes, (column, &gene)| {
        dataset.window_codes(gene, extent.clone(), codes);
        for (frequency, counted) in column.iter_mut().zip(counter.counts(codes)) {
            *frequency = f64::from(counted);
        }
    });
    matrix
}

/// Measurements `[genes, cell types]`, NaN where missing; each cell type must have one.
fn targets(
    dataset: &PreparedDataset,
    cell_types: &[usize],
    genes: &[usize],
    split: Split,
) -> Result<DMatrix<f64>, BaselineError> {
    let measured = |gene: usize, cell_type: usize| f64::from(dataset.log2_tpm(genes[gene], cell_types[cell_type]));
    let targets = DMatrix::from_fn(genes.len(), cell_types.len(), measured);
    for (column, &cell_type) in targets.column_iter().zip(cell_types) {
        if column.iter().all(|value| value.is_nan()) {
            let cell_type = dataset.cell_types()[cell_type].clone();
            return Err(BaselineError::NoGenes { baseline: Baseline::KmerRidge.name(), split, cell_type });
        }
    }
    Ok(targets)
}
