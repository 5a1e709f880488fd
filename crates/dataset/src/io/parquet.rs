//! Parquet files in and out of polars, and the columns in them.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, ParquetReader, ParquetWriter, SerReader};

use crate::io::atomic_write::atomic_write;
use crate::io::table_error::{TableError, TableProblem};

const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// Whether the file starts as parquet does; `false` if it cannot be read at all.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; PARQUET_MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == PARQUET_MAGIC
}

/// Reads a whole parquet file.
pub(crate) fn read_frame(path: &Path) -> Result<DataFrame, TableError> {
    let file = File::open(path).map_err(|error| TableError::in_file(path, TableProblem::Open(error)))?;
    ParquetReader::new(file).finish().map_err(|error| TableError::in_file(path, TableProblem::Parquet(error)))
}

/// Writes a frame; the file appears under its name when it is whole.
pub(crate) fn write_frame(path: &Path, frame: &mut DataFrame) -> Result<(), TableError> {
    atomic_write(path, |file| {
        let mut buffered = BufWriter::new(file);
        // One thread, so that the order of bytes cannot depend on their number.
        ParquetWriter::new(&mut buffered).set_parallel(false).finish(frame).map_err(std::io::Error::other)?;
        buffered.flush()
    })
    .map_err(|error| TableError::in_file(path, TableProblem::Write(error)))
}

/// A column of text; nulls are empty.
pub(crate) fn text_column(path: &Path, column: &Column) -> Result<Vec<String>, TableError> {
    let texts = column.str().map_err(|_| wrong_type(path, column, "text"))?;
    Ok(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
}

/// A column of numbers of any width; nulls are `None`.
pub(crate) fn number_column(path: &Path, column: &Column) -> Result<Vec<Option<f64>>, TableError> {
    if !column.dtype().is_primitive_numeric() && column.dtype() != &DataType::Null {
        return Err(wrong_type(path, column, "numbers"));
    }
    let numbers = column.cast(&DataType::Float64).map_err(|_| wrong_type(path, column, "numbers"))?;
    let numbers = numbers.f64().map_err(|_| wrong_type(path, column, "numbers"))?;
    Ok(numbers.iter().collect())
}

fn wrong_type(path: &Path, column: &Column, expected: &'static str) -> TableError {
    let problem =
        TableProblem::ColumnType { column: column.name().to_string(), found: column.dtype().to_string(), expected };
    TableError::in_file(path, problem)
}
