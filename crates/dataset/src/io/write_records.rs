//! Writer of text tables.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::atomic_write::atomic_write;
use super::table_error::{TableError, TableProblem};

/// Writes a header and rows atomically, with quotes where a cell needs them.
///
/// # Errors
///
/// A file that cannot be written.
pub(crate) fn write_records<Row, Cell>(
    path: &Path,
    separator: u8,
    columns: &[&str],
    rows: impl IntoIterator<Item = Row>,
) -> Result<(), TableError>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<[u8]>,
{
    let written = atomic_write(path, |file| {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(BufWriter::new(file));
        writer.write_record(columns)?;
        for row in rows {
            writer.write_record(row)?;
        }
        writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.flush()
    });
    written.map_err(|error| TableError::in_file(path, TableProblem::Write(error)))
}
