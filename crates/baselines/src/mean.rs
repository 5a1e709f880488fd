//! The train mean of each cell type: the score of knowing nothing about the gene.

use tatabox_dataset::{PreparedDataset, Split};

use crate::baseline::{Baseline, genes_in_split};
use crate::error::BaselineError;

/// Mean log2(TPM + 1) of the train genes, by cell type.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainMean {
    means: Vec<f64>,
}

impl TrainMean {
    /// Averages the train genes among `genes`; missing measurements take no part.
    ///
    /// # Errors
    ///
    /// [`BaselineError::NoGenes`] when a cell type has no measured train gene.
    pub fn fit(dataset: &PreparedDataset, cell_types: &[usize], genes: &[usize]) -> Result<Self, BaselineError> {
        let train = genes_in_split(dataset, genes, Split::Train);
        let means = cell_types.iter().map(|&cell_type| {
            let values = train.iter().map(|&gene| f64::from(dataset.log2_tpm(gene, cell_type)));
            mean_of_measured(values).ok_or_else(|| BaselineError::NoGenes {
                baseline: Baseline::TrainMean.name(),
                split: Split::Train,
                cell_type: dataset.cell_types()[cell_type].clone(),
            })
        });
        Ok(Self { means: means.collect::<Result<_, _>>()? })
    }

    /// The means, once for each gene.
    pub fn predict(&self, genes: &[usize]) -> Vec<Vec<f64>> {
        vec![self.means.clone(); genes.len()]
    }
}

/// Mean of the values that are not NaN; none of none.
fn mean_of_measured(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.filter(|value| !value.is_nan()).fold((0.0, 0_usize), |(sum, n), v| (sum + v, n + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_take_no_part_in_the_mean() {
        assert_eq!(mean_of_measured([1.0, f64::NAN, 4.0].into_iter()), Some(2.5));
        assert_eq!(mean_of_measured([f64::NAN].into_iter()), None);
    }
}
