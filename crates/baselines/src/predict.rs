//! Predictions of a baseline for the genes of a task.

use nalgebra::DMatrix;
use tatabox_dataset::PredictionRow;

use crate::baseline::Baseline;
use crate::error::BaselineError;
use crate::prediction::{BaselinePredictions, BaselineProgress};
use crate::task::{BaselineTask, FitContext};

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
    let mut context = FitContext { baseline: baseline.name(), task, progress };
    let fitted = baseline.fit(&mut context)?;
    for note in &fitted.notes {
        tracing::debug!(%baseline, %note, "fitted");
    }
    Ok(BaselinePredictions { rows: rows(baseline, task, &fitted.predicted), notes: fitted.notes })
}

fn rows(baseline: Baseline, task: &BaselineTask<'_>, predicted: &DMatrix<f64>) -> Vec<PredictionRow> {
    let mut rows = Vec::new();
    for (&gene, predictions) in task.requested_genes().iter().zip(predicted.row_iter()) {
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
