//! First two lines of a GCT file: version and dimensions.
//!
//! # Source
//!
//! GenePattern, <https://www.genepattern.org/file-formats-guide>, and cmapR for version 1.3. Version 1.2 states the
//! numbers of rows and columns, version 1.3 also those of the metadata columns and metadata rows.

use std::path::Path;

use crate::io::table_error::{TableError, TableLocation, TableProblem};

/// Numbers of rows and columns of a GCT file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GctDimensions {
    /// Data rows.
    pub(crate) rows: usize,
    /// Data columns.
    pub(crate) columns: usize,
    /// Columns of row metadata after the identifier: in version 1.2 the description.
    pub(crate) metadata_columns: usize,
    /// Rows of column metadata between the header and the data.
    pub(crate) metadata_rows: usize,
}

impl GctDimensions {
    /// Whether a line is the version of a GCT file.
    pub(super) fn is_version(line: &[u8]) -> bool {
        matches!(line.trim_ascii(), b"#1.2" | b"#1.3")
    }

    /// Reads the line of dimensions, which follows the version.
    pub(super) fn read(path: &Path, version: &[u8], line: &[u8], number: u64) -> Result<Self, TableError> {
        let text = String::from_utf8_lossy(line);
        let numbers: Option<Vec<usize>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
        let is_first_version = version.trim_ascii() == b"#1.2";
        match (numbers.as_deref(), is_first_version) {
            (Some(&[rows, columns]), true) => Ok(Self { rows, columns, metadata_columns: 1, metadata_rows: 0 }),
            (Some(&[rows, columns, metadata_columns, metadata_rows]), false) => {
                Ok(Self { rows, columns, metadata_columns, metadata_rows })
            }
            _ => {
                let expected = if is_first_version { 2 } else { 4 };
                let problem = TableProblem::GctDimensions { line: text.trim().chars().take(60).collect(), expected };
                Err(TableError::at(path, TableLocation::Line(number), problem))
            }
        }
    }
}
