//! Gene expression across cell types: reading of published tables, and linear TPM as the result.

mod cell_type;
mod config;
mod correlation;
mod format;
mod harmonise;
mod merge;
mod record;
mod sources;
mod table_builder;
mod target_transform;

use std::path::Path;

use crate::error::Result;
use crate::io::parquet::is_parquet;

pub use cell_type::find_cell_type;
pub use config::{DuplicateCellType, EncodeSample, ExpressionConfig, ExpressionSource, Harmonise, HpaUnit, RpkmScale};
pub use correlation::pearson;
pub use format::ExpressionFormat;
pub use record::{ExpressionRecord, HarmoniseRecord, ReplicatePair, ReplicateRecord, SourceRecord};
pub use target_transform::{TargetTransform, log2_to_tpm, tpm_to_log2};

pub(crate) use harmonise::harmonise;
pub(crate) use sources::{JoinedExpression, ResolvedSource, read as read_sources, resolve_sources};

/// Expression table: linear TPM of genes in cell types.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::ExpressionTable;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("tpm.tsv");
/// std::fs::write(&path, "gene_id\tK562\tHepG2\nENSG00000102145.15\t88.5\t0\n")?;
///
/// let table = ExpressionTable::read(&path)?;
/// assert_eq!(table.gene_ids, ["ENSG00000102145"]);
/// assert_eq!(table.row(0), [88.5, 0.0]);
/// assert_eq!(table.cell_type_index("hepg2")?, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionTable {
    /// Gene identifiers without version, unique, in file order.
    pub gene_ids: Vec<String>,
    /// Gene names, if the file has a column of names.
    pub gene_names: Option<Vec<String>>,
    /// Cell types, unique, in column order.
    pub cell_types: Vec<String>,
    /// Linear TPM, genes x cell types in row-major order; NaN if missing.
    pub tpm: Vec<f32>,
}

impl ExpressionTable {
    /// Reads a table in any [`ExpressionFormat`], recognised by its header, with the default [`ExpressionConfig`].
    ///
    /// # Errors
    ///
    /// The errors of [`ExpressionTable::read_matrix`] and the corresponding errors of the other formats.
    pub fn read(path: &Path) -> Result<Self> {
        let config = ExpressionConfig::from(path);
        Ok(read_sources(&config, &resolve_sources(&config)?)?.table)
    }

    /// Reads a matrix: parquet, or TSV and CSV (plain, gzip or zip), recognised by the content of the file.
    ///
    /// The first column holds gene identifiers, whose versions (`.15` in `ENSG00000000003.15`) are removed. A column
    /// `gene_name` is optional; every other column is a cell type in linear TPM. An empty cell, `NA` or `.` is a
    /// missing value.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line, gene and column: no header, no numeric column, a row with a wrong
    /// number of cells, a duplicate gene or cell type, a negative TPM, text, NaN or infinity.
    pub fn read_matrix(path: &Path) -> Result<Self> {
        let table =
            if is_parquet(path) { format::matrix_parquet::read(path)? } else { format::matrix_text::read(path)? };
        tracing::debug!(path = %path.display(), genes = table.gene_ids.len(), cell_types = table.cell_types.len(), "expression read");
        Ok(table)
    }

    /// TPM of a gene in every cell type; NaN if missing.
    pub fn row(&self, gene: usize) -> &[f32] {
        let width = self.cell_types.len();
        &self.tpm[gene * width..(gene + 1) * width]
    }

    /// Index of a cell type; see [`find_cell_type`] for the matching rules.
    pub fn cell_type_index(&self, name: &str) -> Result<usize> {
        find_cell_type(&self.cell_types, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expression_table_finds_rows_and_cell_types() {
        let table = ExpressionTable {
            gene_ids: vec!["A".into(), "B".into()],
            gene_names: None,
            cell_types: vec!["K562".into(), "HeLa-S3".into()],
            tpm: vec![1.0, 2.0, 3.0, 4.0],
        };
        assert_eq!(table.row(1), [3.0, 4.0]);
        assert_eq!(table.cell_type_index("hela").ok(), Some(1));
    }

    /// Markers of the cell lines have their maximum in the right column.
    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn expression_table_human_markers_are_in_the_right_columns() {
        let data = std::env::var("TATABOX_HUMAN_DATA")
            .unwrap_or_else(|_| format!("{}/../../../shared/data/human", env!("CARGO_MANIFEST_DIR")));
        let path = Path::new(&data).join("expression.tsv.gz");
        if !path.exists() {
            eprintln!("skipped: {} is not here", path.display());
            return;
        }
        let table = ExpressionTable::read(&path).expect("the real table");
        assert_eq!((table.gene_ids.len(), table.cell_types.len()), (18_400, 8));
        let names = table.gene_names.as_ref().expect("a gene_name column");
        for (gene, cell_type) in
            [("HBG1", "K562"), ("ALB", "HepG2"), ("CD19", "GM12878"), ("POU5F1", "h1"), ("ESR1", "MCF-7")]
        {
            let row = table.row(names.iter().position(|name| name == gene).expect("a marker gene"));
            let highest = (0..8).max_by(|&a, &b| row[a].total_cmp(&row[b]));
            assert_eq!(highest, table.cell_type_index(cell_type).ok(), "{gene}: {row:?}");
        }
    }
}
