//! Selection of the genes of a data set for a network.

use rand::RngExt;
use tatabox_dataset::{Extent, PreparedDataset, Split};

use super::auxiliary_inputs::AuxiliaryInputs;
use super::dataset_columns::DatasetColumns;
use crate::error::{GeneShortage, ModelError};
use crate::random_stream::{Purpose, random_stream};

/// Fraction of the train genes that must be known over the whole extent.
pub const DEFAULT_EXTENT_COVERAGE: f64 = 0.8;

/// Smallest number of genes for which a correlation is meaningful.
pub const MIN_GENES: usize = 8;

/// Genes of a split or a list that are known over the whole extent and have all required gene features.
///
/// The length of a gene's known sequence correlates with how well the gene has been studied, and therefore with its
/// expression. Every window is therefore cut to one extent, and shorter genes are excluded rather than padded, so that
/// padding never becomes a feature.
#[derive(Clone, Debug, Default)]
pub struct GeneSelection {
    /// Indices into the data set, in its order.
    pub genes: Vec<usize>,
    /// Excluded genes of the split whose known sequence is shorter than the extent.
    pub shorter_than_extent: Vec<usize>,
    /// Excluded genes that reach the extent but lack a required gene feature; all genes where the data set has no
    /// features.
    pub without_features: Vec<usize>,
}

impl GeneSelection {
    /// Selects from `split` for a network that reads `extent` and the auxiliary inputs `inputs`.
    pub fn of_split(dataset: &PreparedDataset, split: Split, extent: Extent, inputs: &AuxiliaryInputs) -> Self {
        Self::of_genes(dataset, &dataset.genes_in(split), extent, inputs)
    }

    /// Selects from `genes`, keeping their order.
    pub fn of_genes(dataset: &PreparedDataset, genes: &[usize], extent: Extent, inputs: &AuxiliaryInputs) -> Self {
        let (long, shorter_than_extent) =
            genes.iter().partition::<Vec<usize>, _>(|&&gene| dataset.covers(gene, extent));
        let columns = DatasetColumns::of(inputs, dataset).ok();
        let has_features = |gene: &usize| columns.as_ref().is_some_and(|columns| columns.has_features(dataset, *gene));
        let (genes, without_features) = long.into_iter().partition(has_features);
        Self { genes, shorter_than_extent, without_features }
    }

    /// Like [`of_split`](Self::of_split), with an error where the split has too few genes to train or to score on.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]
    pub fn try_of_split(
        dataset: &PreparedDataset,
        split: Split,
        extent: Extent,
        inputs: &AuxiliaryInputs,
    ) -> Result<Self, ModelError> {
        let selection = Self::of_split(dataset, split, extent, inputs);
        let shortage = GeneShortage::ShorterThanExtent {
            shorter: selection.shorter_than_extent.len(),
            without_features: selection.without_features.len(),
            extent,
        };
        selection.enough(split, shortage)
    }

    /// The same selection, with an error where there are too few genes to fit a mean and a standard deviation.
    pub(crate) fn enough_to_scale(self) -> Result<Self, ModelError> {
        let shortage = GeneShortage::WithoutFeatures { genes: self.without_features.len() };
        self.enough(Split::Train, shortage)
    }

    /// Excludes genes that are measured in none of the columns `cell_types`, which can be neither trained nor scored.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]
    pub(crate) fn measured(
        self,
        dataset: &PreparedDataset,
        split: Split,
        cell_types: &[usize],
    ) -> Result<Self, ModelError> {
        let before = self.genes.len();
        let measured = self.retain_measured(dataset, cell_types);
        let unmeasured = before - measured.genes.len();
        measured.enough(split, GeneShortage::Unmeasured { genes: unmeasured })
    }

    /// Excludes genes that are measured in none of the columns `cell_types`, however few remain.
    pub(crate) fn retain_measured(mut self, dataset: &PreparedDataset, cell_types: &[usize]) -> Self {
        let is_measured = |&gene: &usize| cell_types.iter().any(|&column| !dataset.target(gene, column).is_nan());
        self.genes.retain(is_measured);
        self
    }

    /// Checks that each of the columns `cell_types` is measured in enough genes, as a network for it alone requires.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`] names the cell type.
    pub(crate) fn check_measured(
        &self,
        dataset: &PreparedDataset,
        split: Split,
        cell_types: &[usize],
    ) -> Result<(), ModelError> {
        for &column in cell_types {
            let genes = self.measured_in(dataset, column);
            if genes < MIN_GENES {
                let cell_type = dataset.target_names().swap_remove(column);
                let shortage = GeneShortage::UnmeasuredIn { cell_type, genes: self.genes.len() - genes };
                let (split, needed) = (split.to_string(), MIN_GENES);
                return Err(ModelError::TooFewGenes { split, genes, needed, shortage });
            }
        }
        Ok(())
    }

    /// Number of genes that are measured in a cell type, given by its index in the data set.
    pub fn measured_in(&self, dataset: &PreparedDataset, cell_type: usize) -> usize {
        self.genes.iter().filter(|&&gene| !dataset.target(gene, cell_type).is_nan()).count()
    }

    /// Random fraction of the genes, in their order. A smaller fraction is a subset of a larger one, and the relative
    /// order of two genes in the sampling does not depend on the others.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]
    pub(crate) fn sampled(mut self, fraction: f64, seed: u64) -> Result<Self, ModelError> {
        let all = self.genes.len();
        self.genes = in_random_order(&self.genes, seed);
        self.genes.truncate((fraction * all as f64).round() as usize);
        self.genes.sort_unstable();
        self.enough(Split::Train, GeneShortage::Fraction { all, fraction })
    }

    /// Random sample of at most `count` genes, in random order; a smaller sample is a prefix of a larger one.
    pub fn sample(&self, count: usize, seed: u64) -> Vec<usize> {
        let mut drawn = in_random_order(&self.genes, seed);
        drawn.truncate(count);
        drawn
    }

    fn enough(self, split: Split, shortage: GeneShortage) -> Result<Self, ModelError> {
        if self.genes.len() < MIN_GENES {
            let (genes, needed) = (self.genes.len(), MIN_GENES);
            return Err(ModelError::TooFewGenes { split: split.to_string(), genes, needed, shortage });
        }
        Ok(self)
    }
}

/// Genes in random order; the relative order of two genes does not depend on the others.
fn in_random_order(genes: &[usize], seed: u64) -> Vec<usize> {
    let mut drawn: Vec<(u64, usize)> =
        genes.iter().map(|&gene| (random_stream(seed, Purpose::Subset, 0, gene).random(), gene)).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, gene)| gene).collect()
}

/// Longest extent over which at least a fraction `coverage` of the train genes is known.
pub fn default_extent(dataset: &PreparedDataset, coverage: f64) -> Extent {
    dataset.common_extent(&dataset.genes_in(Split::Train), coverage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(genes: usize) -> GeneSelection {
        of_genes((100..100 + genes).collect())
    }

    fn of_genes(genes: Vec<usize>) -> GeneSelection {
        GeneSelection { genes, shorter_than_extent: Vec::new(), without_features: Vec::new() }
    }

    #[test]
    fn sampled_smaller_fraction_is_a_subset() {
        let sampled = |fraction, seed| of(1000).sampled(fraction, seed).expect("enough").genes;
        let [some, more, all] = [0.01, 0.1, 1.0].map(|fraction| sampled(fraction, 42));
        assert_eq!((some.len(), more.len(), all.len()), (10, 100, 1000));
        assert!(some.iter().all(|gene| more.contains(gene)));
        assert!(some.is_sorted() && all == of(1000).genes);
        assert_ne!(some, sampled(0.01, 43));
        // With half of the genes removed, the others are sampled in the same order.
        let half = of_genes((100..600).collect());
        let of_half = half.sampled(0.02, 42).expect("enough").genes;
        assert!(some.iter().filter(|&&gene| gene < 600).all(|gene| of_half.contains(gene)));
    }

    #[test]
    fn sample_of_fewer_genes_is_a_prefix() {
        let [few, many, all] = [5, 50, 5000].map(|count| of(1000).sample(count, 42));
        assert_eq!((few.len(), many.len(), all.len()), (5, 50, 1000));
        assert!(many.starts_with(&few) && all.starts_with(&many) && !all.is_sorted());
        assert_ne!(few, of(1000).sample(5, 43));
    }

    #[test]
    fn sampled_too_few_genes_returns_error() {
        let message = of(700).sampled(0.01, 42).expect_err("seven genes").to_string();
        assert_eq!(
            message,
            "the train split has 7 usable genes; at least 8 are required; the fraction 0.01 of 700 was requested"
        );
    }
}
