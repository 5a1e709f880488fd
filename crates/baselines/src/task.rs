//! What a baseline is fitted on and what it has to predict.

use std::ops::Range;

use nalgebra::DMatrix;
use tatabox_dataset::{PredictionRow, PreparedDataset, Split};

use crate::baseline::Baseline;
use crate::error::BaselineError;
use crate::prediction::{BaselineNote, BaselinePredictions, BaselineProgress};

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
    /// of genes are passed over. For a baseline that [needs features](Baseline::needs_features) all of them must have some.
    pub genes: &'a [usize],
    /// Splits to predict.
    pub splits: &'a [Split],
    /// Seed of everything that is drawn at random.
    pub seed: u64,
}

/// Fits a baseline on the train genes and predicts the genes in the splits asked for.
///
/// The rows stand in the order of `task.genes`, cell types within a gene; a gene without a measurement in a cell type has no row
/// there. The same task gives the same rows, to the last bit, for any number of threads.
///
/// # Errors
///
/// [`BaselineError::ExtentOutsideWindow`]; [`BaselineError::NoGenes`] when a cell type has no measured train gene (validation gene,
/// for a baseline that chooses settings); [`BaselineError::OneCellType`] for a baseline that compares cell types;
/// [`BaselineError::NoGeneFeatures`] for a baseline that reads them and a usable gene without.
pub fn predict_baseline(
    baseline: Baseline,
    task: &BaselineTask<'_>,
    progress: &mut dyn FnMut(BaselineProgress),
) -> Result<BaselinePredictions, BaselineError> {
    let window_bp = task.dataset.geometry().len();
    if task.extent.is_empty() || task.extent.end > window_bp {
        return Err(BaselineError::ExtentOutsideWindow { extent: task.extent.clone(), window_bp });
    }
    let mut fitting = Fitting { baseline, task, progress };
    let fitted = baseline.fit(&mut fitting)?;
    for note in &fitted.notes {
        tracing::debug!(%baseline, %note, "fitted");
    }
    Ok(BaselinePredictions { rows: rows(baseline, task, &fitted.predicted), notes: fitted.notes })
}

fn rows(baseline: Baseline, task: &BaselineTask<'_>, predicted: &DMatrix<f64>) -> Vec<PredictionRow> {
    let mut rows = Vec::new();
    for (&gene, predictions) in task.wanted().iter().zip(predicted.row_iter()) {
        let entry = &task.dataset.genes()[gene];
        for (&cell_type, &predicted) in task.cell_types.iter().zip(predictions.iter()) {
            let measured = f64::from(task.dataset.log2_tpm(gene, cell_type));
            if measured.is_nan() {
                continue;
            }
            rows.push(PredictionRow {
                gene_id: entry.gene_id.clone(),
                gene_name: entry.gene_name.clone(),
                cell_type: task.dataset.cell_types()[cell_type].clone(),
                split: entry.split,
                measured,
                predicted,
                model: baseline.name().to_owned(),
            });
        }
    }
    rows
}

impl BaselineTask<'_> {
    /// The genes to predict.
    pub(crate) fn wanted(&self) -> Vec<usize> {
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
pub(crate) struct Fitting<'a> {
    pub(crate) baseline: Baseline,
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
pub(crate) struct Fitted {
    pub(crate) predicted: DMatrix<f64>,
    pub(crate) notes: Vec<BaselineNote>,
}

impl Fitting<'_> {
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
            Err(BaselineError::NoGenes { baseline: self.baseline.name(), split, cell_type })
        })
    }

    /// Every usable gene needs features.
    pub(crate) fn require_gene_features(&self) -> Result<(), BaselineError> {
        let genes = self.task.genes_in(&Split::ALL);
        let without = genes.iter().filter(|&&gene| self.task.dataset.gene_features(gene).is_none()).count();
        if without == 0 {
            return Ok(());
        }
        Err(BaselineError::NoGeneFeatures { baseline: self.baseline.name(), without, genes: genes.len() })
    }

    pub(crate) fn report(&mut self, stage: &'static str, done: usize, total: usize) {
        (self.progress)(BaselineProgress { stage, done, total });
    }
}
