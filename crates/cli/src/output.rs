//! Results: texts on standard output, tables in four formats.

mod base_array;
mod cell;
mod delimited;
mod genome_track;
mod json_lines;
mod parquet;
mod sink;
mod table;
mod table_file;

use std::io::{self, Write};

use anyhow::{Context, Result};
use serde::Serialize;

pub(crate) use base_array::write_npz;
pub(crate) use cell::{Cell, Column, ColumnKind, rounded};
pub(crate) use genome_track::GenomeTrack;
pub(crate) use sink::Sink;
pub(crate) use table::{Layout, PredictedPromoter};
pub(crate) use table_file::TableFile;

use crate::args::Format;

/// Writes tables row by row; memory does not grow with them.
pub(crate) trait RowWriter {
    /// Writes rows with a cell for each column.
    fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()>;

    /// Writes what comes after the last row.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A writer of `format` for tables of these columns, its header written.
pub(crate) fn row_writer<'a>(
    format: Format,
    columns: Vec<Column>,
    out: impl Write + 'a,
) -> Result<Box<dyn RowWriter + 'a>> {
    Ok(match format {
        Format::Tsv => Box::new(delimited::DelimitedWriter::new(b'\t', &columns, out)?),
        Format::Csv => Box::new(delimited::DelimitedWriter::new(b',', &columns, out)?),
        Format::Jsonl => Box::new(json_lines::JsonLinesWriter::new(columns, out)),
        Format::Parquet => Box::new(parquet::ParquetRowWriter::new(columns, out)?),
    })
}

/// Prints a finished text.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("cannot write to standard output")
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    // Through a string: serde_json would hide that the reader of a pipe went away.
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    print(&(text + "\n"))
}
