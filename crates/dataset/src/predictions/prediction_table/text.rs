//! Prediction tables in TSV and CSV.

use std::path::Path;

use super::{COLUMNS, PredictionRow, VALUE_REMEDY};
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;
use crate::io::write_records::write_records;
use crate::split::Split;

pub(super) fn read(path: &Path) -> Result<(Vec<PredictionRow>, Vec<TableLocation>), TableError> {
    let mut table = TextTable::open(path)?;
    let required = |name| table.column(name, &COLUMNS);
    let (gene_id, cell_type, split) = (required("gene_id")?, required("cell_type")?, required("split")?);
    let (measured, predicted, model) = (required("measured")?, required("predicted")?, required("model")?);
    let gene_name = table.header.iter().position(|name| name == "gene_name");
    let (mut rows, mut locations) = (Vec::new(), Vec::new());
    while let Some((location, cells)) = table.next_row()? {
        let cell = |column: usize| cells[column].trim();
        let fail = |problem| TableError::at(path, location, problem);
        let number = |column: usize, name: &str| {
            let text = cell(column);
            text.parse::<f64>().map_err(|_| {
                let (gene_id, column) = (cell(gene_id).to_owned(), name.to_owned());
                fail(TableProblem::NotANumber { gene_id, column, text: text.to_owned(), remedy: VALUE_REMEDY })
            })
        };
        rows.push(PredictionRow {
            gene_id: cell(gene_id).to_owned(),
            gene_name: gene_name.map(cell).filter(|name| !name.is_empty()).map(str::to_owned),
            cell_type: cell(cell_type).to_owned(),
            split: parse_split(cell(split)).map_err(fail)?,
            measured: number(measured, "measured")?,
            predicted: number(predicted, "predicted")?,
            model: cell(model).to_owned(),
        });
        locations.push(location);
    }
    if rows.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    Ok((rows, locations))
}

pub(super) fn write(path: &Path, separator: u8, rows: &[PredictionRow]) -> Result<(), TableError> {
    let cells = rows.iter().map(|row| {
        [
            row.gene_id.clone(),
            row.gene_name.clone().unwrap_or_default(),
            row.cell_type.clone(),
            row.split.to_string(),
            row.measured.to_string(),
            row.predicted.to_string(),
            row.model.clone(),
        ]
    });
    write_records(path, separator, &COLUMNS, cells)
}

/// Split with this name.
pub(super) fn parse_split(name: &str) -> Result<Split, TableProblem> {
    name.parse().map_err(|_| TableProblem::UnknownSplit { split: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::predictions::prediction_table::PredictionTable;

    const HEADER: &str = "gene_id\tcell_type\tsplit\tmeasured\tpredicted\tmodel\n";

    fn message(text: &str) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("p.tsv");
        std::fs::write(&path, text).expect("writable");
        let error = PredictionTable::read(&path).expect_err("a bad table").to_string();
        error[error.find("p.tsv").expect("the file is named")..].to_owned()
    }

    #[test]
    fn read_unknown_split_error_names_line() {
        let text = format!("{HEADER}A\tK562\ttest\t1\t1\tm\nB\tK562\theld out\t1\t1\tm\n");
        assert_eq!(message(&text), "p.tsv, line 3: unknown split `held out`; expected train, validation or test");
    }

    #[test]
    fn read_nan_or_text_error_names_line_gene_and_column() {
        let text = format!("{HEADER}A\tK562\ttest\tnan\t1\tm\n");
        let expected = "p.tsv, line 2: gene A, column measured: `NaN` is not a finite number; a prediction table contains measured genes only; remove the row or predict again";
        assert_eq!(message(&text), expected);
        let text = format!("{HEADER}A\tK562\ttest\t1\thigh\tm\n");
        assert!(message(&text).starts_with("p.tsv, line 2: gene A, column predicted: `high` is not a number"));
    }

    #[test]
    fn read_duplicate_error_names_both_lines() {
        let text = format!("{HEADER}A\tK562\ttest\t1\t1\tm\n\nA\tK562\ttest\t1\t2\tm\n");
        let expected =
            "p.tsv, line 4: duplicate prediction: gene A, cell type K562, model m, first seen at line 2; keep one row";
        assert_eq!(message(&text), expected);
    }

    #[test]
    fn read_missing_column_error_names_it() {
        let expected = "p.tsv, line 1: no column `split`: found `gene_id`, `cell_type`; expected `gene_id`, `gene_name`, `cell_type`, \
                    `split`, `measured`, `predicted`, `model`";
        assert_eq!(message("gene_id\tcell_type\nA\tK562\n"), expected);
        assert_eq!(message(HEADER), "p.tsv: has a header but no rows");
    }
}
