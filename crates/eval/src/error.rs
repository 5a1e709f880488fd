//! What can go wrong while scoring and drawing.

use std::path::{Path, PathBuf};

use tatabox_dataset::{PredictionTable, Split};
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvalError {
    /// The table has no row to score.
    #[error(
        "no predictions in split `{requested}`; the table has: {available}. Predict that split, or evaluate one that is there"
    )]
    NoRows {
        /// The split or splits asked for.
        requested: String,
        /// What the table holds instead.
        available: String,
    },
    /// The model to compare the others with is not in the prediction table.
    #[error("no model `{model}` in the prediction table to compare the others with; it has: {available}")]
    UnknownReference {
        /// The name asked for.
        model: String,
        /// The names there are.
        available: String,
    },
    /// Two models do not have the same measured value of a gene.
    #[error(
        "measured log2(TPM + 1) of gene {gene_id} in {cell_type} is {} for model `{}` and {} for `{}`; \
         models can be compared on the same data only, predict with both from one data set",
        measured[0], models[0], measured[1], models[1]
    )]
    MeasuredDiffer {
        /// The first such gene.
        gene_id: String,
        /// The cell type.
        cell_type: String,
        /// The models.
        models: [String; 2],
        /// The value that each has.
        measured: [f64; 2],
    },
    /// No replicate has the name of a cell type that is scored.
    #[error(
        "no replicate for any scored cell type ({cell_types}); {origin} has: {replicates}. Name its columns after the cell types"
    )]
    NoReplicate {
        /// The cell types that are scored.
        cell_types: String,
        /// Where the replicates come from.
        origin: String,
        /// The columns there are.
        replicates: String,
    },
    /// The limits between strata are not ascending numbers.
    #[error("limits between strata must be finite and ascend, got {edges}")]
    InvalidStrata {
        /// The limits given.
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
    /// A table could not be put into words.
    #[error("cannot format the table of {table}: {reason}")]
    Format {
        /// What was being formatted.
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
