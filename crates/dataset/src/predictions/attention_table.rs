//! Attention weights by position, written by models and drawn by evaluation.

use std::path::Path;

use crate::error::Result;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;
use crate::io::write_records::write_records;

/// Columns of the file, in order.
const COLUMNS: [&str; 6] = ["gene_id", "cell_type", "position_bp", "bin_bp", "weight", "expression_quartile"];

/// Attention weight of one gene in one bin of its window.
#[derive(Debug, Clone, PartialEq)]
pub struct AttentionRow {
    /// Gene identifier.
    pub gene_id: String,
    /// Cell type; empty if all cell types share the attention.
    pub cell_type: String,
    /// Centre of the bin relative to the TSS, in bp; negative is upstream.
    pub position_bp: i32,
    /// Width of the bin, in bp.
    pub bin_bp: u32,
    /// Attention weight; the weights of a gene sum to one.
    pub weight: f64,
    /// Quartile of the gene's measured expression, from 1 (lowest) to 4 (highest).
    pub expression_quartile: u8,
}

/// Attention weights of many genes.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{AttentionRow, AttentionTable};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("attention.tsv");
/// let row = AttentionRow {
///     gene_id: "ENSG00000102145".to_owned(),
///     cell_type: String::new(),
///     position_bp: -25,
///     bin_bp: 50,
///     weight: 0.4,
///     expression_quartile: 4,
/// };
/// let table = AttentionTable { rows: vec![row] };
/// table.write(&path)?;
/// assert_eq!(AttentionTable::read(&path)?, table);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttentionTable {
    /// Rows in file order.
    pub rows: Vec<AttentionRow>,
}

impl AttentionTable {
    /// Reads and validates a TSV or CSV table, plain or gzip.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column.
    pub fn read(path: &Path) -> Result<Self> {
        let mut rows = Vec::new();
        TextTable::for_each_row(path, COLUMNS, |cells| {
            let row = parse_row(cells)?;
            check_row(&row)?;
            rows.push(row);
            Ok(())
        })?;
        if rows.is_empty() {
            return Err(TableError::in_file(path, TableProblem::NoRows).into());
        }
        Ok(Self { rows })
    }

    /// Validates the rows and writes them as TSV.
    ///
    /// # Errors
    ///
    /// A value out of range; a file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        for (index, row) in self.rows.iter().enumerate() {
            let location = TableLocation::Row(index as u64 + 1);
            check_row(row).map_err(|problem| TableError::at(Path::new("attention table"), location, problem))?;
        }
        let cells = self.rows.iter().map(|row| {
            [
                row.gene_id.clone(),
                row.cell_type.clone(),
                row.position_bp.to_string(),
                row.bin_bp.to_string(),
                row.weight.to_string(),
                row.expression_quartile.to_string(),
            ]
        });
        Ok(write_records(path, b'\t', &COLUMNS, cells)?)
    }
}

fn parse_row(cells: [&str; COLUMNS.len()]) -> Result<AttentionRow, TableProblem> {
    let [gene_id, cell_type, position_bp, bin_bp, weight, expression_quartile] = cells;
    Ok(AttentionRow {
        gene_id: gene_id.to_owned(),
        cell_type: cell_type.to_owned(),
        position_bp: position_bp.parse().map_err(|_| out_of_range("position_bp", position_bp))?,
        bin_bp: bin_bp.parse().map_err(|_| out_of_range("bin_bp", bin_bp))?,
        weight: weight.parse().map_err(|_| out_of_range("weight", weight))?,
        expression_quartile: expression_quartile
            .parse()
            .map_err(|_| out_of_range("expression_quartile", expression_quartile))?,
    })
}

fn check_row(row: &AttentionRow) -> Result<(), TableProblem> {
    if row.gene_id.is_empty() {
        Err(TableProblem::EmptyCell { column: "gene_id".to_owned() })
    } else if row.bin_bp == 0 {
        Err(out_of_range("bin_bp", "0"))
    } else if !(row.weight.is_finite() && row.weight >= 0.0) {
        Err(out_of_range("weight", &row.weight.to_string()))
    } else if !(1..=4).contains(&row.expression_quartile) {
        Err(out_of_range("expression_quartile", &row.expression_quartile.to_string()))
    } else {
        Ok(())
    }
}

fn out_of_range(column: &str, text: &str) -> TableProblem {
    let expected = match column {
        "position_bp" => "a whole number of bp",
        "bin_bp" => "a whole number of bp above 0",
        "weight" => "a number of 0 or more",
        _ => "1, 2, 3 or 4",
    };
    TableProblem::OutOfRange { column: column.to_owned(), text: text.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(position_bp: i32, weight: f64) -> AttentionRow {
        AttentionRow {
            gene_id: "A".into(),
            cell_type: String::new(),
            position_bp,
            bin_bp: 50,
            weight,
            expression_quartile: 4,
        }
    }

    fn message(cells: &str) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("a.tsv");
        std::fs::write(&path, format!("{}\n{cells}\n", COLUMNS.join("\t"))).expect("writable");
        let error = AttentionTable::read(&path).expect_err("a bad table").to_string();
        error[error.find("a.tsv").expect("the file is named")..].to_owned()
    }

    #[test]
    fn attention_table_round_trip_preserves_rows() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("a.tsv");
        let table = AttentionTable { rows: vec![row(-475, 1.0 / 3.0), row(75, 0.0)] };
        table.write(&path).expect("writable");
        assert_eq!(AttentionTable::read(&path).expect("readable"), table);
        let error = AttentionTable { rows: vec![row(0, f64::NAN)] }.write(&path).expect_err("NaN").to_string();
        assert_eq!(error, "attention table, row 1: column weight: `NaN` found; expected a number of 0 or more");
    }

    #[test]
    fn read_value_out_of_range_error_names_line_and_column() {
        let expected = "a.tsv, line 2: column weight: `-0.1` found; expected a number of 0 or more";
        assert_eq!(message("A\t\t5\t10\t-0.1\t1"), expected);
        assert_eq!(
            message("A\t\t5\t0\t0.1\t1"),
            "a.tsv, line 2: column bin_bp: `0` found; expected a whole number of bp above 0"
        );
        assert_eq!(
            message("A\t\t5\t10\t0.1\t5"),
            "a.tsv, line 2: column expression_quartile: `5` found; expected 1, 2, 3 or 4"
        );
        assert_eq!(
            message("A\t\t5.5\t10\t0.1\t1"),
            "a.tsv, line 2: column position_bp: `5.5` found; expected a whole number of bp"
        );
        assert_eq!(message("\t\t5\t10\t0.1\t1"), "a.tsv, line 2: empty `gene_id`; every row requires a value");
    }
}
