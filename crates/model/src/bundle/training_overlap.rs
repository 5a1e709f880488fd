//! Overlap of the held-out genes of a data set with the training genes of a model.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{PreparedDataset, Split, SplitMethod};

use super::run_record::RunRecord;

/// Number of held-out genes of a data set that a model was trained or selected on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingOverlap {
    /// Genes of the validation split.
    pub validation: usize,
    /// Genes of the test split.
    pub test: usize,
}

impl TrainingOverlap {
    /// Held-out genes of `dataset` that at least one of these runs was trained on, as [`RunRecord::training_overlap`] counts
    /// them.
    pub(crate) fn of_runs<'a>(
        runs: impl IntoIterator<Item = &'a RunRecord>,
        dataset: &PreparedDataset,
    ) -> Option<Self> {
        let chromosomes = dataset.chromosomes();
        let mut is_seen = vec![false; dataset.len()];
        for run in runs {
            let mut next = Some(run);
            while let Some(record) = next {
                record.mark_seen(dataset, &chromosomes, &mut is_seen)?;
                next = record.transfer.as_deref().map(|transfer| &transfer.source);
            }
        }
        let count = |split| dataset.genes_in(split).into_iter().filter(|&gene| is_seen[gene]).count();
        Some(Self { validation: count(Split::Validation), test: count(Split::Test) })
    }
}

/// Source model of a transfer, in the run record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferRecord {
    /// Folder of the source model, as given.
    pub from: String,
    /// Held-out genes that the source model was trained or selected on; null if unknown.
    pub held_out_genes_seen: Option<TrainingOverlap>,
    /// Run record of the source model.
    pub source: RunRecord,
}

impl RunRecord {
    /// Held-out genes of `dataset` that this run, or a source model that it was transferred from, was trained on.
    ///
    /// A gene counts if its chromosome was in the train split of the run. A test gene also counts if its chromosome was
    /// in the validation split, which selects the best epoch. `None` if the run used another data set and not both are
    /// split by whole chromosomes, because the overlap is unknown then.
    pub fn training_overlap(&self, dataset: &PreparedDataset) -> Option<TrainingOverlap> {
        TrainingOverlap::of_runs([self], dataset)
    }

    /// Whether this run assigned the genes of `dataset` to the same splits. A run on other measurements of its genes did.
    pub fn has_split_of(&self, dataset: &PreparedDataset) -> bool {
        let current = &dataset.manifest().split;
        let same_split = self.split.as_ref().is_some_and(|split| split == current);
        let checksums = [Some(&self.dataset_checksum), self.split_checksum.as_ref()];
        checksums.into_iter().flatten().any(|checksum| checksum == dataset.split_checksum())
            || (same_split && current.rule.method == SplitMethod::Chromosomes)
    }

    /// Marks the held-out genes that this run itself was trained or selected on. There are none if the run used this
    /// data set or the same split of whole chromosomes.
    fn mark_seen(&self, dataset: &PreparedDataset, chromosomes: &[Option<String>], is_seen: &mut [bool]) -> Option<()> {
        if self.has_split_of(dataset) {
            return Some(());
        }
        let split = self.split.as_ref().filter(|split| split.rule.method == SplitMethod::Chromosomes)?;
        for (gene, entry) in dataset.genes().iter().enumerate().filter(|(_, entry)| entry.split != Split::Train) {
            let chromosome = chromosomes[gene].as_ref()?;
            let selected_on = entry.split == Split::Test && split.validation.chromosomes.contains(chromosome);
            is_seen[gene] |= selected_on || split.train.chromosomes.contains(chromosome);
        }
        Some(())
    }
}
