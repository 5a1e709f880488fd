//! Record of the expression tables in `dataset.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DuplicateCellType, ExpressionFormat, Harmonise, Scale};

/// Record of how the expression values of a data set were obtained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpressionRecord {
    /// Tables in the order of their cell types.
    pub sources: Vec<SourceRecord>,
    /// Genes in at least one table.
    pub genes: usize,
    /// Genes in every table.
    pub genes_in_every_source: usize,
    /// Rule for cell types that occur in two tables.
    pub duplicate: DuplicateCellType,
    /// Cell types that occurred in two tables.
    pub duplicated_cell_types: Vec<String>,
    /// Harmonisation of the tables.
    pub harmonise: Harmonise,
    /// Outcome of the harmonisation; absent without harmonisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harmonised: Option<HarmoniseRecord>,
}

impl ExpressionRecord {
    /// Whether the expression is a single matrix in TPM whose columns are all cell types.
    pub fn is_plain_matrix(&self) -> bool {
        match self.sources.as_slice() {
            [source] => {
                source.format == ExpressionFormat::Matrix
                    && source.scale.is_none()
                    && source.excluded_columns.is_empty()
            }
            _ => false,
        }
    }
}

/// Record of one expression table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Format of the table.
    pub format: ExpressionFormat,
    /// Paths as given by the user.
    pub files: Vec<String>,
    /// Unit of the values in the data set: TPM, pTPM, nTPM, NX, RPKM, or the values it was computed from, such as
    /// `TPM of RPKM`.
    pub unit: String,
    /// Scale of the values in the files, where it was stated or the format fixes one other than TPM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Number of genes.
    pub genes: usize,
    /// Number of cell types.
    pub cell_types: usize,
    /// Columns that hold the values of files of one sample; the columns of other tables are their cell types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Columns that are no cell types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_columns: Vec<String>,
    /// Origin of the gene lengths by which read counts were divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_lengths: Option<String>,
    /// Renamed cell types: published name to new name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<String, String>,
    /// Column sums of RPKM used as divisors, by cell type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rpkm_sums: BTreeMap<String, f64>,
    /// Cell types averaged over replicates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replicates: BTreeMap<String, ReplicateRecord>,
}

/// Replicates of one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicateRecord {
    /// Number of files.
    pub files: usize,
    /// Genes measured in some replicates but not in all.
    pub genes_not_in_all: usize,
    /// Pearson correlation of log2(TPM + 1) for each pair of files.
    pub pairs: Vec<ReplicatePair>,
}

/// Agreement of two replicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicatePair {
    /// First file, counted from 1 in the given order.
    pub first: usize,
    /// Second file.
    pub second: usize,
    /// Genes measured in both.
    pub genes: usize,
    /// Pearson correlation of log2(TPM + 1); absent if one replicate is constant.
    pub pearson: Option<f64>,
}

/// Outcome of the harmonisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HarmoniseRecord {
    /// Genes used for fitting: train genes for quantiles, each gene on its own for offsets.
    pub genes_fitted: usize,
    /// Unchanged genes, which only one table measures.
    pub genes_unchanged: usize,
}
