//! The score that picks the best epoch: Pearson over a whole split.

use serde::{Deserialize, Serialize};
use tatabox_dataset::pearson;

/// Scores of the best epoch on the validation split. The test split is left to `evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationMetrics {
    /// The epoch whose weights were kept, from 1.
    pub best_epoch: usize,
    /// Mean over cell types of Pearson across all validation genes.
    pub validation_pearson: f64,
    /// The same for each cell type, in the order of config.json; null where undefined.
    pub validation_pearson_by_cell_type: Vec<Option<f64>>,
    /// Genes trained on.
    pub train_genes: usize,
    /// Genes validated on.
    pub validation_genes: usize,
    /// Genes of these two splits left out, since their known sequence is shorter than the extent.
    pub genes_shorter_than_extent: usize,
    /// Genes of these two splits left out, since the data set has not all gene features of them that the network reads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub genes_without_features: usize,
    /// Weights in the network.
    pub parameters: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Pearson correlation across genes of each cell type, over the genes measured in it; `None` where it is not defined.
///
/// Both tables are row-major, genes x cell types; NaN marks a missing measurement.
pub fn pearson_by_cell_type(predictions: &[f64], measured: &[f64], cell_types: usize) -> Vec<Option<f64>> {
    let of_cell_type = |cell_type: usize| {
        let pairs = predictions.iter().zip(measured).skip(cell_type).step_by(cell_types);
        let (predictions, measured): (Vec<f64>, Vec<f64>) = pairs.filter(|(_, measured)| measured.is_finite()).unzip();
        pearson(&predictions, &measured)
    };
    (0..cell_types).map(of_cell_type).collect()
}

/// Mean over cell types of [`pearson_by_cell_type`]. A cell type whose correlation is undefined counts as 0, so that a
/// network that predicts a constant is never the best.
pub fn mean_pearson(predictions: &[f64], measured: &[f64], cell_types: usize) -> f64 {
    let scores = pearson_by_cell_type(predictions, measured, cell_types);
    scores.into_iter().map(Option::unwrap_or_default).sum::<f64>() / cell_types as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gene_that_was_not_measured_is_left_out() {
        let scores = pearson_by_cell_type(&[2.0, 4.0, 6.0, -9.0], &[1.0, 2.0, 3.0, f64::NAN], 1);
        assert!(scores[0].is_some_and(|r| (r - 1.0).abs() < 1e-12), "{scores:?}");
    }

    #[test]
    fn a_constant_prediction_scores_zero_in_the_mean() {
        // The first cell type is predicted perfectly, the second by a constant.
        let predictions = [1.0, 5.0, 2.0, 5.0, 3.0, 5.0];
        let measured = [10.0, 1.0, 20.0, 2.0, 30.0, 3.0];
        assert!((mean_pearson(&predictions, &measured, 2) - 0.5).abs() < 1e-12);
    }
}
