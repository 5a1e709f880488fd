//! Predicting a split, with a bar, and what is left out of it.

use anyhow::Result;
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{GeneSelection, Predictor, SplitPredictions};

use crate::terminal::console::Console;
use tatabox::{Progress, Unit};

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

/// Genes that a model cannot be scored on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    predicted: usize,
    shorter_than_extent: usize,
    without_features: usize,
}

impl LeftOut {
    pub(crate) fn of(selection: &GeneSelection) -> Self {
        Self {
            predicted: selection.genes.len(),
            shorter_than_extent: selection.shorter_than_extent.len(),
            without_features: selection.without_features.len(),
        }
    }

    /// Counts the genes of another part of the data.
    pub(crate) fn add(&mut self, other: Self) {
        self.predicted += other.predicted;
        self.shorter_than_extent += other.shorter_than_extent;
        self.without_features += other.without_features;
    }

    /// How many there are and why, nothing where there is none.
    pub(crate) fn in_words(self, split: Split, extent: Extent) -> Option<String> {
        let Self { predicted, shorter_than_extent: short, without_features: without } = self;
        let of_split = format!("of {} {split} genes are excluded", predicted + short + without);
        let short = (short > 0).then(|| {
            format!("{short} {of_split}: their known sequence does not reach over {extent}, which the model reads")
        });
        let without = (without > 0).then(|| {
            format!("{without} {of_split}: the data set has not the gene features of them that the model reads")
        });
        let words: Vec<String> = short.into_iter().chain(without).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genes_are_left_out_for_one_reason_or_the_other() {
        let extent = Extent { upstream_bp: 249, downstream_bp: 51 };
        let mut all = LeftOut { predicted: 5, shorter_than_extent: 0, without_features: 0 };
        assert_eq!(all.in_words(Split::Test, extent), None);
        all.add(LeftOut { predicted: 1, shorter_than_extent: 2, without_features: 3 });
        let words = all.in_words(Split::Test, extent).expect("five are left out");
        assert!(words.starts_with("2 of 11 test genes are excluded: their known sequence"), "{words}");
        assert!(words.contains("; 3 of 11 test genes are excluded: the data set has not the gene features"), "{words}");
    }
}
