//! The baselines by name.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use tatabox_dataset::{PredictionRow, PreparedDataset, Split};

use crate::error::BaselineError;
use crate::kmer_ridge::KmerRidge;
use crate::mean::TrainMean;

/// A simple model that a network is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The mean of the train genes, the same for every gene.
    TrainMean,
    /// Ridge regression on the frequencies of all words of 1 to 5 bases.
    KmerRidge,
}

impl Baseline {
    /// Every baseline.
    pub const ALL: [Self; 2] = [Self::TrainMean, Self::KmerRidge];

    /// Name on the command line and in the `model` column of prediction tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::TrainMean => "train-mean",
            Self::KmerRidge => "kmer-ridge",
        }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Baseline {
    type Err = BaselineError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|baseline| baseline.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            BaselineError::UnknownBaseline { name: name.to_owned(), known }
        })
    }
}

/// Fits a baseline on the train genes among `genes` and predicts those in `splits`.
///
/// `extent` is the part of each window that the baseline may read, as window indices; it should be known sequence in all of
/// `genes`, or the number of unknown bases becomes a feature. `cell_types` are indices into the data set's cell types. The rows
/// stand in the order of `genes`, cell types within a gene; a gene without a measurement in a cell type has no row there.
///
/// # Errors
///
/// [`BaselineError::ExtentOutsideWindow`]; [`BaselineError::NoGenes`] when a cell type has no measured train gene (for the ridge
/// also: validation gene).
pub fn predict_baseline(
    kind: Baseline,
    dataset: &PreparedDataset,
    cell_types: &[usize],
    extent: Range<usize>,
    genes: &[usize],
    splits: &[Split],
) -> Result<Vec<PredictionRow>, BaselineError> {
    let window_bp = dataset.geometry().len();
    if extent.is_empty() || extent.end > window_bp {
        return Err(BaselineError::ExtentOutsideWindow { extent, window_bp });
    }
    let wanted: Vec<usize> =
        genes.iter().copied().filter(|&gene| splits.contains(&dataset.genes()[gene].split)).collect();
    let predicted = match kind {
        Baseline::TrainMean => TrainMean::fit(dataset, cell_types, genes)?.predict(&wanted),
        Baseline::KmerRidge => KmerRidge::fit(dataset, cell_types, extent, genes)?.predict(dataset, &wanted),
    };
    let mut rows = Vec::new();
    for (&gene, predictions) in wanted.iter().zip(&predicted) {
        let entry = &dataset.genes()[gene];
        for (&cell_type, &predicted) in cell_types.iter().zip(predictions) {
            let measured = f64::from(dataset.log2_tpm(gene, cell_type));
            if measured.is_nan() {
                continue;
            }
            rows.push(PredictionRow {
                gene_id: entry.gene_id.clone(),
                gene_name: entry.gene_name.clone(),
                cell_type: dataset.cell_types()[cell_type].clone(),
                split: entry.split,
                measured,
                predicted,
                model: kind.name().to_owned(),
            });
        }
    }
    Ok(rows)
}

/// The genes among `genes` that are in `split`.
pub(crate) fn genes_in_split(dataset: &PreparedDataset, genes: &[usize], split: Split) -> Vec<usize> {
    genes.iter().copied().filter(|&gene| dataset.genes()[gene].split == split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines_are_found_by_their_names() {
        for baseline in Baseline::ALL {
            assert_eq!(baseline.to_string().parse::<Baseline>().expect("own name"), baseline);
        }
        let message = "svm".parse::<Baseline>().expect_err("no such baseline").to_string();
        assert_eq!(message, "unknown baseline `svm`; there are: train-mean, kmer-ridge");
    }
}
