//! Reading and writing of parquet files and their columns.

mod compact;
mod layout;
mod structures;

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{
    ArrowDataType, Column, DataFrame, DataType, ParquetReader, ParquetWriter, PolarsError, PolarsResult, SerReader,
};
use tatabox_sequence::open_input;

use crate::io::atomic_write::atomic_write;
use crate::io::table_error::{TableError, TableLocation, TableProblem};

const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// Whether the file starts with the parquet magic bytes; `false` for an unreadable file.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; PARQUET_MAGIC.len()];
    open_input(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == PARQUET_MAGIC
}

/// Kind of the values of a parquet column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Integers or floating-point numbers.
    Numbers,
    /// Text.
    Text,
    /// No values.
    Empty,
    /// Numbers in a type that the parquet reader does not read, with the name of the type.
    OtherNumbers(String),
    /// Values of any other type, with its name.
    Other(String),
}

/// Names of the columns with the kinds of their values.
pub(crate) fn column_kinds(path: &Path) -> Result<Vec<(String, ColumnKind)>, TableError> {
    let schema = read_with(path, |mut reader| reader.schema())?;
    if schema.iter_names().any(|name| name.contains('\0')) {
        let problem = TableProblem::Damaged("the name of a column has a NUL character".to_owned());
        return Err(TableError::in_file(path, problem));
    }
    Ok(schema.iter_values().map(|field| (field.name.to_string(), kind_of(&field.dtype))).collect())
}

fn kind_of(dtype: &ArrowDataType) -> ColumnKind {
    use ArrowDataType as Type;
    match dtype {
        // The reader is built without these types.
        Type::Int8 | Type::Int16 | Type::UInt8 | Type::UInt16 => {
            ColumnKind::OtherNumbers(format!("{dtype:?}").to_lowercase())
        }
        Type::Int32 | Type::Int64 | Type::UInt32 | Type::UInt64 | Type::Float32 | Type::Float64 => ColumnKind::Numbers,
        Type::Utf8 | Type::LargeUtf8 | Type::Utf8View => ColumnKind::Text,
        Type::Null => ColumnKind::Empty,
        Type::Float16 => ColumnKind::OtherNumbers("half precision (float16)".to_owned()),
        Type::Decimal(precision, scale)
        | Type::Decimal32(precision, scale)
        | Type::Decimal64(precision, scale)
        | Type::Decimal256(precision, scale) => ColumnKind::OtherNumbers(format!("decimal({precision}, {scale})")),
        Type::Dictionary(_, values, _) if kind_of(values) == ColumnKind::Text => ColumnKind::Text,
        Type::Dictionary(..) => ColumnKind::Other("dictionary (categorical)".to_owned()),
        Type::Boolean => ColumnKind::Other("boolean".to_owned()),
        Type::Extension(extension) => kind_of(&extension.inner),
        other => {
            let name = format!("{other:?}");
            ColumnKind::Other(name.split(['(', ' ', '{']).next().unwrap_or_default().to_lowercase())
        }
    }
}

/// Reads some columns of a parquet file, in the order of the file.
pub(crate) fn read_columns(path: &Path, names: Vec<String>) -> Result<DataFrame, TableError> {
    read_with(path, |reader| reader.with_columns(Some(names)).finish().and_then(with_equal_columns))
}

/// Reads all columns of a parquet file.
pub(crate) fn read_frame(path: &Path) -> Result<DataFrame, TableError> {
    read_with(path, |reader| reader.finish().and_then(with_equal_columns))
}

/// The data frame, if its columns are as long as it is. The reader takes the length of the data frame from the metadata,
/// those of the columns from their values.
fn with_equal_columns(frame: DataFrame) -> PolarsResult<DataFrame> {
    if frame.columns().iter().all(|column| column.len() == frame.height()) {
        Ok(frame)
    } else {
        Err(PolarsError::ComputeError("the columns differ in length; create or download the file again".into()))
    }
}

/// Result of a reader of the file. The library reserves the memory that a file states, and panics on some damaged files.
fn read_with<T>(path: &Path, read: impl FnOnce(ParquetReader<File>) -> PolarsResult<T>) -> Result<T, TableError> {
    let mut file = open_input(path).map_err(|error| TableError::in_file(path, TableProblem::Open(error)))?;
    let damaged = |detail: &str| {
        let message = format!("the file is damaged{detail}; create or download it again");
        TableError::in_file(path, TableProblem::Parquet(PolarsError::ComputeError(message.into())))
    };
    layout::check(&mut file).map_err(|error| match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => damaged(&format!(" ({error})")),
        _ => TableError::in_file(path, TableProblem::Open(error)),
    })?;
    catch_unwind(AssertUnwindSafe(|| read(ParquetReader::new(file))))
        .map_err(|_| damaged(""))?
        .map_err(|error| TableError::in_file(path, TableProblem::Parquet(error)))
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

/// Values of a text or categorical column; a null becomes an empty string. A NUL character is damage, as in text files.
pub(crate) fn text_column(path: &Path, column: &Column) -> Result<Vec<String>, TableError> {
    let decoded = if matches!(column.dtype(), DataType::Categorical(..) | DataType::Enum(..)) {
        column.cast(&DataType::String).map_err(|_| wrong_type(path, column, "text"))?
    } else {
        column.clone()
    };
    let texts = decoded.str().map_err(|_| wrong_type(path, column, "text"))?;
    if let Some(index) = texts.iter().position(|text| text.is_some_and(|text| text.contains('\0'))) {
        let problem = TableProblem::Damaged(format!("column {} has a NUL character", column.name()));
        return Err(TableError::at(path, TableLocation::Row(index as u64 + 1), problem));
    }
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

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn parquet_text_with_nul_is_damage() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("x.parquet");
        let mut frame = df!("gene_id" => ["A", "B\0"], "K\0" => [1.0, 2.0]).expect("a frame");
        write_frame(&path, &mut frame).expect("written");
        let error = text_column(&path, frame.column("gene_id").expect("there")).expect_err("NUL").to_string();
        assert!(
            error.contains("x.parquet, row 2: ") && error.contains("column gene_id has a NUL character"),
            "{error}"
        );
        assert!(column_kinds(&path).expect_err("NUL").to_string().contains("name of a column has a NUL"));
    }
}
