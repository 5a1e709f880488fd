//! Formats of tables.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use crate::failure::usage;

/// Format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Tsv,
    Csv,
    /// One JSON object a line
    Jsonl,
    Parquet,
}

impl Format {
    /// The extension of its files.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Tsv => "tsv",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// The format asked for, else that of the extension of the file, else TSV.
    pub(crate) fn of(asked: Option<Self>, output: Option<&Path>) -> Result<Self> {
        match (asked, output) {
            (Some(format), _) => Ok(format),
            (None, None) => Ok(Self::Tsv),
            (None, Some(path)) => format_of(path),
        }
    }
}

fn format_of(path: &Path) -> Result<Format> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("tsv" | "txt") | None => Ok(Format::Tsv),
        Some("csv") => Ok(Format::Csv),
        Some("jsonl" | "ndjson") => Ok(Format::Jsonl),
        Some("parquet") => Ok(Format::Parquet),
        Some(other) => {
            Err(usage(format!("--output {}: no format has the extension .{other}; give --format", path.display())))
        }
    }
}
