//! Expression matrices: genes by cell types in TSV, CSV, GCT or parquet, or cell types by genes in text.

use std::path::Path;

use super::{matrix_parquet, matrix_text};
use crate::expression::sample_files::ExcludedGenes;
use crate::expression::scale::ValueSummary;
use crate::expression::{ExpressionTable, Scale};
use crate::io::parquet::is_parquet;
use crate::io::table_error::TableError;

/// Matrix as read from a file.
#[derive(Debug)]
pub(crate) struct Matrix {
    /// Values in the scale of the file, except that logarithms are undone.
    pub table: ExpressionTable,
    /// Summary of the unconverted values of the file.
    pub values: ValueSummary,
    /// Lengths of the genes, if the file has a column of lengths.
    pub lengths: Option<Vec<Option<f64>>>,
    /// Columns that are no cell types.
    pub excluded_columns: Vec<String>,
    /// Unit that the names of the columns state.
    pub named_unit: Option<Scale>,
    /// Rows that count reads of no gene.
    pub excluded: ExcludedGenes,
}

impl Matrix {
    /// Reads a matrix whose values are in `scale`, in TPM if it is not stated.
    pub(crate) fn read(path: &Path, scale: Option<Scale>) -> Result<Self, TableError> {
        let matrix =
            if is_parquet(path) { matrix_parquet::read(path, scale)? } else { matrix_text::read(path, scale)? };
        tracing::debug!(
            path = %path.display(),
            genes = matrix.table.gene_ids.len(),
            cell_types = matrix.table.cell_types.len(),
            "expression read"
        );
        Ok(matrix)
    }
}
