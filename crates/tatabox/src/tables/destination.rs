//! Where results are written.

use std::path::{Path, PathBuf};

use super::{Sink, TableFormat};
use crate::error::Result;

/// Standard output, or a file that appears once it is complete.
///
/// ```
/// use tatabox::tables::Destination;
///
/// assert_eq!(Destination::from(None), Destination::Stdout);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// Standard output of the process.
    #[default]
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Destination {
    /// Opens the destination.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn open(&self) -> Result<Sink> {
        Sink::create(self.path())
    }

    /// Path of the file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) => Some(path),
        }
    }
}

impl From<Option<PathBuf>> for Destination {
    fn from(path: Option<PathBuf>) -> Self {
        path.map_or(Self::Stdout, Self::File)
    }
}

/// Destination and format of a table.
///
/// ```
/// use tatabox::tables::{TableFormat, TableOutput};
///
/// let output = TableOutput::to_file("effects.parquet");
/// assert_eq!(output.format, TableFormat::Parquet);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOutput {
    /// Where the table is written.
    pub destination: Destination,
    /// Its format.
    pub format: TableFormat,
}

impl TableOutput {
    /// A file whose extension names the format; TSV for any other extension.
    pub fn to_file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { format: TableFormat::of_path(&path).unwrap_or_default(), destination: Destination::File(path) }
    }
}
