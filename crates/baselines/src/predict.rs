//! Fitting and prediction of one baseline.

use nalgebra::DMatrix;
use tatabox_dataset::PredictionRow;

use crate::baseline::Baseline;
use crate::error::BaselineError;
use crate::prediction::{BaselinePredictions, BaselineProgress};
use crate::task::{BaselineTask, FitContext};

/// Predictions of a baseline, fitted on the train genes, for the genes in the requested splits.
///
/// Rows follow the order of `task.genes`, and within a gene the order of `task.cell_types`. A gene without a measurement in a
/// cell type has no row for it. The same task gives bit-identical rows for any number of threads.
///
/// # Errors
///
/// * [`BaselineError::ExtentOutsideWindow`] if the extent is empty or outside the window;
/// * [`BaselineError::NoGenes`] if a cell type has no measured train gene, or no measured validation gene where the baseline
///   selects settings;
/// * [`BaselineError::OneCellType`] if the baseline compares cell types and the data set has one;
/// * [`BaselineError::NoGeneFeatures`] if the baseline reads gene features and a usable gene has none.
///
/// # Panics
///
/// If an index in `task.genes` or `task.cell_types` is outside the data set.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{Baseline, BaselineTask, predict_baseline};
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
///     extent: 0..dataset.geometry().len(),
///     genes: &genes,
///     splits: &[Split::Test],
///     seed: 42,
/// };
/// let predictions = predict_baseline(Baseline::TrainMean, &task, &mut |_| {})?;
/// assert_eq!(predictions.rows.len(), dataset.genes_in(Split::Test).len());
/// // The train mean is the same for every gene.
/// assert!(predictions.rows.iter().all(|row| row.predicted == predictions.rows[0].predicted));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn predict_baseline(
    baseline: Baseline,
    task: &BaselineTask<'_>,
    progress: &mut dyn FnMut(BaselineProgress),
) -> Result<BaselinePredictions, BaselineError> {
    check_extent(task)?;
    let mut context = FitContext { baseline: baseline.name(), task, progress };
    let fitted = baseline.fit(&mut context)?;
    for note in &fitted.notes {
        tracing::debug!(%baseline, %note, "fitted");
    }
    Ok(BaselinePredictions { rows: rows(baseline, task, &fitted.predicted), notes: fitted.notes })
}

/// # Errors
///
/// [`BaselineError::ExtentOutsideWindow`] if the extent is empty or outside the window.
pub(crate) fn check_extent(task: &BaselineTask<'_>) -> Result<(), BaselineError> {
    let window_bp = task.dataset.geometry().len();
    if task.extent.is_empty() || task.extent.end > window_bp {
        return Err(BaselineError::ExtentOutsideWindow { extent: task.extent.clone(), window_bp });
    }
    Ok(())
}

/// One row per gene and cell type with a measurement.
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
