//! Expression matrices in parquet.

use std::path::Path;

use polars::prelude::Column;

use crate::expression::ExpressionTable;
use crate::expression::table_builder::{Columns, TableBuilder};
use crate::io::parquet::{number_column, read_frame, text_column};
use crate::io::table_error::{TableError, TableLocation, TableProblem};

/// Reads a matrix. The gene column is `gene_id`, otherwise the first column; a null is a missing value.
pub(crate) fn read(path: &Path) -> Result<ExpressionTable, TableError> {
    let frame = read_frame(path)?;
    let columns = frame.columns();
    let header: Vec<String> = columns.iter().map(|column| column.name().to_string()).collect();
    if header.is_empty() {
        return Err(TableError::in_file(path, TableProblem::Empty));
    }
    // pandas writes the index as the last column, so the name takes precedence over the position.
    let gene_id = header.iter().position(|name| name == "gene_id").unwrap_or(0);
    let roles = Columns::of(&header, gene_id).map_err(|problem| TableError::in_file(path, problem))?;
    if !roles.cell_types.iter().any(|&index| columns[index].dtype().is_primitive_numeric()) {
        return Err(TableError::in_file(path, TableProblem::NoNumericColumns { columns: header }));
    }
    let gene_ids = text_column(path, &columns[roles.gene_id])?;
    let gene_names = roles.gene_name.map(|index| text_column(path, &columns[index])).transpose()?;
    let read_numbers = |&index: &usize| number_column(path, &columns[index] as &Column);
    let values = roles.cell_types.iter().map(read_numbers).collect::<Result<Vec<_>, _>>()?;
    let mut table = TableBuilder::new(path, roles.cell_type_names(&header), gene_names.is_some());
    for (row, gene_id) in gene_ids.iter().enumerate() {
        let location = TableLocation::Row(row as u64 + 1);
        let gene_name = gene_names.as_ref().map_or("", |names| &names[row]);
        table.start_row(location, gene_id, gene_name)?;
        for column in &values {
            let value = column[row];
            table.push(location, value, || value.map_or(String::new(), |value| value.to_string()))?;
        }
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataFrame, df};

    use super::*;
    use crate::io::parquet::write_frame;

    fn read_back(mut frame: DataFrame) -> Result<ExpressionTable, TableError> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("e.parquet");
        write_frame(&path, &mut frame).expect("writable");
        read(&path)
    }

    fn message(frame: DataFrame) -> String {
        let error = read_back(frame).expect_err("a bad table").to_string();
        error[error.find("e.parquet").expect("the file is named")..].to_owned()
    }

    #[test]
    fn read_accepts_numeric_types_and_nulls() {
        let frame = df!("K562" => [Some(1_i32), None], "HepG2" => [0.5_f64, 2.0], "gene_id" => ["ENSG1.3", "ENSG2"])
            .expect("a frame");
        let table = read_back(frame).expect("a good table");
        assert_eq!(table.gene_ids, ["ENSG1", "ENSG2"]);
        assert_eq!(table.cell_types, ["K562", "HepG2"]);
        assert_eq!(table.row(0), [1.0, 0.5]);
        assert!(table.row(1)[0].is_nan());
    }

    #[test]
    fn read_nan_or_negative_value_error_names_row() {
        let frame = df!("gene_id" => ["A", "B"], "K562" => [1.0, f64::NAN]).expect("a frame");
        let expected = "e.parquet, row 2: gene B, column K562: `NaN` is not a finite number; leave the cell empty if the value is missing";
        assert_eq!(message(frame), expected);
        let frame = df!("gene_id" => ["A"], "K562" => [-1.0]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet, row 1: gene A, column K562: TPM -1 is negative"));
    }

    #[test]
    fn read_duplicate_gene_or_text_column_returns_error() {
        let frame = df!("gene_id" => ["A", "A"], "K562" => [1.0, 2.0]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet, row 2: duplicate gene A, first seen at row 1"));
        let frame = df!("gene_id" => ["A"], "K562" => [1.0], "kind" => ["x"]).expect("a frame");
        assert_eq!(message(frame), "e.parquet: column `kind` is of type str; expected numbers");
        let frame = df!("gene_id" => ["A"], "kind" => ["x"]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet: no numeric columns"));
        let frame = df!("gene_id" => [7], "K562" => [1.0]).expect("a frame");
        assert_eq!(message(frame), "e.parquet: column `gene_id` is of type i32; expected text");
    }
}
