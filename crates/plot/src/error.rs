//! Errors of drawing and of writing figures and reports.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The metrics or the prediction table have no row to draw.
    #[error("no predictions in split `{requested}`: {available}")]
    NoRows {
        /// The requested split, or `any`.
        requested: String,
        /// Reason, with the rows that the inputs contain.
        available: String,
    },
    /// The metrics do not contain the model to draw.
    #[error("no model `{model}` in the metrics; they have: {available}")]
    UnknownModel {
        /// The requested model.
        model: String,
        /// The models in the metrics.
        available: String,
    },
    /// The parts of an explanation do not fit together.
    #[error("the explanation of {title} cannot be drawn: {reason}")]
    InvalidExplanation {
        /// Gene or promoter.
        title: String,
        /// What does not fit.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause given by the system.
        source: std::io::Error,
    },
    /// A table or report could not be formatted.
    #[error("cannot format {table}: {reason}")]
    Format {
        /// The table or report.
        table: String,
        /// The cause given by the formatter.
        reason: String,
    },
    /// The drawing backend failed.
    #[error("cannot draw: {reason}")]
    Drawing {
        /// The cause given by the drawing backend.
        reason: String,
    },
    /// An SVG could not be converted to PNG.
    #[error("cannot convert the SVG to PNG: {reason}")]
    Raster {
        /// The cause given by the rasteriser.
        reason: String,
    },
}

impl PlotError {
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(crate) fn format(table: &str, reason: impl std::fmt::Display) -> Self {
        Self::Format { table: table.to_owned(), reason: reason.to_string() }
    }
}
