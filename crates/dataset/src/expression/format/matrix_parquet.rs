//! Expression matrices in parquet.

use std::path::Path;

use super::columns::{ColumnContent, Columns};
use super::gene_label::split_gene_label;
use super::matrix::Matrix;
use super::table_builder::TableBuilder;
use crate::expression::Scale;
use crate::expression::sample_files::ExcludedGenes;
use crate::io::parquet::{ColumnKind, column_kinds, number_column, read_columns, text_column};
use crate::io::table_error::{TableError, TableLocation, TableProblem};

/// Reads a matrix, whose columns have roles as in text; only columns with a role are read. A null is a missing value, and
/// so is NaN, with which pandas marks one.
pub(crate) fn read(path: &Path, scale: Option<Scale>) -> Result<Matrix, TableError> {
    let in_file = |problem| TableError::in_file(path, problem);
    let (header, kinds): (Vec<String>, Vec<ColumnKind>) = column_kinds(path)?.into_iter().unzip();
    if header.is_empty() {
        return Err(in_file(TableProblem::Empty));
    }
    let contents: Vec<ColumnContent> = kinds.iter().map(content_of).collect();
    let columns = Columns::of(&header, &contents, scale).map_err(in_file)?;
    if !columns.cell_types.iter().any(|&column| contents[column] == ColumnContent::Numbers) {
        return Err(in_file(TableProblem::NoNumericColumns { columns: header }));
    }
    if let Some(&column) = columns.unnamed.first() {
        return Err(in_file(TableProblem::UnnamedColumn { column: column + 1 }));
    }
    let (gene_id, gene_name) = (columns.gene_id, columns.gene_name);
    for &column in columns.cell_types.iter().chain(columns.length.as_ref()) {
        check_kind(&header[column], &kinds[column], false).map_err(in_file)?;
    }
    for column in std::iter::once(gene_id).chain(gene_name) {
        check_kind(&header[column], &kinds[column], true).map_err(in_file)?;
    }
    let used = [gene_id].into_iter().chain(gene_name).chain(columns.length).chain(columns.cell_types.iter().copied());
    let mut used: Vec<usize> = used.collect();
    used.sort_unstable();
    used.dedup();
    let frame = read_columns(path, used.iter().map(|&column| header[column].clone()).collect())?;
    let column = |index: usize| frame.column(&header[index]).map_err(|error| in_file(TableProblem::Parquet(error)));
    let numbers = |index: usize| number_column(path, column(index)?);

    let gene_ids = text_column(path, column(gene_id)?)?;
    let gene_names = gene_name.map(|index| text_column(path, column(index)?)).transpose()?;
    let values = columns.cell_types.iter().map(|&index| numbers(index)).collect::<Result<Vec<_>, _>>()?;
    let has_names = gene_names.is_some() || gene_ids.iter().any(|label| split_gene_label(label).1.is_some());
    let mut table =
        TableBuilder::new(path, columns.cell_type_names(&header), has_names).with_scale(scale.unwrap_or_default());
    for (row, gene_id) in gene_ids.iter().enumerate() {
        let location = TableLocation::Row(row as u64 + 1);
        let gene_name = gene_names.as_ref().map_or("", |names| &names[row]);
        table.start_row(location, gene_id, gene_name)?;
        for column in &values {
            let value = column[row].filter(|value| !value.is_nan());
            table.push(location, value, || value.map_or(String::new(), |value| value.to_string()))?;
        }
    }
    let values = table.values.clone();
    Ok(Matrix {
        table: table.finish()?,
        values,
        lengths: columns.length.map(numbers).transpose()?,
        excluded_columns: columns.excluded_names(&header),
        named_unit: columns.named_unit,
        excluded: ExcludedGenes::new(),
    })
}

const fn content_of(kind: &ColumnKind) -> ColumnContent {
    match kind {
        ColumnKind::Numbers | ColumnKind::OtherNumbers(_) => ColumnContent::Numbers,
        ColumnKind::Text | ColumnKind::Other(_) => ColumnContent::Text,
        ColumnKind::Empty => ColumnContent::Missing,
    }
}

/// Checks that the reader reads a column of this kind as text or as numbers.
fn check_kind(column: &str, kind: &ColumnKind, is_text: bool) -> Result<(), TableProblem> {
    let (found, expected) = match (kind, is_text) {
        (ColumnKind::Text, true) | (ColumnKind::Numbers | ColumnKind::Empty, false) => return Ok(()),
        (ColumnKind::OtherNumbers(found) | ColumnKind::Other(found), _) => {
            (found.clone(), if is_text { "text" } else { "numbers" })
        }
        (ColumnKind::Numbers, true) => ("numbers".to_owned(), "text"),
        (ColumnKind::Empty, true) => ("null".to_owned(), "text"),
        (ColumnKind::Text, false) => ("text".to_owned(), "numbers"),
    };
    Err(TableProblem::ColumnNotRead { column: column.to_owned(), found, expected })
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataFrame, df};

    use super::*;
    use crate::expression::ExpressionTable;
    use crate::io::parquet::write_frame;

    fn read_back(mut frame: DataFrame) -> Result<ExpressionTable, TableError> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("e.parquet");
        write_frame(&path, &mut frame).expect("writable");
        read(&path, None).map(|matrix| matrix.table)
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
    fn read_negative_value_error_names_row() {
        let frame = df!("gene_id" => ["A", "B"], "K562" => [1.0, f64::INFINITY]).expect("a frame");
        let expected = "e.parquet, row 2: gene B, column K562: `inf` is not a finite number; leave the cell empty if the value is missing";
        assert_eq!(message(frame), expected);
        let frame = df!("gene_id" => ["A"], "K562" => [-1.0]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet, row 1: gene A, column K562: TPM -1 is negative"));
    }

    #[test]
    fn read_pandas_index_is_the_gene_or_excluded() {
        let frame = df!("gene_id" => ["A", "B"], "K562" => [1.0, f64::NAN], "__index_level_0__" => [4_i64, 7]);
        let table = read_back(frame.expect("a frame")).expect("a good table");
        assert_eq!(table.cell_types, ["K562"]);
        assert!(table.row(1)[0].is_nan(), "NaN is a missing value");
        let frame = df!("K562" => [1.0, 2.0], "__index_level_0__" => ["A", "B"]).expect("a frame");
        let table = read_back(frame).expect("a good table");
        assert_eq!((table.gene_ids, table.cell_types), (vec!["A".to_owned(), "B".to_owned()], vec!["K562".to_owned()]));
    }

    #[test]
    fn read_duplicate_gene_or_text_column_returns_error() {
        let frame = df!("gene_id" => ["A", "A"], "K562" => [1.0, 2.0]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet, row 2: duplicate gene A, first seen at row 1"));
        let frame = df!("gene_id" => ["A"], "K562" => [1.0], "kind" => ["x"]).expect("a frame");
        assert_eq!(
            message(frame),
            "e.parquet: column `kind` is of type text; expected numbers: cast it, or remove it if it is not a cell type"
        );
        let frame = df!("gene_id" => ["A"], "kind" => ["x"]).expect("a frame");
        assert!(message(frame).starts_with("e.parquet: no numeric columns"));
        let frame = df!("gene_id" => [7], "K562" => [1.0]).expect("a frame");
        assert_eq!(
            message(frame),
            "e.parquet: column `gene_id` is of type numbers; expected text: cast it, in pandas with df[\"gene_id\"].astype(str)"
        );
    }
}
