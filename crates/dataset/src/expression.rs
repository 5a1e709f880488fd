//! Gene expression across cell types: reading of published tables, and linear TPM as the result.

mod cell_type;
mod config;
mod correlation;
mod expression_format;
mod format;
mod gene_model;
mod harmonise;
mod merge;
mod record;
mod resolved_source;
mod sample_files;
mod scale;
mod sources;
mod summary;
mod target_transform;
mod unusable_rows;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use tatabox_sequence::{InputCopies, strip_version};

use crate::error::{DatasetError, Result};
use crate::gene_match::{GeneMatch, GeneName, match_genes};

pub use cell_type::find_cell_type;
pub use config::{DuplicateCellType, ExpressionConfig, ExpressionSource, Harmonise, HpaUnit, RpkmScale};
pub use correlation::pearson;
pub use expression_format::ExpressionFormat;
pub use record::{ExpressionRecord, HarmoniseRecord, ReplicatePair, ReplicateRecord, SourceRecord};
pub use sample_files::{LOW_AGREEMENT, SampleFiles};
pub use scale::Scale;
pub use target_transform::{TargetTransform, log2_to_tpm, tpm_to_log2};

pub(crate) use format::is_missing;
pub(crate) use gene_model::GeneModel;
pub(crate) use harmonise::harmonise;
pub(crate) use resolved_source::ResolvedSource;
pub(crate) use sources::{JoinedExpression, read as read_sources, resolve_sources};

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
    /// Reads tables in any [`ExpressionFormat`]: the file of a path, whose format is recognised by its header, or the tables
    /// of a configuration. Read counts and transcripts need the lengths or genes that the files or an annotation state.
    ///
    /// # Errors
    ///
    /// The errors of [`ExpressionTable::read_matrix`] and the corresponding errors of the other formats.
    pub fn read(tables: impl Into<ExpressionConfig>) -> Result<Self> {
        let config = tables.into();
        let annotation = config.annotation.as_deref().map(|path| ("annotation", path));
        let tables = config.paths().into_iter().map(|path| ("expression", path));
        let _copies = InputCopies::of(tables.chain(annotation))?;
        let sources = resolve_sources(&config)?;
        let model = GeneModel::for_sources(config.annotation.as_deref(), &sources)?;
        Ok(read_sources(&config, &sources, model.as_ref())?.table)
    }

    /// Columns that are called after a gene of `genes`, by identifier or symbol.
    pub(crate) fn columns_among(&self, genes: &[GeneName<'_>]) -> BTreeSet<String> {
        let columns: HashMap<Cow<'_, str>, &String> =
            self.cell_types.iter().map(|name| (strip_version(name), name)).collect();
        let names = genes.iter().flat_map(|gene| [Some(gene.id), gene.symbol]).flatten();
        names.filter_map(|name| columns.get(&*strip_version(name)).map(|&column| column.clone())).collect()
    }

    /// Checks that less than half of the columns are genes, which are `gene_columns`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TransposedExpression`]
    pub(crate) fn check_columns(&self, table: &str, gene_columns: BTreeSet<String>) -> Result<()> {
        if 2 * gene_columns.len() < self.cell_types.len() {
            return Ok(());
        }
        let genes = gene_columns.into_iter().take(4).collect();
        Err(DatasetError::TransposedExpression { table: table.to_owned(), genes })
    }

    /// Reads a matrix: parquet, TSV, CSV or GCT (plain, gzip or zip), recognised by the content of the file.
    ///
    /// The column `gene_id`, else the first column, holds gene identifiers, whose versions (`.15` in
    /// `ENSG00000000003.15`) are removed. A column `gene_name` is optional, columns known to hold other values, such as
    /// `length` or `padj`, are excluded, and every other column is a cell type in linear TPM. An empty cell, `NA`, `NaN`,
    /// `null`, `-` or `.` is a missing value.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line, gene and column: no header, no numeric column, a row with a wrong
    /// number of cells, a duplicate gene or cell type, a negative TPM, text or infinity.
    pub fn read_matrix(path: &Path) -> Result<Self> {
        let _copies = InputCopies::of([("expression", path)])?;
        Ok(format::matrix::Matrix::read(path, None)?.table)
    }

    /// TPM of a gene in every cell type; NaN if missing.
    pub fn row(&self, gene: usize) -> &[f32] {
        let width = self.cell_types.len();
        &self.tpm[gene * width..(gene + 1) * width]
    }

    /// Row of each gene of another file, which are given by identifier and symbol. Equal identifiers match, then symbols
    /// that name one gene and one row.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_dataset::ExpressionTable;
    ///
    /// let table = ExpressionTable {
    ///     gene_ids: vec!["GATA1".to_owned(), "ENSG00000179348".to_owned()],
    ///     gene_names: None,
    ///     cell_types: vec!["K562".to_owned()],
    ///     tpm: vec![88.5, 7.0],
    /// };
    /// let genes = [("ENSG00000102145", Some("GATA1")), ("ENSG00000179348.12", Some("GATA2"))];
    /// assert_eq!(table.rows_of(&genes), [Some(0), Some(1)]);
    /// ```
    pub fn rows_of(&self, genes: &[(&str, Option<&str>)]) -> Vec<Option<usize>> {
        let genes: Vec<GeneName<'_>> = genes.iter().map(|&(id, symbol)| GeneName::new(id, symbol)).collect();
        match_genes(&genes, &self.names()).genes.iter().map(GeneMatch::index).collect()
    }

    /// Genes as the table names them.
    pub(crate) fn names(&self) -> Vec<GeneName<'_>> {
        let symbol = |row: usize| self.gene_names.as_ref().map(|names| names[row].as_str());
        self.gene_ids.iter().enumerate().map(|(row, gene_id)| GeneName::new(gene_id, symbol(row))).collect()
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
