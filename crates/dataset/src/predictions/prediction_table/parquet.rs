//! Prediction tables in parquet.

use std::path::Path;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series};

use super::text::parse_split;
use super::{COLUMNS, PredictionRow};
use crate::io::parquet::{number_column, read_frame, text_column, write_frame};
use crate::io::table_error::{TableError, TableLocation, TableProblem};

pub(super) fn read(path: &Path) -> Result<(Vec<PredictionRow>, Vec<TableLocation>), TableError> {
    let frame = read_frame(path)?;
    let column = |name: &str| frame.column(name).map_err(|_| missing_column(path, &frame, name));
    let texts = |name: &str| text_column(path, column(name)?);
    // A null is reported like NaN.
    let numbers = |name: &str| -> Result<Vec<f64>, TableError> {
        Ok(number_column(path, column(name)?)?.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    };
    let (gene_ids, cell_types, splits) = (texts("gene_id")?, texts("cell_type")?, texts("split")?);
    let (measured, predicted, models) = (numbers("measured")?, numbers("predicted")?, texts("model")?);
    let gene_names = match frame.column("gene_name") {
        Ok(names) => text_column(path, names)?,
        Err(_) => vec![String::new(); frame.height()],
    };
    let locations: Vec<TableLocation> = (1..=frame.height() as u64).map(TableLocation::Row).collect();
    let mut rows = Vec::with_capacity(frame.height());
    for (index, &location) in locations.iter().enumerate() {
        rows.push(PredictionRow {
            gene_id: gene_ids[index].clone(),
            gene_name: Some(gene_names[index].clone()).filter(|name| !name.is_empty()),
            cell_type: cell_types[index].clone(),
            split: parse_split(&splits[index]).map_err(|problem| TableError::at(path, location, problem))?,
            measured: measured[index],
            predicted: predicted[index],
            model: models[index].clone(),
        });
    }
    if rows.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    Ok((rows, locations))
}

pub(super) fn write(path: &Path, rows: &[PredictionRow]) -> Result<(), TableError> {
    let texts = |name: &str, text: fn(&PredictionRow) -> Option<&str>| -> Column {
        Series::new(name.into(), rows.iter().map(text).collect::<Vec<_>>()).into_column()
    };
    let numbers = |name: &str, number: fn(&PredictionRow) -> f64| -> Column {
        Series::new(name.into(), rows.iter().map(number).collect::<Vec<_>>()).into_column()
    };
    let columns = vec![
        texts("gene_id", |row| Some(&row.gene_id)),
        texts("gene_name", |row| row.gene_name.as_deref()),
        texts("cell_type", |row| Some(&row.cell_type)),
        texts("split", |row| Some(row.split.as_str())),
        numbers("measured", |row| row.measured),
        numbers("predicted", |row| row.predicted),
        texts("model", |row| Some(&row.model)),
    ];
    let frame = DataFrame::new(rows.len(), columns);
    let mut frame = frame.map_err(|error| TableError::in_file(path, TableProblem::Parquet(error)))?;
    write_frame(path, &mut frame)
}

fn missing_column(path: &Path, frame: &DataFrame, name: &str) -> TableError {
    let problem = TableProblem::MissingColumn {
        name: name.to_owned(),
        found: frame.columns().iter().map(|column| column.name().to_string()).collect(),
        expected: COLUMNS.map(str::to_owned).to_vec(),
    };
    TableError::in_file(path, problem)
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::predictions::prediction_table::PredictionTable;

    fn message(mut frame: DataFrame) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("p.parquet");
        write_frame(&path, &mut frame).expect("writable");
        let error = PredictionTable::read(&path).expect_err("a bad table").to_string();
        error[error.find("p.parquet").expect("the file is named")..].to_owned()
    }

    #[test]
    fn read_missing_column_null_or_split_error_names_it() {
        let frame = df!("gene_id" => ["A"]).expect("a frame");
        assert!(message(frame).starts_with("p.parquet: no column `cell_type`: found `gene_id`; expected"));
        let frame = df!("gene_id" => ["A"], "cell_type" => ["K562"], "split" => ["test"], "measured" => [1.0],
            "predicted" => [None::<f64>], "model" => ["m"]);
        let expected = "p.parquet, row 1: gene A, column predicted: `NaN` is not a finite number; a prediction table contains measured genes only; remove the row or predict again";
        assert_eq!(message(frame.expect("a frame")), expected);
        let frame = df!("gene_id" => ["A"], "cell_type" => ["K562"], "split" => ["x"], "measured" => [1.0],
            "predicted" => [1.0], "model" => ["m"]);
        let expected = "p.parquet, row 1: unknown split `x`; expected train, validation or test";
        assert_eq!(message(frame.expect("a frame")), expected);
    }
}
