//! Formats of tables.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use tatabox::tables::TableFormat;

use crate::terminal::failure::usage;

/// Format of a table, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Tsv,
    Csv,
    /// One JSON object per line
    Jsonl,
    Parquet,
}

impl Format {
    /// The requested format, else that of the output file's extension, else TSV.
    pub(crate) fn of(requested: Option<Self>, output: Option<&Path>) -> Result<TableFormat> {
        match (requested, output) {
            (Some(format), _) => Ok(format.into()),
            (None, None) => Ok(TableFormat::Tsv),
            (None, Some(path)) => TableFormat::of_path(path).ok_or_else(|| {
                let extension = path.extension().unwrap_or_default().display();
                let path = path.display();
                usage(format!("--output {path}: no format has the extension .{extension}; give --format"))
            }),
        }
    }
}

impl From<Format> for TableFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Tsv => Self::Tsv,
            Format::Csv => Self::Csv,
            Format::Jsonl => Self::Jsonl,
            Format::Parquet => Self::Parquet,
        }
    }
}
