//! Parquet, one row group after the other.

use std::io::Write;

use crate::error::{Context, Result};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, Schema, Series as Values,
};

use super::RowWriter;
use super::cell::{Cell, Column, ColumnKind};

/// Rows of a row group; fewer make the file large, more take memory.
const GROUP_ROWS: usize = 65_536;

/// Rows as a parquet file; a missing number is null.
pub(super) struct ParquetRowWriter<W: Write> {
    columns: Vec<Column>,
    writer: BatchedWriter<W>,
    waiting: Vec<Vec<Cell>>,
}

impl<W: Write> ParquetRowWriter<W> {
    pub(super) fn new(columns: Vec<Column>, out: W) -> Result<Self> {
        let schema: Schema =
            columns.iter().map(|column| (column.name.as_str().into(), data_type(column.kind))).collect();
        let writer = ParquetWriter::new(out).batched(&schema).context("cannot start parquet")?;
        Ok(Self { columns, writer, waiting: Vec::new() })
    }

    fn write_group(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return Ok(());
        }
        let frame = data_frame(&self.columns, &rows).context("cannot make a parquet row group")?;
        self.writer.write_batch(&frame).context("cannot write a parquet row group")
    }
}

impl<W: Write> RowWriter for ParquetRowWriter<W> {
    fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        self.waiting.extend(rows);
        if self.waiting.len() >= GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.write_group()?;
        self.writer.finish().map(|_| ()).context("cannot finish the parquet file")
    }
}

/// Rows as a data frame of polars; a missing value is null.
///
/// # Errors
/// Two columns have the same name.
///
/// # Examples
///
/// ```
/// use tatabox::tables::{Cell, Column, ColumnKind, data_frame};
///
/// let columns = [Column::new(ColumnKind::Text, "gene"), Column::new(ColumnKind::Real, "log2_tpm")];
/// let frame = data_frame(&columns, &[vec![Cell::text("GATA1"), Cell::real(5.25)]])?;
/// assert_eq!(frame.shape(), (1, 2));
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn data_frame(columns: &[Column], rows: &[Vec<Cell>]) -> Result<DataFrame> {
    let series = columns.iter().enumerate().map(|(index, column)| series(column, rows, index)).collect();
    Ok(DataFrame::new(rows.len(), series)?)
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::String,
        ColumnKind::Real => DataType::Float64,
        ColumnKind::Count => DataType::UInt64,
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Flag => DataType::Boolean,
    }
}

/// Column `index` of the rows.
fn series(column: &Column, rows: &[Vec<Cell>], index: usize) -> Series {
    let name = column.name.as_str().into();
    let cells = rows.iter().map(|row| &row[index]);
    let values = match column.kind {
        ColumnKind::Text => {
            let texts = cells.map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None });
            Values::new(name, texts.collect::<Vec<_>>())
        }
        ColumnKind::Real => {
            let reals = cells.map(|cell| if let Cell::Real(value) = cell { *value } else { None });
            Values::new(name, reals.collect::<Vec<_>>())
        }
        ColumnKind::Count => {
            let counts = cells.map(|cell| if let Cell::Count(count) = cell { Some(*count) } else { None });
            Values::new(name, counts.collect::<Vec<_>>())
        }
        ColumnKind::Integer => {
            let numbers = cells.map(|cell| if let Cell::Integer(number) = cell { Some(*number) } else { None });
            Values::new(name, numbers.collect::<Vec<_>>())
        }
        ColumnKind::Flag => {
            let flags = cells.map(|cell| if let Cell::Flag(flag) = cell { Some(*flag) } else { None });
            Values::new(name, flags.collect::<Vec<_>>())
        }
    };
    values.into_column()
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use crate::tables::TableFormat;
    use crate::tables::prediction_layout::tests::{layout, promoter};
    use crate::tables::{Sink, row_writer};

    #[test]
    fn rows_are_read_back_with_their_types() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.parquet");
        let mut sink = Sink::create(Some(&path)).expect("writable");
        let layout = layout(false, true);
        let mut writer = row_writer(TableFormat::Parquet, layout.columns(), &mut sink).expect("a schema");
        for _ in 0..3 {
            writer.write(layout.rows(&promoter())).expect("written");
        }
        writer.finish().expect("written");
        sink.commit().expect("renamed");
        let frame = ParquetReader::new(std::fs::File::open(&path).expect("there")).finish().expect("parquet");
        assert_eq!(frame.height(), 6);
        let measured = frame.column("measured_log2_tpm").expect("there").f64().expect("reals");
        assert_eq!((measured.get(0), measured.get(1)), (Some(2.5), None));
        assert_eq!(frame.column("n_acgt").expect("there").u64().expect("counts").get(5), Some(299));
    }
}
