//! Task of a baseline: the genes it is fitted on and the genes it predicts.

use std::ops::Range;

use nalgebra::DMatrix;
use tatabox_dataset::{PreparedDataset, Split};

use crate::error::BaselineError;
use crate::prediction::{BaselineNote, BaselineProgress};

/// Data set, genes, bases and cell types that a baseline reads, and the splits that it predicts.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{Baseline, BaselineError, BaselineTask, predict_baseline};
/// use tatabox_dataset::{PreparedDataset, Split};
/// # use tatabox_dataset::{PrepareConfig, SimulateConfig, prepare, simulate};
///
/// # let folder = tempfile::tempdir()?;
/// # let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
/// # simulate(&config, folder.path())?;
/// # let set = folder.path().join("set");
/// # let mut prepared = PrepareConfig::new(folder.path().join("expression.tsv"), set, config.geometry);
/// # prepared.promoters = Some(folder.path().join("promoters.fa"));
/// # prepare(&prepared, &mut |_| {})?;
/// let dataset = PreparedDataset::open(&prepared.out_dir)?;
/// let genes: Vec<usize> = (0..dataset.len()).collect();
/// let task = BaselineTask {
///     dataset: &dataset,
///     cell_types: &[0],
///     extent: 100..100,
///     genes: &genes,
///     splits: &[Split::Test],
///     seed: 42,
/// };
/// let error = predict_baseline(Baseline::KmerRidge, &task, &mut |_| {}).expect_err("the extent is empty");
/// assert!(matches!(error, BaselineError::ExtentOutsideWindow { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct BaselineTask<'a> {
    /// Data set with windows, measurements and gene features.
    pub dataset: &'a PreparedDataset,
    /// Cell types, as indices into those of the data set.
    pub cell_types: &'a [usize],
    /// Part of each window that the baseline reads, as window indices (0-based, half-open). All `genes` should have known
    /// sequence there; otherwise the number of unknown bases becomes a feature.
    pub extent: Range<usize>,
    /// Usable genes, as indices into those of the data set. A baseline is fitted on the train genes among them and selects
    /// settings on the validation genes; alternative TSSs are skipped. A baseline that
    /// [reads gene features](crate::Baseline::needs_features) requires them for every usable gene.
    pub genes: &'a [usize],
    /// Splits whose genes are predicted.
    pub splits: &'a [Split],
    /// Seed of shuffling, subsampling and tree growth.
    pub seed: u64,
}

impl BaselineTask<'_> {
    /// Usable genes of the requested splits.
    pub(crate) fn requested_genes(&self) -> Vec<usize> {
        self.genes_in(self.splits)
    }

    /// Usable genes of `splits`, without alternative TSSs.
    pub(crate) fn genes_in(&self, splits: &[Split]) -> Vec<usize> {
        let is_in = |&gene: &usize| {
            let entry = &self.dataset.genes()[gene];
            splits.contains(&entry.split) && entry.alternative_of.is_none()
        };
        self.genes.iter().copied().filter(is_in).collect()
    }

    /// Name of the cell type at `position` of `cell_types`.
    pub(crate) fn cell_type_name(&self, position: usize) -> &str {
        &self.dataset.cell_types()[self.cell_types[position]]
    }
}

/// Inputs of a fit: the task, a progress callback and the name of the baseline.
pub(crate) struct FitContext<'a> {
    /// Name of the baseline, for errors.
    pub(crate) baseline: &'static str,
    pub(crate) task: &'a BaselineTask<'a>,
    pub(crate) progress: &'a mut dyn FnMut(BaselineProgress),
}

/// Genes of a split with their measurements.
pub(crate) struct MeasuredGenes {
    pub(crate) genes: Vec<usize>,
    /// log2(TPM + 1), `[genes, cell types]`, NaN where missing.
    pub(crate) targets: DMatrix<f64>,
}

/// Predictions `[requested genes, cell types]` and the selected settings.
pub(crate) struct FitOutput {
    pub(crate) predicted: DMatrix<f64>,
    pub(crate) notes: Vec<BaselineNote>,
}

impl FitContext<'_> {
    /// Usable genes of a split with their measurements.
    ///
    /// Baselines call it for the train and the validation split only; test measurements must not affect a fit.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoGenes`] if a cell type has no measurement in any of these genes.
    pub(crate) fn measured_genes(&self, split: Split) -> Result<MeasuredGenes, BaselineError> {
        let BaselineTask { dataset, cell_types, .. } = self.task;
        let genes = self.task.genes_in(&[split]);
        let measured = |gene: usize, cell_type: usize| f64::from(dataset.log2_tpm(genes[gene], cell_types[cell_type]));
        let targets = DMatrix::from_fn(genes.len(), cell_types.len(), measured);
        self.require_measured(&targets, split)?;
        Ok(MeasuredGenes { genes, targets })
    }

    /// Rejects targets in which a cell type has no measurement.
    pub(crate) fn require_measured(&self, targets: &DMatrix<f64>, split: Split) -> Result<(), BaselineError> {
        let is_missing = |position: &usize| targets.column(*position).iter().all(|value| value.is_nan());
        (0..targets.ncols()).find(is_missing).map_or(Ok(()), |position| {
            let cell_type = self.task.cell_type_name(position).to_owned();
            Err(BaselineError::NoGenes { baseline: self.baseline, split, cell_type })
        })
    }

    /// Rejects tasks in which a usable gene has no features.
    pub(crate) fn require_gene_features(&self) -> Result<(), BaselineError> {
        let genes = self.task.genes_in(&Split::ALL);
        let without = genes.iter().filter(|&&gene| self.task.dataset.gene_features(gene).is_none()).count();
        if without == 0 {
            return Ok(());
        }
        Err(BaselineError::NoGeneFeatures { baseline: self.baseline, without, genes: genes.len() })
    }

    /// Reports progress within a stage.
    pub(crate) fn report(&mut self, stage: &'static str, done: usize, total: usize) {
        (self.progress)(BaselineProgress { stage, done, total });
    }
}
