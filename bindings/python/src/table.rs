//! Tables of results: Arrow streams and columns as arrays.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use numpy::{IntoPyArray, PyArray1};
use polars::prelude::{
    Column, CompatLevel, CsvParseOptions, CsvReadOptions, DataFrame, DataType, ParquetReader, ParquetWriter, SerReader,
};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{ArrowArrayStream, export_iterator};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyList};
use tatabox::Error;

use crate::error::IntoPython;

/// Table of results, immutable. Libraries that read the Arrow `PyCapsule` interface take it without a copy.
#[pyclass(frozen, module = "tatabox._native")]
pub(crate) struct Table {
    frame: DataFrame,
}

impl Table {
    pub(crate) fn new(mut frame: DataFrame) -> Self {
        // One chunk, so that columns are contiguous.
        frame.rechunk_mut();
        Self { frame }
    }

    /// A parquet file that the library wrote.
    pub(crate) fn of_parquet(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
        Ok(Self::new(ParquetReader::new(file).finish()?))
    }
}

#[pymethods]
impl Table {
    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.frame.get_column_names().iter().map(ToString::to_string).collect()
    }

    fn __len__(&self) -> usize {
        self.frame.height()
    }

    /// Column as an array of numbers or Booleans, or as a list where it holds text or whole numbers with missing values.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let column = self.frame.column(name).map_err(|_| PyKeyError::new_err(name.to_owned()))?;
        values(py, column)
    }

    /// The table as a parquet file, for pickles.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut bytes = Vec::new();
        let written = ParquetWriter::new(&mut bytes).finish(&mut self.frame.clone()).map(drop);
        written.map_err(Error::from).into_python(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Arrow stream of the rows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol permits to ignore a requested schema.
        drop(requested_schema);
        PyCapsule::new_with_value(py, self.stream(), c"arrow_array_stream")
    }
}

impl Table {
    fn stream(&self) -> ArrowArrayStream {
        let columns: Vec<Box<dyn Array>> = self
            .frame
            .columns()
            .iter()
            .map(|column| column.as_materialized_series().rechunk().to_arrow(0, CompatLevel::oldest()))
            .collect();
        let fields: Vec<Field> = self
            .frame
            .columns()
            .iter()
            .zip(&columns)
            .map(|(column, array)| Field::new(column.name().clone(), array.dtype().clone(), true))
            .collect();
        let dtype = ArrowDataType::Struct(fields);
        let rows = polars_arrow::array::StructArray::new(dtype.clone(), self.frame.height(), columns, None);
        let field = Field::new("".into(), dtype, false);
        export_iterator(Box::new(std::iter::once(Ok(rows.boxed()))), field)
    }
}

/// Values of a column.
fn values<'py>(py: Python<'py>, column: &Column) -> PyResult<Bound<'py, PyAny>> {
    let failed = |error| Error::from(error);
    Ok(match column.dtype() {
        DataType::Float64 => {
            let reals = column.f64().map_err(failed).into_python(py)?;
            let reals: Vec<f64> = reals.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            reals.into_pyarray(py).into_any()
        }
        DataType::Int64 | DataType::UInt64 => {
            let numbers = column.cast(&DataType::Int64).map_err(failed).into_python(py)?;
            let numbers = numbers.i64().map_err(failed).into_python(py)?;
            if column.null_count() > 0 {
                PyList::new(py, numbers.iter().collect::<Vec<Option<i64>>>())?.into_any()
            } else {
                let array: Bound<'py, PyArray1<i64>> = numbers.iter().flatten().collect::<Vec<i64>>().into_pyarray(py);
                array.into_any()
            }
        }
        DataType::Boolean => {
            let flags = column.bool().map_err(failed).into_python(py)?;
            if column.null_count() > 0 {
                PyList::new(py, flags.iter().collect::<Vec<Option<bool>>>())?.into_any()
            } else {
                flags.iter().flatten().collect::<Vec<bool>>().into_pyarray(py).into_any()
            }
        }
        _ => {
            let texts = column.cast(&DataType::String).map_err(failed).into_python(py)?;
            let texts = texts.str().map_err(failed).into_python(py)?;
            PyList::new(py, texts.iter().collect::<Vec<Option<&str>>>())?.into_any()
        }
    })
}

/// Table from the bytes of a parquet file.
#[pyfunction]
pub(crate) fn table_of_bytes(py: Python<'_>, content: &[u8]) -> PyResult<Table> {
    let frame = ParquetReader::new(Cursor::new(content)).finish();
    Ok(Table::new(frame.map_err(Error::from).into_python(py)?))
}

/// Reads a table that the library wrote: parquet, TSV or CSV.
#[pyfunction]
pub(crate) fn read_table(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
    py.detach(|| read(&path)).into_python(py)
}

fn read(path: &Path) -> Result<Table, Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if extension == "parquet" {
        return Table::of_parquet(path);
    }
    let separator = if extension == "csv" { b',' } else { b'\t' };
    let parse = CsvParseOptions::default().with_separator(separator).with_quote_char(None);
    // All rows decide on the type of a column.
    let options = CsvReadOptions::default().with_has_header(true).with_infer_schema_length(None);
    let reader = options.with_parse_options(parse).try_into_reader_with_file_path(Some(path.to_owned()))?;
    Ok(Table::new(reader.finish()?))
}
