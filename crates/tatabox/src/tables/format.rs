//! Formats of tables.

use std::path::Path;

/// Format of a table.
///
/// ```
/// use tatabox::tables::TableFormat;
///
/// assert_eq!(TableFormat::default().extension(), "tsv");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TableFormat {
    /// Tab-separated values.
    #[default]
    Tsv,
    /// Comma-separated values.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// Apache parquet.
    Parquet,
}

impl TableFormat {
    /// Extension of the format's files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Tsv => "tsv",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// Format that the extension of a path names; TSV without an extension, `None` for an unknown one.
    ///
    /// ```
    /// use std::path::Path;
    /// use tatabox::tables::TableFormat;
    ///
    /// assert_eq!(TableFormat::of_path(Path::new("effects.parquet")), Some(TableFormat::Parquet));
    /// assert_eq!(TableFormat::of_path(Path::new("effects.xlsx")), None);
    /// ```
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("tsv" | "txt") | None => Some(Self::Tsv),
            Some("csv") => Some(Self::Csv),
            Some("jsonl" | "ndjson") => Some(Self::Jsonl),
            Some("parquet") => Some(Self::Parquet),
            Some(_) => None,
        }
    }
}
