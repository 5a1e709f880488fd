//! Scores of an ensemble and of its members on validation genes.

use serde::{Deserialize, Serialize};

use super::trained_model::TrainedModel;
use super::validation_metrics::ValidationMetrics;

/// Scores of an ensemble on the validation split, stored in its metrics.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleMetrics {
    /// Scores of the mean prediction; `None` if the members have no validation genes in common or the ensemble was
    /// assembled without the data set.
    pub mean: Option<MeanMetrics>,
    /// Scores of each single member, in order; null for imported weights.
    pub members: Vec<Option<ValidationMetrics>>,
}

/// Scores of the mean prediction on the validation split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanMetrics {
    /// Pearson correlation across all validation genes, mean over cell types.
    pub validation_pearson: f64,
    /// Pearson correlation per cell type, in the order of the members' config.json; null if undefined.
    pub validation_pearson_by_cell_type: Vec<Option<f64>>,
    /// Number of genes scored.
    pub validation_genes: usize,
}

impl EnsembleMetrics {
    /// Metrics that are known without predicting: those of each member.
    pub(crate) fn of_members(members: &[TrainedModel]) -> Self {
        Self { mean: None, members: members.iter().map(|member| member.metrics.clone()).collect() }
    }
}
