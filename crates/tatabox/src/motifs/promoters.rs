//! Promoters that filters are scanned over.

use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{GeneSelection, Predictor};
use tatabox_sequence::UNKNOWN;

use super::request::MotifsRequest;
use crate::error::{Result, ensure};

/// Promoters that filters were scanned over, and the genes excluded.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::ScannedPromoters;
///
/// fn gc_content(promoters: &ScannedPromoters) -> f64 {
///     promoters.base_frequencies[1] + promoters.base_frequencies[2]
/// }
/// # let _ = gc_content;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScannedPromoters {
    /// Indices into the data set, ascending.
    pub genes: Vec<usize>,
    /// Nucleotide codes of the model's extent, per gene.
    pub windows: Vec<Vec<u8>>,
    /// Frequencies of A, C, G and T.
    pub base_frequencies: [f64; 4],
    /// Genes of the split.
    pub in_split: usize,
    /// Genes of the split that are not known over the model's extent.
    pub shorter_than_extent: usize,
    /// Genes of the split without gene features, if the model reads them.
    pub without_features: usize,
}

impl ScannedPromoters {
    /// Selects promoters at random.
    ///
    /// # Errors
    /// The split has too few genes, or their promoters lack one of the four bases.
    pub(super) fn select(dataset: &PreparedDataset, predictor: &Predictor, request: &MotifsRequest) -> Result<Self> {
        let selection =
            GeneSelection::try_of_split(dataset, request.split, predictor.extent(), predictor.auxiliary_inputs())?;
        let mut genes = selection.sample(request.max_genes, request.seed);
        genes.sort_unstable();
        let windows: Vec<Vec<u8>> =
            genes.par_iter().map(|&gene| Ok(predictor.gene_window(dataset, gene)?.bases)).collect::<Result<_>>()?;
        let mut counts = [0u64; 4];
        for &code in windows.iter().flatten().filter(|&&code| code != UNKNOWN) {
            counts[usize::from(code)] += 1;
        }
        let known: u64 = counts.iter().sum();
        let base_frequencies = counts.map(|count| count as f64 / known as f64);
        ensure!(
            !counts.contains(&0),
            "{}: the promoters lack one of the four bases, which motifs cannot be compared with",
            dataset.name()
        );
        let shorter_than_extent = selection.shorter_than_extent.len();
        let without_features = selection.without_features.len();
        Ok(Self {
            in_split: selection.genes.len() + shorter_than_extent + without_features,
            shorter_than_extent,
            without_features,
            genes,
            windows,
            base_frequencies,
        })
    }

    /// One line on the promoters and the genes excluded.
    pub(super) fn describe(&self, split: Split, extent: Extent) -> String {
        let without_features = match self.without_features {
            0 => String::new(),
            count => format!(", {count} lack gene features"),
        };
        format!(
            "scanning promoters of {} of {} {split} genes; excluded: {} not known over {extent}{without_features}",
            self.genes.len(),
            self.in_split,
            self.shorter_than_extent
        )
    }
}
