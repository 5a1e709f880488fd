//! Result tables as TSV, CSV, JSON lines or parquet.

mod cell;
mod delimited;
mod destination;
mod format;
mod json_lines;
mod parquet;
mod prediction_layout;
mod sink;
mod table_file;

use std::io::Write;

use crate::error::Result;

pub use cell::{Cell, Column, ColumnKind};
pub use destination::{Destination, TableOutput};
pub use format::TableFormat;
pub use parquet::data_frame;
pub use prediction_layout::{PredictedPromoter, PredictionLayout};
pub use sink::Sink;

pub(crate) use cell::rounded;
pub use table_file::TableFile;

/// Writer of a table, row by row; memory use is independent of the number of rows.
///
/// # Examples
///
/// ```
/// use tatabox::tables::{Cell, Column, ColumnKind, TableFormat, row_writer};
///
/// let columns = vec![Column::new(ColumnKind::Text, "gene"), Column::new(ColumnKind::Real, "log2_tpm")];
/// let mut bytes = Vec::new();
/// let mut writer = row_writer(TableFormat::Tsv, columns, &mut bytes)?;
/// writer.write(vec![vec![Cell::text("GATA1"), Cell::real(5.25)]])?;
/// writer.finish()?;
/// assert_eq!(bytes, b"gene\tlog2_tpm\nGATA1\t5.25\n");
/// # Ok::<(), tatabox::Error>(())
/// ```
pub trait RowWriter {
    /// Writes rows with one cell per column.
    ///
    /// # Errors
    /// The output cannot be written.
    fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()>;

    /// Writes everything that follows the last row.
    ///
    /// # Errors
    /// The output cannot be written.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A writer of `format` for tables with these columns; its header is written at once.
///
/// # Errors
/// The header cannot be written.
pub fn row_writer<'a>(
    format: TableFormat,
    columns: Vec<Column>,
    out: impl Write + 'a,
) -> Result<Box<dyn RowWriter + 'a>> {
    Ok(match format {
        TableFormat::Tsv => Box::new(delimited::DelimitedWriter::new(b'\t', &columns, out)?),
        TableFormat::Csv => Box::new(delimited::DelimitedWriter::new(b',', &columns, out)?),
        TableFormat::Jsonl => Box::new(json_lines::JsonLinesWriter::new(columns, out)),
        TableFormat::Parquet => Box::new(parquet::ParquetRowWriter::new(columns, out)?),
    })
}
