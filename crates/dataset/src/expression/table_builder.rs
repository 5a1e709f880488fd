//! Row-by-row construction of an expression table, with the checks common to all formats.

use std::collections::HashMap;
use std::path::Path;

use super::ExpressionTable;
use crate::io::table_error::{TableError, TableLocation, TableProblem};

/// Names (lower case, with `_`) that identify a column of gene names.
const GENE_NAME_COLUMNS: [&str; 4] = ["gene_name", "gene_symbol", "symbol", "hgnc_symbol"];

pub(super) const MISSING_REMEDY: &str = "leave the cell empty if the value is missing";

pub(super) const TEXT_REMEDY: &str =
    "leave the cell empty (or NA) if missing, and remove the column if it is not a cell type";

/// Builder that collects the rows of one file and checks each row against the others.
pub(super) struct TableBuilder<'a> {
    path: &'a Path,
    pub(super) table: ExpressionTable,
    first_seen: HashMap<String, TableLocation>,
}

impl<'a> TableBuilder<'a> {
    pub(super) fn new(path: &'a Path, cell_types: Vec<String>, has_gene_names: bool) -> Self {
        let gene_names = has_gene_names.then(Vec::new);
        let table = ExpressionTable { gene_ids: Vec::new(), gene_names, cell_types, tpm: Vec::new() };
        Self { path, table, first_seen: HashMap::new() }
    }

    /// Starts the row of a gene; its values follow with [`push`](Self::push).
    pub(super) fn start_row(
        &mut self,
        location: TableLocation,
        gene_id: &str,
        gene_name: &str,
    ) -> Result<(), TableError> {
        let gene_id = tatabox_sequence::strip_version(gene_id.trim());
        if gene_id.is_empty() {
            let problem = TableProblem::EmptyCell { column: "gene_id".to_owned() };
            return Err(TableError::at(self.path, location, problem));
        }
        let gene_id = gene_id.into_owned();
        if let Some(&first) = self.first_seen.get(&gene_id) {
            return Err(TableError::at(self.path, location, TableProblem::DuplicateGene { gene_id, first }));
        }
        self.first_seen.insert(gene_id.clone(), location);
        self.table.gene_ids.push(gene_id);
        if let Some(names) = &mut self.table.gene_names {
            names.push(gene_name.trim().to_owned());
        }
        Ok(())
    }

    /// Appends a TPM to the current row, `None` if missing; `text` returns the value as written in the file.
    pub(super) fn push(
        &mut self,
        location: TableLocation,
        value: Option<f64>,
        text: impl Fn() -> String,
    ) -> Result<(), TableError> {
        // A TPM that overflows f32 counts as infinite.
        let tpm = value.map(|value| value as f32);
        let problem = match tpm {
            Some(tpm) if !tpm.is_finite() => {
                let (gene_id, column) = self.current_cell();
                TableProblem::NotFinite { gene_id, column, text: text(), remedy: MISSING_REMEDY }
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
        Err(TableError::at(self.path, location, problem))
    }

    /// Gene and cell type of the next value.
    pub(super) fn current_cell(&self) -> (String, String) {
        let width = self.table.cell_types.len();
        let gene_id = self.table.gene_ids.last().cloned().unwrap_or_default();
        (gene_id, self.table.cell_types[self.table.tpm.len() % width].clone())
    }

    pub(super) fn finish(self) -> Result<ExpressionTable, TableError> {
        if self.table.gene_ids.is_empty() {
            return Err(TableError::in_file(self.path, TableProblem::NoRows));
        }
        Ok(self.table)
    }
}

/// Roles of the columns of a file.
pub(super) struct Columns {
    pub(super) gene_id: usize,
    pub(super) gene_name: Option<usize>,
    pub(super) cell_types: Vec<usize>,
}

impl Columns {
    /// Column `gene_id` holds identifiers, at most one column holds gene names, and every other column is a cell type.
    pub(super) fn of(header: &[String], gene_id: usize) -> Result<Self, TableProblem> {
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

    pub(super) fn cell_type_names(&self, header: &[String]) -> Vec<String> {
        self.cell_types.iter().map(|&index| header[index].clone()).collect()
    }
}
