//! Genes of a split that a model cannot be scored on.

use tatabox_dataset::{Extent, Split};
use tatabox_model::GeneSelection;
use tatabox_sequence::{counted, is_or_are};

/// Numbers of genes that are predicted, and of genes that are excluded by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExcludedGenes {
    predicted: usize,
    shorter_than_extent: usize,
    without_features: usize,
}

impl ExcludedGenes {
    /// Counts of a selection of genes.
    pub(crate) fn of_selection(selection: &GeneSelection) -> Self {
        Self {
            predicted: selection.genes.len(),
            shorter_than_extent: selection.shorter_than_extent.len(),
            without_features: selection.without_features.len(),
        }
    }

    /// Adds the counts of another part of the data.
    pub(crate) fn add(&mut self, other: Self) {
        self.predicted += other.predicted;
        self.shorter_than_extent += other.shorter_than_extent;
        self.without_features += other.without_features;
    }

    /// Numbers and reasons, for a model that reads `extent`; `None` where no gene is excluded.
    pub(crate) fn describe(self, split: Split, extent: Extent) -> Option<String> {
        let Self { predicted, shorter_than_extent: short, without_features: without } = self;
        let all = counted(predicted + short + without, &format!("{split} gene"));
        let excluded = |count: usize| format!("{count} of {all} {} excluded", is_or_are(count));
        let short = (short > 0).then(|| {
            format!("{}: their known sequence does not cover {extent}, which the model reads", excluded(short))
        });
        let without = (without > 0)
            .then(|| format!("{}: these genes lack the gene features that the model requires", excluded(without)));
        let reasons: Vec<String> = short.into_iter().chain(without).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excluded_genes_are_described_by_reason() {
        let extent = Extent { upstream_bp: 249, downstream_bp: 51 };
        let mut all = ExcludedGenes { predicted: 5, shorter_than_extent: 0, without_features: 0 };
        assert_eq!(all.describe(Split::Test, extent), None);
        all.add(ExcludedGenes { predicted: 1, shorter_than_extent: 2, without_features: 3 });
        let text = all.describe(Split::Test, extent).expect("five are excluded");
        assert!(text.starts_with("2 of 11 test genes are excluded: their known sequence"), "{text}");
        assert!(text.contains("; 3 of 11 test genes are excluded: these genes lack the gene features"), "{text}");
    }
}
