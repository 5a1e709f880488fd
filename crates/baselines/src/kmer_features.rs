//! Word frequencies of promoters as a matrix.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;
use tatabox_sequence::{KmerCounter, Shuffle};

use crate::task::BaselineTask;

/// Turns genes into frequencies of words.
#[derive(Debug, Clone)]
pub(crate) struct KmerFeatures<'a> {
    dataset: &'a PreparedDataset,
    extent: Range<usize>,
    counter: KmerCounter,
    shuffle: Option<Shuffle>,
    seed: u64,
}

impl<'a> KmerFeatures<'a> {
    /// Words of `min_k` to `max_k` bases in the promoters of a task; with `shuffle`, in shuffled promoters.
    pub(crate) fn new(task: &BaselineTask<'a>, min_k: usize, max_k: usize, shuffle: Option<Shuffle>) -> Self {
        let counter = KmerCounter::new(min_k, max_k);
        Self { dataset: task.dataset, extent: task.extent.clone(), counter, shuffle, seed: task.seed }
    }

    /// Frequencies `[words, genes]`, short words before long ones.
    pub(crate) fn of(&self, genes: &[usize]) -> DMatrix<f64> {
        let words = self.counter.len();
        let mut matrix = DMatrix::zeros(words, genes.len());
        let columns = matrix.as_mut_slice().par_chunks_mut(words).zip(genes);
        columns.for_each_init(Vec::new, |codes, (column, &gene)| {
            self.dataset.window_codes(gene, self.extent.clone(), codes);
            if let Some(shuffle) = self.shuffle {
                shuffle.apply(codes, self.seed, &self.dataset.genes()[gene].gene_id);
            }
            for (frequency, counted) in column.iter_mut().zip(self.counter.counts(codes)) {
                *frequency = f64::from(counted);
            }
        });
        matrix
    }
}
