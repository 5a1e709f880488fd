//! Errors in tables supplied by the user, with their location in the file.

mod table_problem;

use std::fmt;
use std::path::{Path, PathBuf};

pub use table_problem::TableProblem;

/// Problem at a location in a table file.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", path.display(), location.after_path())]
pub struct TableError {
    /// Path as given by the user.
    pub path: PathBuf,
    /// Location in the file.
    pub location: TableLocation,
    /// The problem; boxed to keep the error small.
    pub problem: Box<TableProblem>,
}

impl TableError {
    pub(crate) fn in_file(path: &Path, problem: TableProblem) -> Self {
        Self { path: path.to_owned(), location: TableLocation::File, problem: Box::new(problem) }
    }

    pub(crate) fn at(path: &Path, location: TableLocation, problem: TableProblem) -> Self {
        Self { path: path.to_owned(), location, problem: Box::new(problem) }
    }
}

/// Location of a problem in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableLocation {
    /// The entire file.
    File,
    /// Line of a text file, counted from 1.
    Line(u64),
    /// Row of a parquet file or of a table in memory, counted from 1.
    Row(u64),
}

impl TableLocation {
    fn after_path(self) -> String {
        if self == Self::File { String::new() } else { format!(", {self}") }
    }
}

impl fmt::Display for TableLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_error_message_names_file_line_and_problem() {
        let problem = TableProblem::RaggedRow { expected: 3, found: 2 };
        let error = TableError::at(Path::new("a.tsv"), TableLocation::Line(7), problem);
        assert_eq!(
            error.to_string(),
            "a.tsv, line 7: 2 cells where the header has 3; check for a missing or extra separator"
        );
    }
}
