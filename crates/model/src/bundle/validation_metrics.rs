//! Validation scores of a network: Pearson correlation across genes, which selects the best epoch.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tatabox_dataset::pearson;

/// Scores of the best epoch on the validation split, stored in metrics.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationMetrics {
    /// Epoch whose weights were saved, counted from 1.
    pub best_epoch: usize,
    /// Pearson correlation across all validation genes, mean over cell types; with assays the mean over expression and
    /// each assay, on the validation rows of each.
    pub validation_pearson: f64,
    /// Pearson correlation per output, in the order of config.json; null if undefined.
    pub validation_pearson_by_cell_type: Vec<Option<f64>>,
    /// Number of train genes.
    pub train_genes: usize,
    /// Number of validation genes.
    pub validation_genes: usize,
    /// Number of train rows of assays.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub train_assay_rows: usize,
    /// Number of validation rows of assays.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub validation_assay_rows: usize,
    /// Genes of both splits excluded because their known sequence is shorter than the extent.
    pub genes_shorter_than_extent: usize,
    /// Genes of both splits excluded because they lack gene features that the network reads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub genes_without_features: usize,
    /// Number of weights of the network.
    pub parameters: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Pearson correlation per cell type across the genes measured in it; `None` if undefined.
///
/// # Shapes
/// Both tables: `[genes, cell_types]`, row-major; NaN marks a missing measurement.
pub fn pearson_by_cell_type(predictions: &[f64], measured: &[f64], cell_types: usize) -> Vec<Option<f64>> {
    let of_cell_type = |cell_type: usize| {
        let pairs = predictions.iter().zip(measured).skip(cell_type).step_by(cell_types);
        let (predictions, measured): (Vec<f64>, Vec<f64>) = pairs.filter(|(_, measured)| measured.is_finite()).unzip();
        pearson(&predictions, &measured)
    };
    (0..cell_types).map(of_cell_type).collect()
}

/// Mean of [`pearson_by_cell_type`] over cell types. An undefined correlation counts as 0, so that a network with
/// constant predictions is never selected.
pub fn mean_pearson(predictions: &[f64], measured: &[f64], cell_types: usize) -> f64 {
    let scores = pearson_by_cell_type(predictions, measured, cell_types);
    scores.into_iter().map(Option::unwrap_or_default).sum::<f64>() / cell_types as f64
}

/// Mean of [`pearson_by_cell_type`] over groups of outputs, each the mean of its outputs: a group counts the same whatever
/// its number of outputs. The score that selects the best epoch.
pub(crate) fn mean_pearson_of_groups(
    predictions: &[f64],
    measured: &[f64],
    outputs: usize,
    groups: &[Range<usize>],
) -> f64 {
    if let [_] = groups {
        return mean_pearson(predictions, measured, outputs);
    }
    let scores = pearson_by_cell_type(predictions, measured, outputs);
    let of_group = |group: &Range<usize>| {
        scores[group.clone()].iter().map(|score| score.unwrap_or_default()).sum::<f64>() / group.len() as f64
    };
    groups.iter().map(of_group).sum::<f64>() / groups.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pearson_by_cell_type_unmeasured_gene_is_excluded() {
        let scores = pearson_by_cell_type(&[2.0, 4.0, 6.0, -9.0], &[1.0, 2.0, 3.0, f64::NAN], 1);
        assert!(scores[0].is_some_and(|r| (r - 1.0).abs() < 1e-12), "{scores:?}");
    }

    #[test]
    fn mean_pearson_constant_prediction_counts_as_zero() {
        // The first cell type is predicted perfectly, the second by a constant.
        let predictions = [1.0, 5.0, 2.0, 5.0, 3.0, 5.0];
        let measured = [10.0, 1.0, 20.0, 2.0, 30.0, 3.0];
        assert!((mean_pearson(&predictions, &measured, 2) - 0.5).abs() < 1e-12);
    }
}
