//! How well an ensemble does on validation genes, beside its members.

use serde::{Deserialize, Serialize};

use super::trained_model::TrainedModel;
use super::validation_metrics::ValidationMetrics;

/// Scores of an ensemble: its metrics.json. The test split is left to `evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleMetrics {
    /// Those of the mean prediction; `None` where the members have no validation genes in common, or the data set was
    /// not at hand.
    pub mean: Option<MeanMetrics>,
    /// Those of each member, in their order, as it has them alone; null of weights that were made elsewhere.
    pub members: Vec<Option<ValidationMetrics>>,
}

/// Scores of the mean prediction on the validation split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanMetrics {
    /// Mean over cell types of Pearson across all validation genes.
    pub validation_pearson: f64,
    /// The same for each cell type, in the order of the members' config.json; null where undefined.
    pub validation_pearson_by_cell_type: Vec<Option<f64>>,
    /// Genes scored.
    pub validation_genes: usize,
}

impl EnsembleMetrics {
    /// What is known without predicting.
    pub(crate) fn of_members(members: &[TrainedModel]) -> Self {
        Self { mean: None, members: members.iter().map(|member| member.metrics.clone()).collect() }
    }
}
