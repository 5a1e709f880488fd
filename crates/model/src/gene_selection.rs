//! Which genes of a data set a network may see, and which bases of them.

use tatabox_dataset::{Extent, PreparedDataset, Split};

use crate::error::ModelError;

/// Share of the train genes that must be known over the whole extent.
pub const DEFAULT_EXTENT_COVERAGE: f64 = 0.8;

/// Fewest genes that a split must hold for a correlation to mean anything.
pub const FEWEST_GENES: usize = 8;

/// The genes of a split, or of any list, that are known over the whole extent.
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
}

impl GeneSelection {
    /// Selects from `split`.
    pub fn of_split(dataset: &PreparedDataset, split: Split, extent: Extent) -> Self {
        Self::of_genes(dataset, &dataset.genes_in(split), extent)
    }

    /// Selects from `genes`, keeping their order.
    pub fn of_genes(dataset: &PreparedDataset, genes: &[usize], extent: Extent) -> Self {
        let (genes, shorter_than_extent) = genes.iter().partition(|&&gene| dataset.covers(gene, extent));
        Self { genes, shorter_than_extent }
    }

    /// As [`of_split`](Self::of_split), refusing a split with too few genes to learn from or to score on.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]
    pub fn enough_of_split(dataset: &PreparedDataset, split: Split, extent: Extent) -> Result<Self, ModelError> {
        let selection = Self::of_split(dataset, split, extent);
        if selection.genes.len() < FEWEST_GENES {
            return Err(ModelError::TooFewGenes {
                split: split.to_string(),
                genes: selection.genes.len(),
                needed: FEWEST_GENES,
                hint: format!(
                    "{} more are known over less than the extent {extent}; choose a shorter one with --extent",
                    selection.shorter_than_extent.len()
                ),
            });
        }
        Ok(selection)
    }
}

/// The longest extent over which at least `coverage` of the train genes are known.
pub fn default_extent(dataset: &PreparedDataset, coverage: f64) -> Extent {
    dataset.common_extent(&dataset.genes_in(Split::Train), coverage)
}
