//! Errors of scoring, of tests between models and of writing their tables.

use std::path::{Path, PathBuf};

use tatabox_dataset::{PredictionTable, Split};
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvalError {
    /// The prediction table has no row in the requested splits.
    #[error(
        "no predictions in split `{requested}`; the table has {available}. Predict that split or evaluate another one"
    )]
    NoRows {
        /// The requested split or splits.
        requested: String,
        /// Number of rows of each split.
        available: String,
    },
    /// The prediction table does not contain the reference model.
    #[error("no model `{model}` in the prediction table, so it cannot be the reference; available: {available}")]
    UnknownReference {
        /// The requested reference.
        model: String,
        /// The models in the table.
        available: String,
    },
    /// Two models have different measured values for the same gene and cell type.
    #[error(
        "measured log2(TPM + 1) of gene {gene_id} in {cell_type} is {} for model `{}` and {} for `{}`; \
models can only be compared on the same data: predict with both from one data set",
        measured[0], models[0], measured[1], models[1]
    )]
    MeasuredDiffer {
        /// The first such gene.
        gene_id: String,
        /// The cell type.
        cell_type: String,
        /// The two models.
        models: [String; 2],
        /// Measured log2(TPM + 1) of each.
        measured: [f64; 2],
    },
    /// No replicate column matches a scored cell type.
    #[error(
        "no replicate for any scored cell type ({cell_types}); {origin} has: {replicates}. Name its columns after the cell types"
    )]
    NoReplicate {
        /// The scored cell types.
        cell_types: String,
        /// Source of the replicates.
        origin: String,
        /// The columns of the replicate table.
        replicates: String,
    },
    /// The limits between strata are not finite and ascending.
    #[error("limits between strata must be finite and ascending, got {edges}")]
    InvalidStrata {
        /// The limits, comma-separated.
        edges: String,
    },
    /// The prediction table is not valid.
    #[error(transparent)]
    Table(#[from] tatabox_dataset::DatasetError),
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause given by the system.
        source: std::io::Error,
    },
    /// A table could not be formatted.
    #[error("cannot format the table of {table}: {reason}")]
    Format {
        /// Name of the table.
        table: String,
        /// The cause given by the formatter.
        reason: String,
    },
}

impl EvalError {
    /// The error of a table without rows in the requested splits.
    pub(crate) fn no_rows(table: &PredictionTable, requested: &[Split]) -> Self {
        let count = |split: Split| table.rows.iter().filter(|row| row.split == split).count();
        let counts = Split::ALL.map(|split| format!("{} rows of {split}", count(split)));
        let requested: Vec<&str> = requested.iter().map(|split| split.as_str()).collect();
        Self::NoRows { requested: requested.join(", "), available: counts.join(", ") }
    }

    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(crate) fn format(table: &str, reason: impl std::fmt::Display) -> Self {
        Self::Format { table: table.to_owned(), reason: reason.to_string() }
    }
}
