//! Output formats shared by all tables of results.

use std::path::Path;

use serde::Serialize;

use super::atomic_write::atomic_write;
use crate::error::EvalError;

/// A table of results that can be shown on a terminal and written as TSV and as JSON.
pub trait TableExport: Serialize {
    /// Name of the table in error messages, such as `metrics`.
    const NAME: &'static str;

    /// An aligned table for the terminal, followed by lines that explain its columns; TSV and JSON hold more digits.
    fn to_text(&self) -> String;

    /// The table as TSV with a header line; cells without a value are empty.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] if the formatter fails.
    fn to_tsv(&self) -> Result<String, EvalError>;

    /// The table as indented JSON with a final line break.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] if the formatter fails.
    fn to_json(&self) -> Result<String, EvalError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| EvalError::format(Self::NAME, error))?;
        Ok(text + "\n")
    }

    /// Writes the TSV; the file is replaced only once it is complete.
    ///
    /// # Errors
    ///
    /// As [`TableExport::to_tsv`]; [`EvalError::Write`] if the file cannot be written.
    fn write_tsv(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_tsv()?.as_bytes())
    }

    /// Writes the JSON; the file is replaced only once it is complete.
    ///
    /// # Errors
    ///
    /// As [`TableExport::to_json`]; [`EvalError::Write`] if the file cannot be written.
    fn write_json(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_json()?.as_bytes())
    }
}
