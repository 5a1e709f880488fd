//! The baselines that a model is compared with.

use anyhow::Result;
use tatabox_baselines::{Baseline, predict_baseline};
use tatabox_dataset::{PredictionRow, PreparedDataset};
use tatabox_model::cell_type_columns;

use crate::args::{BaselineChoice, EvaluateArgs};
use crate::console::Console;
use crate::model_choice::ChosenModel;

/// Rows of every baseline asked for, on the genes and bases of the model.
pub(super) fn predict(
    args: &EvaluateArgs,
    model: &ChosenModel,
    dataset: &PreparedDataset,
    console: &Console,
) -> Result<Vec<PredictionRow>> {
    let extent = model.predictor.extent();
    let columns = cell_type_columns(dataset, model.predictor.cell_types())?;
    let usable: Vec<usize> = (0..dataset.len()).filter(|&gene| dataset.covers(gene, extent)).collect();
    let range = extent.window_range(dataset.geometry());
    let mut rows = Vec::new();
    for baseline in chosen(&args.baselines) {
        console.note(format!("baseline: {baseline}"));
        rows.extend(predict_baseline(baseline, dataset, &columns, range.clone(), &usable, &[args.split])?);
    }
    Ok(rows)
}

/// Each baseline once, in the order of the table.
fn chosen(choices: &[BaselineChoice]) -> Vec<Baseline> {
    let wants = |choice| choices.contains(&choice) || choices.contains(&BaselineChoice::All);
    let all = [(BaselineChoice::Mean, Baseline::TrainMean), (BaselineChoice::KmerRidge, Baseline::KmerRidge)];
    all.into_iter().filter(|&(choice, _)| wants(choice)).map(|(_, baseline)| baseline).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_baseline_is_taken_once() {
        let count = |choices: &[BaselineChoice]| chosen(choices).len();
        assert_eq!(count(&[BaselineChoice::All, BaselineChoice::Mean]), 2);
        assert_eq!(count(&[BaselineChoice::None]), 0);
        assert_eq!(count(&[BaselineChoice::KmerRidge]), 1);
    }
}
