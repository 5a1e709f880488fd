//! Predictions of one split of a data set.

use tatabox_dataset::{PreparedDataset, Split};
use tatabox_model::{Predictor, SplitPredictions};

use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Predicts the genes of `split` under the name `model_name`; `label` names the step.
///
/// # Errors
/// The data set lacks a cell type or an auxiliary input of the model, its windows are shorter than the model's extent, or
/// the split has too few genes.
pub(crate) fn predict_split(
    predictor: &Predictor,
    dataset: &PreparedDataset,
    split: Split,
    model_name: &str,
    label: String,
    observer: &dyn Observer,
) -> Result<SplitPredictions> {
    let total = dataset.genes_in(split).len() as u64;
    let mut progress = Progress::start(observer, label, Some(total), Unit::Windows);
    let predictions = predictor.predict_split(dataset, split, model_name, &mut |done, _| progress.set(done as u64))?;
    progress.finish();
    Ok(predictions)
}
