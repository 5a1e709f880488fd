//! Correlation across cell types of the expression profile of each gene.

use super::gene_matrix::GeneMatrix;
use super::scores::pearson;

/// Fewest cell types of a profile: the correlation of two points is always 1 or -1.
pub(crate) const MINIMUM_CELL_TYPES: usize = 3;

/// Pearson correlations across cell types of all genes with a defined one, ascending.
pub(crate) struct GeneProfiles {
    ascending: Vec<f64>,
    /// Index of the gene of each correlation in [`GeneMatrix::genes`].
    genes: Vec<usize>,
}

impl GeneProfiles {
    pub(crate) fn new(matrix: &GeneMatrix) -> Self {
        let mut found: Vec<(f64, usize)> = Vec::new();
        for (gene, (measured, predicted)) in matrix.profiles().iter().enumerate() {
            if measured.len() >= MINIMUM_CELL_TYPES {
                found.extend(pearson(measured, predicted).map(|r| (r, gene)));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (ascending, genes) = found.into_iter().unzip();
        Self { ascending, genes }
    }

    /// Number of genes with a defined correlation.
    pub(crate) fn len(&self) -> usize {
        self.ascending.len()
    }

    /// Median of a resample in which each gene occurs `gene_weights` times, a whole number.
    pub(crate) fn median(&self, gene_weights: &[f64]) -> Option<f64> {
        let total: f64 = self.genes.iter().map(|&gene| gene_weights[gene]).sum();
        if total <= 0.0 {
            return None;
        }
        // Indices of the two middle values, which are equal if the number of values is odd.
        let (lower, upper) = (((total - 1.0) / 2.0).floor(), (total / 2.0).floor());
        Some(f64::midpoint(self.at(lower, gene_weights)?, self.at(upper, gene_weights)?))
    }

    /// The value at `position` of the resample, counted from 0.
    fn at(&self, position: f64, gene_weights: &[f64]) -> Option<f64> {
        let mut before = 0.0;
        self.genes.iter().zip(&self.ascending).find_map(|(&gene, &r)| {
            before += gene_weights[gene];
            (before > position).then_some(r)
        })
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::{PredictionTable, Split};

    use super::*;
    use crate::metric::row;

    /// Measured 0 1 2 in three cell types; A predicted 0 1 2 (r 1), B 2 1 0 (r -1), C 0 2 1 (r 0.5), D constant, E in two.
    fn profiles() -> GeneProfiles {
        let predicted = [("A", [0.0, 1.0, 2.0]), ("B", [2.0, 1.0, 0.0]), ("C", [0.0, 2.0, 1.0]), ("D", [1.0; 3])];
        let mut rows = Vec::new();
        for (gene, values) in predicted {
            for (index, value) in values.into_iter().enumerate() {
                rows.push(row(gene, ["K562", "HepG2", "A549"][index], "cnn", index as f64, value));
            }
        }
        rows.extend(["K562", "HepG2"].map(|cell_type| row("E", cell_type, "cnn", 1.0, 2.0)));
        GeneProfiles::new(&GeneMatrix::new(&PredictionTable { rows }, "cnn", Split::Test))
    }

    #[test]
    fn gene_profiles_require_three_cell_types_and_varying_values() {
        let profiles = profiles();
        assert_eq!((profiles.len(), &profiles.genes), (3, &vec![1, 2, 0]));
        let median = profiles.median(&[1.0; 5]).expect("three genes");
        assert!((median - 0.5).abs() < 1e-12, "{median}");
    }

    #[test]
    fn gene_profiles_median_follows_the_resample() {
        let profiles = profiles();
        // B B A A: midpoint of -1 and 1. A only: 1. D and E only: not defined.
        assert!(profiles.median(&[2.0, 2.0, 0.0, 1.0, 0.0]).expect("four").abs() < 1e-12);
        assert!((profiles.median(&[3.0, 0.0, 0.0, 2.0, 0.0]).expect("three") - 1.0).abs() < 1e-12);
        assert_eq!(profiles.median(&[0.0, 0.0, 0.0, 3.0, 2.0]), None);
    }
}
