//! Columns and cells of the table of values of an assay.

use std::path::Path;

use csv::StringRecord;

use super::{AssayColumn, AssayProblem, AssaySource};
use crate::assay::AssayScale;
use crate::expression::is_missing;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Names under which a column of sequences is found.
const SEQUENCE_COLUMNS: [&str; 2] = ["sequence", "seq"];

/// Largest absolute logarithm to base 2: 2^64 exceeds every count.
const MAX_LOG2: f64 = 64.0;

/// Column `name`, or the first one.
pub(super) fn id_column(table: &TextTable, name: Option<&str>) -> Result<usize, TableError> {
    name.map_or(Ok(0), |name| table.column(name, &[name]))
}

/// Column of sequences.
pub(super) fn sequence_column(table: &TextTable, name: Option<&str>) -> Result<usize, TableError> {
    if let Some(name) = name {
        return table.column(name, &[name]);
    }
    let found = SEQUENCE_COLUMNS
        .iter()
        .find_map(|name| table.header.iter().position(|column| column.eq_ignore_ascii_case(name)));
    found.ok_or_else(|| {
        let problem = AssayProblem::NoSequenceColumn { found: table.header.clone() };
        table.header_error(TableProblem::Assay(problem))
    })
}

/// Optional column of chromosomes.
pub(super) fn chromosome_column(table: &TextTable, name: Option<&str>) -> Result<Option<usize>, TableError> {
    name.map(|name| table.column(name, &[name])).transpose()
}

/// Columns of values: those that the source names, or the only column of numbers, which takes a pass over the table. `other` are
/// the columns in use otherwise.
pub(super) fn value_columns(
    source: &AssaySource,
    path: &Path,
    table: &TextTable,
    other: &[usize],
) -> Result<Vec<AssayColumn>, TableError> {
    for column in &source.columns {
        table.column(&column.column, &[&column.column])?;
    }
    if !source.columns.is_empty() {
        return Ok(source.columns.clone());
    }
    let header = table.header.clone();
    let mut candidates: Vec<(usize, bool)> =
        (0..header.len()).filter(|column| !other.contains(column)).map(|column| (column, false)).collect();
    let mut rows = TextTable::open(path)?;
    while let Some((_, cells)) = rows.next_row()? {
        candidates.retain_mut(|(column, has_number)| {
            let text = cells[*column].trim();
            let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
            *has_number |= is_number;
            is_number || is_missing(text)
        });
    }
    let numbers: Vec<String> = candidates
        .into_iter()
        .filter(|&(_, has_number)| has_number)
        .map(|(column, _)| header[column].clone())
        .collect();
    let problem = match numbers.as_slice() {
        [one] => return Ok(vec![AssayColumn { column: one.clone(), output: None }]),
        [] => AssayProblem::NoColumnOfNumbers { found: header },
        _ => AssayProblem::SeveralColumnsOfNumbers { found: numbers },
    };
    Err(table.header_error(TableProblem::Assay(problem)))
}

/// Targets of a row, NaN if missing.
pub(super) fn targets(
    cells: &StringRecord,
    id: &str,
    columns: &[usize],
    header: &[String],
    scale: AssayScale,
) -> Result<Vec<f32>, TableProblem> {
    let target = |&column: &usize| target(&cells[column], id, &header[column], scale).map_err(TableProblem::Assay);
    columns.iter().map(target).collect()
}

fn target(cell: &str, id: &str, column: &str, scale: AssayScale) -> Result<f32, AssayProblem> {
    let text = cell.trim();
    if is_missing(text) {
        return Ok(f32::NAN);
    }
    let (id, column, text) = (id.to_owned(), column.to_owned(), text.to_owned());
    match text.parse::<f64>().ok().filter(|value| value.is_finite()) {
        None => Err(AssayProblem::NotANumber { id, column, text }),
        Some(value) if scale == AssayScale::Log2 && value.abs() > MAX_LOG2 => {
            Err(AssayProblem::NotLog2 { id, column, text })
        }
        Some(value) if scale != AssayScale::Log2 && value < 0.0 => {
            Err(AssayProblem::Negative { id, column, text, scale: scale.as_str() })
        }
        Some(value) => Ok(scale.to_target(value) as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_of_cell_is_log2_or_missing() {
        let of = |text, scale| target(text, "r1", "A", scale);
        let targets = [("3", AssayScale::Tpm), (" 7 ", AssayScale::Counts), ("-1.5", AssayScale::Log2)]
            .map(|(text, scale)| of(text, scale).expect("a number").to_string());
        assert_eq!(targets, ["2", "3", "-1.5"]);
        assert!(["", "NA", "nan", "."].iter().all(|text| of(text, AssayScale::Tpm).expect("missing").is_nan()));
        let message = |text, scale| of(text, scale).expect_err(text).to_string();
        assert!(message("-1", AssayScale::Tpm).starts_with("row r1, column A: -1 is negative"));
        assert!(message("120", AssayScale::Log2).contains("scale=tpm"));
        assert!(message("high", AssayScale::Tpm).contains("`high` is not a finite number"));
        assert!(message("inf", AssayScale::Tpm).contains("`inf` is not a finite number"));
    }
}
