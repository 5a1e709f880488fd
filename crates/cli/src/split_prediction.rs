//! Predicting a split, with a bar.

use anyhow::Result;
use tatabox_dataset::{PreparedDataset, Split};
use tatabox_model::{Predictor, SplitPredictions};

use crate::console::Console;
use crate::progress::{Progress, Unit};

/// Predicts the genes of `split` under the name `model_name`; `label` stands before the bar.
pub(crate) fn predict_split(
    predictor: &Predictor,
    dataset: &PreparedDataset,
    split: Split,
    model_name: &str,
    label: String,
    console: &Console,
) -> Result<SplitPredictions> {
    let total = dataset.genes_in(split).len() as u64;
    let mut progress = Progress::start(console, label, Some(total), Unit::Windows);
    let predictions = predictor.predict_split(dataset, split, model_name, &mut |done, _| progress.set(done as u64))?;
    progress.finish();
    Ok(predictions)
}
