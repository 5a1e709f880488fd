//! How well a second laboratory agrees with the first: what no model can be expected to pass by much.

use serde::{Deserialize, Serialize};

use crate::metric_table::Estimate;

/// Agreement of the measurements with their replicate in one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CeilingRow {
    /// Cell type.
    pub cell_type: String,
    /// Genes measured in both.
    pub n: usize,
    /// Pearson correlation of log2(TPM + 1).
    pub pearson: Estimate,
    /// Spearman correlation.
    pub spearman: Estimate,
}

/// Agreement in every cell type that has a replicate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReplicateCeiling {
    /// Where the replicates come from, as the user named it.
    pub source: String,
    /// Rows in the order of the cell types.
    pub rows: Vec<CeilingRow>,
}
