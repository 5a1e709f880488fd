//! Matrix of k-mer frequencies of promoters, optionally preceded by gene features.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;
use tatabox_sequence::{KmerCounter, Shuffle};

use super::genes::write_gene_features;
use crate::task::BaselineTask;

/// K-mer frequencies of the windows of a task.
#[derive(Debug, Clone)]
pub(crate) struct KmerFeatures<'a> {
    dataset: &'a PreparedDataset,
    extent: Range<usize>,
    counter: KmerCounter,
    /// Number of gene features that precede the k-mer frequencies.
    gene_features: usize,
    shuffle: Option<Shuffle>,
    seed: u64,
}

impl<'a> KmerFeatures<'a> {
    /// Frequencies of all k-mers with `min_k <= k <= max_k`; with `shuffle`, those of shuffled promoters.
    pub(crate) fn new(task: &BaselineTask<'a>, min_k: usize, max_k: usize, shuffle: Option<Shuffle>) -> Self {
        let counter = KmerCounter::new(min_k, max_k);
        Self { dataset: task.dataset, extent: task.extent.clone(), counter, gene_features: 0, shuffle, seed: task.seed }
    }

    /// The same frequencies, preceded by the gene features.
    pub(crate) fn with_gene_features(self) -> Self {
        Self { gene_features: self.dataset.gene_feature_names().len(), ..self }
    }

    /// Number of gene features that precede the k-mer frequencies.
    pub(crate) fn gene_features(&self) -> usize {
        self.gene_features
    }

    /// Counter of the k-mers.
    pub(crate) fn counter(&self) -> KmerCounter {
        self.counter
    }

    /// Features `[features, genes]`: gene features, if requested, then k-mer frequencies in the order of increasing k.
    ///
    /// # Panics
    ///
    /// If gene features are requested and a gene has none.
    pub(crate) fn matrix(&self, genes: &[usize]) -> DMatrix<f64> {
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
            for (frequency, counted) in frequencies.iter_mut().zip(self.counter.frequencies(codes)) {
                *frequency = f64::from(counted);
            }
        });
        matrix
    }
}
