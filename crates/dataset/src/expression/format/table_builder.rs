//! Row-by-row construction of an expression table, with the checks common to all formats.

use std::collections::HashMap;
use std::path::Path;

use super::gene_label::split_gene_label;
use crate::expression::scale::ValueSummary;
use crate::expression::{ExpressionTable, Scale};
use crate::io::table_error::{TableError, TableLocation, TableProblem};

pub(super) const MISSING_REMEDY: &str = "leave the cell empty if the value is missing";

pub(super) const TEXT_REMEDY: &str =
    "leave the cell empty (or NA) if missing, and remove the column if it is not a cell type";

pub(super) const UNITS_REMEDY: &str = "remove the row if it holds units";

/// Builder that collects the rows of one file and checks each row against the others.
pub(super) struct TableBuilder<'a> {
    path: &'a Path,
    pub(super) table: ExpressionTable,
    first_seen: HashMap<String, TableLocation>,
    scale: Scale,
    /// Summary of the unconverted values of the file.
    pub(super) values: ValueSummary,
}

impl<'a> TableBuilder<'a> {
    pub(super) fn new(path: &'a Path, cell_types: Vec<String>, has_gene_names: bool) -> Self {
        let gene_names = has_gene_names.then(Vec::new);
        let values = ValueSummary::new(cell_types.len());
        let table = ExpressionTable { gene_ids: Vec::new(), gene_names, cell_types, tpm: Vec::new() };
        Self { path, table, first_seen: HashMap::new(), scale: Scale::Tpm, values }
    }

    /// Builder of a table whose values are in `scale`; logarithms are undone.
    pub(super) fn with_scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Starts the row of a gene; its values follow with [`push`](Self::push).
    pub(super) fn start_row(
        &mut self,
        location: TableLocation,
        gene_id: &str,
        gene_name: &str,
    ) -> Result<(), TableError> {
        let (gene_id, named) = split_gene_label(gene_id);
        let gene_id = tatabox_sequence::strip_version(gene_id);
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
            let name = if gene_name.trim().is_empty() { named.unwrap_or_default() } else { gene_name.trim() };
            names.push(name.to_owned());
        }
        Ok(())
    }

    /// Appends a value to the current row, `None` if missing; `text` returns the value as written in the file.
    pub(super) fn push(
        &mut self,
        location: TableLocation,
        value: Option<f64>,
        text: impl Fn() -> String,
    ) -> Result<(), TableError> {
        let Some(value) = value else {
            self.table.tpm.push(f32::NAN);
            return Ok(());
        };
        // A TPM that overflows f32 counts as infinite.
        let linear = self.scale.linear(value) as f32;
        let problem = if (value as f32) < 0.0 && value.is_finite() {
            let (gene_id, column) = self.current_cell();
            match self.scale {
                Scale::Log2 => TableProblem::NegativeLog2 { gene_id, column, value: text() },
                _ => TableProblem::NegativeTpm { gene_id, column, value: text() },
            }
        } else if !linear.is_finite() {
            let (gene_id, column) = self.current_cell();
            TableProblem::NotFinite { gene_id, column, text: text(), remedy: MISSING_REMEDY }
        } else {
            let column = self.table.tpm.len() % self.table.cell_types.len();
            self.values.add(column, value);
            self.table.tpm.push(linear);
            return Ok(());
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
