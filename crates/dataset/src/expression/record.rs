//! What `dataset.json` says of the tables that expression came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DuplicateCellType, ExpressionFormat, Harmonise};

/// How the expression of a data set came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpressionRecord {
    /// Tables in the order of their cell types.
    pub sources: Vec<SourceRecord>,
    /// Genes in any of them.
    pub genes: usize,
    /// Genes in each of them.
    pub genes_in_every_source: usize,
    /// What was done with cell types in two tables.
    pub duplicate: DuplicateCellType,
    /// Cell types that were in two tables.
    pub duplicated_cell_types: Vec<String>,
    /// How differences between tables were evened out.
    pub harmonise: Harmonise,
    /// What that met; absent where nothing was evened out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harmonised: Option<HarmoniseRecord>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its format.
    pub format: ExpressionFormat,
    /// Its files as they were given.
    pub files: Vec<String>,
    /// Unit of its values in the data set: TPM, pTPM, nTPM, NX, RPKM, or `TPM of RPKM`.
    pub unit: String,
    /// Genes it measures.
    pub genes: usize,
    /// Cell types it has.
    pub cell_types: usize,
    /// Names of cell types that were replaced, with the new ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<String, String>,
    /// Sum of each column of RPKM by which it was divided.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rpkm_sums: BTreeMap<String, f64>,
    /// Cell types that are the mean of replicates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replicates: BTreeMap<String, ReplicateRecord>,
}

/// Replicates of one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicateRecord {
    /// Their number.
    pub files: usize,
    /// Genes that some of them measure and others do not.
    pub genes_not_in_all: usize,
    /// Pearson correlation of log2(TPM + 1), each pair of files once.
    pub pairs: Vec<ReplicatePair>,
}

/// How well two replicates agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicatePair {
    /// The one file, counted from 1 in the order given.
    pub first: usize,
    /// The other file.
    pub second: usize,
    /// Genes measured by both.
    pub genes: usize,
    /// Pearson correlation of log2(TPM + 1); absent where one of them does not vary.
    pub pearson: Option<f64>,
}

/// What harmonisation met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HarmoniseRecord {
    /// Genes it was fitted on: of the train split for quantiles, each gene for itself for offsets.
    pub genes_fitted: usize,
    /// Genes left as they were, since only one table measures them.
    pub genes_unchanged: usize,
}
