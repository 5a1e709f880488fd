//! Reading and writing of parquet files and their columns.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, ParquetReader, ParquetWriter, SerReader};

use crate::io::atomic_write::atomic_write;
use crate::io::table_error::{TableError, TableProblem};

const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// Whether the file starts with the parquet magic bytes; `false` for an unreadable file.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; PARQUET_MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == PARQUET_MAGIC
}

/// Reads all columns of a parquet file.
pub(crate) fn read_frame(path: &Path) -> Result<DataFrame, TableError> {
    let file = File::open(path).map_err(|error| TableError::in_file(path, TableProblem::Open(error)))?;
    ParquetReader::new(file).finish().map_err(|error| TableError::in_file(path, TableProblem::Parquet(error)))
}

/// Writes a data frame atomically.
pub(crate) fn write_frame(path: &Path, frame: &mut DataFrame) -> Result<(), TableError> {
    atomic_write(path, |file| {
        let mut buffered = BufWriter::new(file);
        // Single-threaded, so that the byte order does not depend on the number of threads.
        ParquetWriter::new(&mut buffered).set_parallel(false).finish(frame).map_err(std::io::Error::other)?;
        buffered.flush()
    })
    .map_err(|error| TableError::in_file(path, TableProblem::Write(error)))
}

/// Values of a text column; a null becomes an empty string.
pub(crate) fn text_column(path: &Path, column: &Column) -> Result<Vec<String>, TableError> {
    let texts = column.str().map_err(|_| wrong_type(path, column, "text"))?;
    Ok(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
}

/// Values of a numeric column of any width; a null becomes `None`.
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
