//! Held-out genes that a model has learned from.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{PreparedDataset, Split, SplitMethod};

use super::run_record::RunRecord;

/// Genes of the held-out splits of a data set that a model was trained or chosen on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingOverlap {
    /// Of the validation split.
    pub validation: usize,
    /// Of the test split.
    pub test: usize,
}

/// The model that a run began from, in the record of that run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferRecord {
    /// Its folder, as it was named.
    pub from: String,
    /// Genes now held out that it has learned from; null where that cannot be told.
    pub held_out_genes_seen: Option<TrainingOverlap>,
    /// Its own record, the checksum of its weights among the rest.
    pub source: RunRecord,
}

impl RunRecord {
    /// Held-out genes of `dataset` that this run has learned from, or that a run before it has which it began from.
    /// `None` where that cannot be told: the data set is another, and not both are split by whole chromosomes.
    ///
    /// Genes are counted as seen where their chromosome was in the train split; test genes also where it was in the
    /// validation split, on which the best epoch was chosen.
    pub fn training_overlap(&self, dataset: &PreparedDataset) -> Option<TrainingOverlap> {
        let chromosomes = dataset.chromosomes();
        let mut is_seen = vec![false; dataset.len()];
        let mut run = Some(self);
        while let Some(record) = run {
            record.mark_seen(dataset, &chromosomes, &mut is_seen)?;
            run = record.transfer.as_deref().map(|transfer| &transfer.source);
        }
        let count = |split| dataset.genes_in(split).into_iter().filter(|&gene| is_seen[gene]).count();
        Some(TrainingOverlap { validation: count(Split::Validation), test: count(Split::Test) })
    }

    /// Marks the genes outside the train split that this run alone has learned from. On the data set itself, or the same
    /// split of it, these are none.
    fn mark_seen(&self, dataset: &PreparedDataset, chromosomes: &[Option<String>], is_seen: &mut [bool]) -> Option<()> {
        let here = &dataset.manifest().split;
        let same_split = self.split.as_ref().is_some_and(|split| split == here);
        if self.dataset_checksum == dataset.split_checksum()
            || (same_split && here.rule.method == SplitMethod::Chromosomes)
        {
            return Some(());
        }
        let split = self.split.as_ref().filter(|split| split.rule.method == SplitMethod::Chromosomes)?;
        for (gene, entry) in dataset.genes().iter().enumerate().filter(|(_, entry)| entry.split != Split::Train) {
            let chromosome = chromosomes[gene].as_ref()?;
            let chosen_on = entry.split == Split::Test && split.validation.chromosomes.contains(chromosome);
            is_seen[gene] |= chosen_on || split.train.chromosomes.contains(chromosome);
        }
        Some(())
    }
}
