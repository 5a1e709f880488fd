//! What a baseline is fitted on and what it has to predict.

use std::ops::Range;

use nalgebra::DMatrix;
use tatabox_dataset::{PreparedDataset, Split};

use crate::error::BaselineError;
use crate::prediction::{BaselineNote, BaselineProgress};

/// The genes, bases and cell types that a baseline works on.
#[derive(Debug, Clone)]
pub struct BaselineTask<'a> {
    /// Where windows and measurements are.
    pub dataset: &'a PreparedDataset,
    /// Indices into the cell types of the data set.
    pub cell_types: &'a [usize],
    /// Part of each window that may be read, as window indices. It should be known sequence in all `genes`, or the number of
    /// unknown bases becomes a feature.
    pub extent: Range<usize>,
    /// Indices of the usable genes. Fits see the train genes among them, choices are made on the validation genes; further TSSs
    /// of genes are passed over. For a baseline that [needs features](crate::Baseline::needs_features) all of them must have some.
    pub genes: &'a [usize],
    /// Splits to predict.
    pub splits: &'a [Split],
    /// Seed of everything that is drawn at random.
    pub seed: u64,
}

impl BaselineTask<'_> {
    /// The genes to predict.
    pub(crate) fn requested_genes(&self) -> Vec<usize> {
        self.genes_in(self.splits)
    }

    /// The usable genes of some splits, without their further TSSs.
    pub(crate) fn genes_in(&self, splits: &[Split]) -> Vec<usize> {
        let is_in = |&gene: &usize| {
            let entry = &self.dataset.genes()[gene];
            splits.contains(&entry.split) && entry.alternative_of.is_none()
        };
        self.genes.iter().copied().filter(is_in).collect()
    }

    /// Name of the cell type at a position of `cell_types`.
    pub(crate) fn cell_type_name(&self, position: usize) -> &str {
        &self.dataset.cell_types()[self.cell_types[position]]
    }
}

/// A baseline on its way to predictions.
pub(crate) struct FitContext<'a> {
    /// Name of the baseline, for errors.
    pub(crate) baseline: &'static str,
    pub(crate) task: &'a BaselineTask<'a>,
    pub(crate) progress: &'a mut dyn FnMut(BaselineProgress),
}

/// Genes of a split with what was measured in them.
pub(crate) struct MeasuredGenes {
    pub(crate) genes: Vec<usize>,
    /// log2(TPM + 1), `[genes, cell types]`, NaN where missing.
    pub(crate) targets: DMatrix<f64>,
}

/// Predictions `[wanted genes, cell types]` and the settings behind them.
pub(crate) struct FitOutput {
    pub(crate) predicted: DMatrix<f64>,
    pub(crate) notes: Vec<BaselineNote>,
}

impl FitContext<'_> {
    /// The usable genes of the train or the validation split; nothing asks for test genes here.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoGenes`] when a cell type is measured in none of them.
    pub(crate) fn measured(&self, split: Split) -> Result<MeasuredGenes, BaselineError> {
        let BaselineTask { dataset, cell_types, .. } = self.task;
        let genes = self.task.genes_in(&[split]);
        let measured = |gene: usize, cell_type: usize| f64::from(dataset.log2_tpm(genes[gene], cell_types[cell_type]));
        let targets = DMatrix::from_fn(genes.len(), cell_types.len(), measured);
        self.require_measured(&targets, split)?;
        Ok(MeasuredGenes { genes, targets })
    }

    /// Every cell type needs a gene with a target.
    pub(crate) fn require_measured(&self, targets: &DMatrix<f64>, split: Split) -> Result<(), BaselineError> {
        let is_missing = |position: &usize| targets.column(*position).iter().all(|value| value.is_nan());
        (0..targets.ncols()).find(is_missing).map_or(Ok(()), |position| {
            let cell_type = self.task.cell_type_name(position).to_owned();
            Err(BaselineError::NoGenes { baseline: self.baseline, split, cell_type })
        })
    }

    /// Every usable gene needs features.
    pub(crate) fn require_gene_features(&self) -> Result<(), BaselineError> {
        let genes = self.task.genes_in(&Split::ALL);
        let without = genes.iter().filter(|&&gene| self.task.dataset.gene_features(gene).is_none()).count();
        if without == 0 {
            return Ok(());
        }
        Err(BaselineError::NoGeneFeatures { baseline: self.baseline, without, genes: genes.len() })
    }

    pub(crate) fn report(&mut self, stage: &'static str, done: usize, total: usize) {
        (self.progress)(BaselineProgress { stage, done, total });
    }
}
