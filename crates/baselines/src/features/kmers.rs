//! Word frequencies of promoters as a matrix, with features of their genes before them where they are asked for.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;
use tatabox_sequence::{KmerCounter, Shuffle};

use super::genes::write_gene_features;
use crate::task::BaselineTask;

/// Turns genes into frequencies of words.
#[derive(Debug, Clone)]
pub(crate) struct KmerFeatures<'a> {
    dataset: &'a PreparedDataset,
    extent: Range<usize>,
    counter: KmerCounter,
    /// How many features of the gene itself stand before its words.
    gene_features: usize,
    shuffle: Option<Shuffle>,
    seed: u64,
}

impl<'a> KmerFeatures<'a> {
    /// Words of `min_k` to `max_k` bases in the promoters of a task; with `shuffle`, in shuffled promoters.
    pub(crate) fn new(task: &BaselineTask<'a>, min_k: usize, max_k: usize, shuffle: Option<Shuffle>) -> Self {
        let counter = KmerCounter::new(min_k, max_k);
        Self { dataset: task.dataset, extent: task.extent.clone(), counter, gene_features: 0, shuffle, seed: task.seed }
    }

    /// The same words, after the features of the gene.
    pub(crate) fn with_gene_features(self) -> Self {
        Self { gene_features: self.dataset.gene_feature_names().len(), ..self }
    }

    /// How many features of the gene itself stand before its words.
    pub(crate) fn gene_features(&self) -> usize {
        self.gene_features
    }

    /// Features `[features, genes]`: those of the gene, if they were asked for, then frequencies of words, short words before
    /// long ones.
    ///
    /// # Panics
    ///
    /// If features of the gene were asked for and one has none.
    pub(crate) fn of(&self, genes: &[usize]) -> DMatrix<f64> {
        let height = self.gene_features + self.counter.len();
        let mut matrix = DMatrix::zeros(height, genes.len());
        let columns = matrix.as_mut_slice().par_chunks_mut(height).zip(genes);
        columns.for_each_init(Vec::new, |codes, (column, &gene)| {
            self.dataset.window_codes(gene, self.extent.clone(), codes);
            if let Some(shuffle) = self.shuffle {
                shuffle.apply(codes, self.seed, &self.dataset.genes()[gene].gene_id);
            }
            let (of_gene, frequencies) = column.split_at_mut(self.gene_features);
            if !of_gene.is_empty() {
                write_gene_features(self.dataset, gene, of_gene);
            }
            for (frequency, counted) in frequencies.iter_mut().zip(self.counter.counts(codes)) {
                *frequency = f64::from(counted);
            }
        });
        matrix
    }
}
