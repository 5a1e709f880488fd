//! Problems in the tables of an assay.

use crate::io::table_error::TableLocation;

/// Problem in a table of an assay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssayProblem {
    /// Table without a column of sequences under a known name.
    #[error(
        "no column `sequence` or `seq`: found {}; name the column of sequences, such as sequence=insert",
        list(found)
    )]
    NoSequenceColumn {
        /// Column names found.
        found: Vec<String>,
    },
    /// FASTA file in place of a table.
    #[error("is FASTA, which holds no values; add the table of values: NAME=SEQUENCES,VALUES,...")]
    FastaWithoutValues,
    /// Table without a column of numbers.
    #[error("no column of numbers: found {}; name the column of values, such as values=activity", list(found))]
    NoColumnOfNumbers {
        /// Column names found.
        found: Vec<String>,
    },
    /// Several columns that may hold the values.
    #[error("several columns of numbers: {}; name those that are measurements, such as values={}", list(found), found[0])]
    SeveralColumnsOfNumbers {
        /// Columns of numbers.
        found: Vec<String>,
    },
    /// Text in place of a number.
    #[error("row {id}, column {column}: `{text}` is not a finite number; use an empty cell for a missing value")]
    NotANumber {
        /// Identifier of the row.
        id: String,
        /// Name of the column.
        column: String,
        /// Text of the cell.
        text: String,
    },
    /// Negative value on a linear scale.
    #[error(
        "row {id}, column {column}: {text} is negative on the linear scale {scale}; state scale=log2 if the values are logarithms to base 2"
    )]
    Negative {
        /// Identifier of the row.
        id: String,
        /// Name of the column.
        column: String,
        /// Text of the cell.
        text: String,
        /// Stated scale.
        scale: &'static str,
    },
    /// Value that no logarithm of a measurement has.
    #[error(
        "row {id}, column {column}: {text} is not a logarithm to base 2 of an activity, which is within -64 and 64; state scale=tpm or scale=counts for linear values"
    )]
    NotLog2 {
        /// Identifier of the row.
        id: String,
        /// Name of the column.
        column: String,
        /// Text of the cell.
        text: String,
    },
    /// Identifier that several indistinguishable rows share.
    #[error(
        "duplicate identifier `{id}`, first seen at {first}; keep one row per identifier, or name a column of unique identifiers, such as id=region"
    )]
    DuplicateId {
        /// The identifier.
        id: String,
        /// Location of the first row.
        first: TableLocation,
    },
}

/// Names in backticks; at most twelve are listed.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
