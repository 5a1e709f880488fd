//! Which genes of a data set a network may see, and which bases of them.

use rand::RngExt;
use tatabox_dataset::{Extent, PreparedDataset, Split};

use super::auxiliary_inputs::AuxiliaryInputs;
use super::dataset_columns::DatasetColumns;
use crate::error::{GeneShortage, ModelError};
use crate::random_stream::{Purpose, random_stream};

/// Share of the train genes that must be known over the whole extent.
pub const DEFAULT_EXTENT_COVERAGE: f64 = 0.8;

/// Fewest genes that a split must hold for a correlation to mean anything.
pub const MIN_GENES: usize = 8;

/// The genes of a split, or of any list, that are known over the whole extent, and of which the data set has all gene
/// features that are read.
///
/// How far the known sequence of a gene reaches is correlated with how well the gene has been studied, and so with
/// its expression. Every window is therefore cut to one extent, and genes that do not reach it are left out, rather
/// than padded into telling the network how long they are.
#[derive(Clone, Debug)]
pub struct GeneSelection {
    /// Indices into the data set, in its order.
    pub genes: Vec<usize>,
    /// Genes of the split left out, since they do not reach the extent.
    pub shorter_than_extent: Vec<usize>,
    /// Genes that reach it and are left out, since the data set has not all gene features of them; those of all genes where
    /// it has none at all.
    pub without_features: Vec<usize>,
}

impl GeneSelection {
    /// Selects from `split` for a network that reads `extent` and, beside the bases, `inputs`.
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

    /// As [`of_split`](Self::of_split), refusing a split with too few genes to learn from or to score on.
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

    /// The same, refusing too few genes to fit a mean and a standard deviation on.
    pub(crate) fn enough_to_scale(self) -> Result<Self, ModelError> {
        let shortage = GeneShortage::WithoutFeatures { genes: self.without_features.len() };
        self.enough(Split::Train, shortage)
    }

    /// Leaves out the genes that are measured in none of the columns `cell_types`: there is nothing to learn of them, and
    /// nothing to score.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]
    pub(crate) fn measured(
        mut self,
        dataset: &PreparedDataset,
        split: Split,
        cell_types: &[usize],
    ) -> Result<Self, ModelError> {
        let before = self.genes.len();
        let is_measured = |&gene: &usize| cell_types.iter().any(|&column| !dataset.log2_tpm(gene, column).is_nan());
        self.genes.retain(is_measured);
        let unmeasured = before - self.genes.len();
        self.enough(split, GeneShortage::Unmeasured { genes: unmeasured })
    }

    /// The share of the genes that `seed` draws, in their order. A smaller share of the same genes is part of a larger
    /// one, and whether a gene is drawn before another does not depend on the rest.
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

    /// At most `count` of the genes, as `seed` draws them, in the order in which they are drawn: fewer genes are the first of
    /// more.
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

/// The genes in the order in which `seed` draws them; where one stands does not depend on the others.
fn in_random_order(genes: &[usize], seed: u64) -> Vec<usize> {
    let mut drawn: Vec<(u64, usize)> =
        genes.iter().map(|&gene| (random_stream(seed, Purpose::Subset, 0, gene).random(), gene)).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, gene)| gene).collect()
}

/// The longest extent over which at least `coverage` of the train genes are known.
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
    fn a_smaller_share_is_part_of_a_larger_one() {
        let sampled = |share, seed| of(1000).sampled(share, seed).expect("enough").genes;
        let [some, more, all] = [0.01, 0.1, 1.0].map(|share| sampled(share, 42));
        assert_eq!((some.len(), more.len(), all.len()), (10, 100, 1000));
        assert!(some.iter().all(|gene| more.contains(gene)));
        assert!(some.is_sorted() && all == of(1000).genes);
        assert_ne!(some, sampled(0.01, 43));
        // With half of the genes away, those that stay are drawn in the same order.
        let half = of_genes((100..600).collect());
        let of_half = half.sampled(0.02, 42).expect("enough").genes;
        assert!(some.iter().filter(|&&gene| gene < 600).all(|gene| of_half.contains(gene)));
    }

    #[test]
    fn fewer_drawn_genes_are_the_first_of_more() {
        let [few, many, all] = [5, 50, 5000].map(|count| of(1000).sample(count, 42));
        assert_eq!((few.len(), many.len(), all.len()), (5, 50, 1000));
        assert!(many.starts_with(&few) && all.starts_with(&many) && !all.is_sorted());
        assert_ne!(few, of(1000).sample(5, 43));
    }

    #[test]
    fn a_share_that_is_too_small_is_refused() {
        let message = of(700).sampled(0.01, 42).expect_err("seven genes").to_string();
        assert_eq!(
            message,
            "the train split has 7 usable genes; at least 8 are required; the fraction 0.01 of 700 was requested"
        );
    }
}
