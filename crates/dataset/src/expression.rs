//! Expression of genes across cell types: tables as they are published in, linear TPM out.

mod cell_line_names;
pub mod config;
mod encode;
pub mod format;
mod harmonise;
mod hpa;
mod merge;
mod parquet;
pub mod record;
mod roadmap;
mod sources;
mod text;

use std::collections::HashMap;
use std::path::Path;

use crate::cell_type::find_cell_type;
use crate::error::Result;
use crate::parquet_file::is_parquet;
use crate::table_error::{Place, TableError, TableProblem};

pub use config::{DuplicateCellType, EncodeSample, ExpressionConfig, ExpressionSource, Harmonise, HpaUnit, RpkmScale};
pub use format::ExpressionFormat;
pub use record::{ExpressionRecord, HarmoniseRecord, ReplicatePair, ReplicateRecord, SourceRecord};

pub(crate) use harmonise::harmonise;
pub(crate) use sources::{JoinedExpression, KnownSource, read as read_sources, recognise};
pub(crate) use text::parse as parse_number;

/// Header names, lower case with `_`, under which a column of gene names is recognised.
const GENE_NAME_COLUMNS: [&str; 4] = ["gene_name", "gene_symbol", "symbol", "hgnc_symbol"];

const ABSENT_ADVICE: &str = "leave the cell empty if the value is missing";

/// Linear TPM of genes in cell types, as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionTable {
    /// Gene identifiers without version, unique, in file order.
    pub gene_ids: Vec<String>,
    /// Gene names, where the file has a column of them.
    pub gene_names: Option<Vec<String>>,
    /// Cell types, unique, in column order.
    pub cell_types: Vec<String>,
    /// Linear TPM, genes x cell types row by row; NaN where missing.
    pub tpm: Vec<f32>,
}

impl ExpressionTable {
    /// Reads a table of any [`ExpressionFormat`], with the defaults of [`ExpressionConfig`]; the header tells which.
    ///
    /// # Errors
    ///
    /// Those of [`ExpressionTable::read_matrix`] and their like for the other formats.
    pub fn read(path: &Path) -> Result<Self> {
        let config = ExpressionConfig::from(path);
        Ok(read_sources(&config, &recognise(&config)?)?.table)
    }

    /// Reads a matrix: TSV or CSV, plain, gzip or zip, or parquet; which of them, the bytes tell.
    ///
    /// The first column is the gene identifier (versions as in `ENSG00000000003.15` are dropped), a column
    /// `gene_name` is optional, every other column is a cell type in linear TPM. An empty cell, `NA` or `.` is
    /// a missing value.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`], naming line, gene and column: no header, no numeric column, a ragged row, a
    /// duplicate gene or cell type, a negative TPM, text, NaN or an infinity.
    pub fn read_matrix(path: &Path) -> Result<Self> {
        let table = if is_parquet(path) { parquet::read(path)? } else { text::read(path)? };
        tracing::debug!(path = %path.display(), genes = table.gene_ids.len(), cell_types = table.cell_types.len(), "expression read");
        Ok(table)
    }

    /// TPM of a gene in every cell type, NaN where missing.
    pub fn row(&self, gene: usize) -> &[f32] {
        let width = self.cell_types.len();
        &self.tpm[gene * width..(gene + 1) * width]
    }

    /// The index of a cell type; see [`find_cell_type`] for what matches.
    pub fn cell_type_index(&self, name: &str) -> Result<usize> {
        find_cell_type(&self.cell_types, name)
    }
}

/// Gathers rows of one file and checks what needs more than one cell.
struct TableBuilder<'a> {
    path: &'a Path,
    table: ExpressionTable,
    first_seen: HashMap<String, Place>,
}

impl<'a> TableBuilder<'a> {
    fn new(path: &'a Path, cell_types: Vec<String>, has_gene_names: bool) -> Self {
        let gene_names = has_gene_names.then(Vec::new);
        let table = ExpressionTable { gene_ids: Vec::new(), gene_names, cell_types, tpm: Vec::new() };
        Self { path, table, first_seen: HashMap::new() }
    }

    /// Starts the row of a gene; its values are pushed next.
    fn start_row(&mut self, place: Place, gene_id: &str, gene_name: &str) -> Result<(), TableError> {
        let gene_id = tatabox_sequence::strip_version(gene_id.trim());
        if gene_id.is_empty() {
            let problem = TableProblem::EmptyCell { column: "gene_id".to_owned() };
            return Err(TableError::at(self.path, place, problem));
        }
        let gene_id = gene_id.into_owned();
        if let Some(&first) = self.first_seen.get(&gene_id) {
            return Err(TableError::at(self.path, place, TableProblem::DuplicateGene { gene_id, first }));
        }
        self.first_seen.insert(gene_id.clone(), place);
        self.table.gene_ids.push(gene_id);
        if let Some(names) = &mut self.table.gene_names {
            names.push(gene_name.trim().to_owned());
        }
        Ok(())
    }

    /// Adds a TPM to the current row, `None` where missing; `text` is the value as the file has it.
    fn push(&mut self, place: Place, value: Option<f64>, text: impl Fn() -> String) -> Result<(), TableError> {
        // A TPM beyond f32 is as unusable as an infinity.
        let tpm = value.map(|value| value as f32);
        let problem = match tpm {
            Some(tpm) if !tpm.is_finite() => {
                let (gene_id, column) = self.current_cell();
                TableProblem::NotFinite { gene_id, column, text: text(), advice: ABSENT_ADVICE }
            }
            Some(tpm) if tpm < 0.0 => {
                let (gene_id, column) = self.current_cell();
                TableProblem::NegativeTpm { gene_id, column, value: text() }
            }
            _ => {
                self.table.tpm.push(tpm.unwrap_or(f32::NAN));
                return Ok(());
            }
        };
        Err(TableError::at(self.path, place, problem))
    }

    /// Gene and cell type that the next value belongs to.
    fn current_cell(&self) -> (String, String) {
        let width = self.table.cell_types.len();
        let gene_id = self.table.gene_ids.last().cloned().unwrap_or_default();
        (gene_id, self.table.cell_types[self.table.tpm.len() % width].clone())
    }

    fn finish(self) -> Result<ExpressionTable, TableError> {
        if self.table.gene_ids.is_empty() {
            return Err(TableError::in_file(self.path, TableProblem::NoRows));
        }
        Ok(self.table)
    }
}

/// What the columns of a file mean.
struct Columns {
    gene_id: usize,
    gene_name: Option<usize>,
    cell_types: Vec<usize>,
}

impl Columns {
    /// The first column is the gene, one column may be its name, the others are cell types.
    fn of(header: &[String], gene_id: usize) -> Result<Self, TableProblem> {
        let is_gene_name =
            |name: &String| GENE_NAME_COLUMNS.contains(&name.to_lowercase().replace([' ', '-'], "_").as_str());
        let gene_name = (0..header.len()).find(|&index| index != gene_id && is_gene_name(&header[index]));
        let cell_types: Vec<usize> =
            (0..header.len()).filter(|&index| index != gene_id && Some(index) != gene_name).collect();
        if cell_types.is_empty() {
            return Err(TableProblem::NoNumericColumns { columns: header.to_vec() });
        }
        for (position, &second) in cell_types.iter().enumerate() {
            if let Some(&first) = cell_types[..position].iter().find(|&&first| header[first] == header[second]) {
                let name = header[second].clone();
                return Err(TableProblem::DuplicateCellType { name, first: first + 1, second: second + 1 });
            }
        }
        Ok(Self { gene_id, gene_name, cell_types })
    }

    fn cell_type_names(&self, header: &[String]) -> Vec<String> {
        self.cell_types.iter().map(|&index| header[index].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_cell_types_are_found() {
        let table = ExpressionTable {
            gene_ids: vec!["A".into(), "B".into()],
            gene_names: None,
            cell_types: vec!["K562".into(), "HeLa-S3".into()],
            tpm: vec![1.0, 2.0, 3.0, 4.0],
        };
        assert_eq!(table.row(1), [3.0, 4.0]);
        assert_eq!(table.cell_type_index("hela").ok(), Some(1));
    }

    /// Known markers of the cell lines: a shifted column would show.
    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn real_table_reads_and_its_markers_are_in_place() {
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
