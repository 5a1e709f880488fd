//! What can be wrong with a table that somebody hands over, and where in the file it is.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use polars::error::PolarsError;

/// A problem at a place in a table file.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", path.display(), location.after_path())]
pub struct TableError {
    /// The file as it was given.
    pub path: PathBuf,
    /// Where in the file.
    pub location: TableLocation,
    /// What is wrong there; boxed, since an error should be cheap to hand on.
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

/// Where in a table a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableLocation {
    /// The file as a whole.
    File,
    /// A line of a text file, counted from 1 as editors do.
    Line(u64),
    /// A row of parquet or of a table in memory, counted from 1.
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

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableProblem {
    /// The file cannot be opened.
    #[error("cannot be opened ({0}); check the path and its permissions")]
    Open(io::Error),
    /// The file cannot be written.
    #[error("cannot be written ({0}); check the folder, its permissions and the free space")]
    Write(io::Error),
    /// Reading stops in the middle, as it does for a gzip file that was cut off.
    #[error("cannot be read to its end ({0}); the file is damaged or cut off, copy or download it again")]
    Damaged(String),
    /// Bytes that are not UTF-8, as in spreadsheets and UTF-16 text.
    #[error("is not UTF-8 text; save the table as tab-separated text (UTF-8)")]
    NotText,
    /// Parquet that polars refuses.
    #[error("parquet: {0}")]
    Parquet(PolarsError),
    /// A file of AnnData and the like.
    #[error(
        "is HDF5, as .h5ad files are; save it as a matrix, genes by cell types: adata.to_df().T.to_csv(\"tpm.csv\")"
    )]
    Hdf5,
    /// An archive with none or several files.
    #[error("zip: holds {}; expected one table; unpack it and give the table itself", if found.is_empty() { "no file".to_owned() } else { quoted(found) })]
    ZipMembers {
        /// The files found.
        found: Vec<String>,
    },
    /// An archive that needs a password or another method than deflate.
    #[error("zip: the table is {method}; unpack it and give the table itself")]
    ZipMethod {
        /// How it is packed.
        method: String,
    },
    /// No bytes, or nothing but blank lines.
    #[error("is empty; a header line and at least one row are expected")]
    Empty,
    /// A header and nothing after it.
    #[error("has a header and no rows")]
    NoRows,
    /// The first line holds values where names belong.
    #[error(
        "no header: the first line reads `{first_line}`; expected column names such as `gene_id`, `K562`; add a header line"
    )]
    NoHeader {
        /// The line found there, shortened.
        first_line: String,
    },
    /// A column without a name.
    #[error("column {column} has no name; name every column")]
    UnnamedColumn {
        /// Counted from 1.
        column: usize,
    },
    /// No column that could be a cell type.
    #[error(
        "no numeric columns: found {}; expected a gene id column and one column of TPM a cell type, separated by tabs or commas",
        quoted(columns)
    )]
    NoNumericColumns {
        /// The column names found.
        columns: Vec<String>,
    },
    /// A column that the table must have.
    #[error("no column `{name}`: found {}; expected {}", quoted(found), quoted(expected))]
    MissingColumn {
        /// The absent column.
        name: String,
        /// The columns found.
        found: Vec<String>,
        /// The columns a table of this kind has.
        expected: Vec<String>,
    },
    /// A column of the wrong kind in parquet.
    #[error("column `{column}` is of type {found}; expected {expected}")]
    ColumnType {
        /// Its name.
        column: String,
        /// Its type in the file.
        found: String,
        /// The type it should have.
        expected: &'static str,
    },
    /// Two columns of one name.
    #[error("duplicate cell type `{name}`: columns {first} and {second} have the same name; remove or rename one")]
    DuplicateCellType {
        /// The shared name.
        name: String,
        /// First column of that name, counted from 1.
        first: usize,
        /// Second column of that name, counted from 1.
        second: usize,
    },
    /// Two columns of one name, where columns are not cell types.
    #[error("duplicate column `{name}`; remove or rename one")]
    DuplicateColumn {
        /// The shared name.
        name: String,
    },
    /// A row with too few or too many cells.
    #[error("{found} cells where the header has {expected}; check for a missing or extra separator")]
    RaggedRow {
        /// Cells in the header.
        expected: u64,
        /// Cells in the row.
        found: u64,
    },
    /// A file that is not laid out as it was said to be.
    #[error(
        "not laid out as {format}: found {}; expected {expected}; leave the format out to have it recognised",
        quoted(found)
    )]
    LayoutMismatch {
        /// The format asked for.
        format: &'static str,
        /// The columns found.
        found: Vec<String>,
        /// The columns of that format.
        expected: &'static str,
    },
    /// The quantification of one sample, where nothing tells of which cell type.
    #[error("is a gene quantification of one sample (RSEM) without a cell type; name the cell type of `{file}`")]
    SampleWithoutCellType {
        /// Name of the file.
        file: String,
    },
    /// A unit that the release does not have.
    #[error("no values in {unit}: found {}; choose one of these units", quoted(found))]
    UnitNotFound {
        /// The unit asked for.
        unit: &'static str,
        /// The units found.
        found: Vec<String>,
    },
    /// Counts where RPKM are expected.
    #[error(
        "every value is a whole number, as in a table of read counts; take the table of RPKM (57epigenomes.RPKM.pc.gz)"
    )]
    ReadCounts,
    /// A quantification without a gene that could be in a data set.
    #[error("no row has an Ensembl gene identifier; expected `ENSG...` in the column gene_id")]
    NoEnsemblGenes,
    /// A gene twice in one cell line of a long table.
    #[error("gene {gene_id}: a second row of cell line {cell_line}; keep one row a gene and cell line")]
    DuplicateMeasurement {
        /// The gene.
        gene_id: String,
        /// The cell line as the file names it.
        cell_line: String,
    },
    /// A gene on two rows.
    #[error("duplicate gene {gene_id}, first seen at {first}; keep one row a gene (version suffixes do not count)")]
    DuplicateGene {
        /// The gene, without version.
        gene_id: String,
        /// Where the gene was seen first.
        first: TableLocation,
    },
    /// An empty cell where something is required.
    #[error("empty `{column}`; every row needs one")]
    EmptyCell {
        /// The column.
        column: String,
    },
    /// TPM below zero.
    #[error(
        "gene {gene_id}, column {column}: TPM {value} is negative; linear TPM is expected, so undo the logarithm if the table is in log scale"
    )]
    NegativeTpm {
        /// The gene.
        gene_id: String,
        /// The cell type.
        column: String,
        /// The value as it stands in the file.
        value: String,
    },
    /// Text where a number belongs.
    #[error("gene {gene_id}, column {column}: `{text}` is not a number; {remedy}")]
    NotANumber {
        /// The gene.
        gene_id: String,
        /// The column.
        column: String,
        /// The cell.
        text: String,
        /// What to do next.
        remedy: &'static str,
    },
    /// NaN or an infinity where a finite number belongs.
    #[error("gene {gene_id}, column {column}: `{text}` is not a finite number; {remedy}")]
    NotFinite {
        /// The gene.
        gene_id: String,
        /// The column.
        column: String,
        /// The value as it stands in the file.
        text: String,
        /// What to do next.
        remedy: &'static str,
    },
    /// A split name that does not exist.
    #[error("unknown split `{split}`; expected train, validation or test")]
    UnknownSplit {
        /// The name found.
        split: String,
    },
    /// A value out of its range.
    #[error("column {column}: `{text}` found; expected {expected}")]
    OutOfRange {
        /// The column.
        column: String,
        /// The value as it stands in the file.
        text: String,
        /// The values allowed.
        expected: &'static str,
    },
    /// One gene twice for the same model and cell type.
    #[error(
        "duplicate prediction: gene {gene_id}, cell type {cell_type}, model {model} was seen before at {first}; keep one row"
    )]
    DuplicatePrediction {
        /// The gene.
        gene_id: String,
        /// The cell type.
        cell_type: String,
        /// The model.
        model: String,
        /// Where it was seen first.
        first: TableLocation,
    },
    /// An extension that names no format.
    #[error("unknown extension; expected {expected}")]
    UnknownExtension {
        /// The extensions known.
        expected: &'static str,
    },
}

/// Names in backticks, the first eight of them.
fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_file_line_and_problem() {
        let problem = TableProblem::RaggedRow { expected: 3, found: 2 };
        let error = TableError::at(Path::new("a.tsv"), TableLocation::Line(7), problem);
        assert_eq!(
            error.to_string(),
            "a.tsv, line 7: 2 cells where the header has 3; check for a missing or extra separator"
        );
    }

    #[test]
    fn long_lists_of_names_are_shortened() {
        let names: Vec<String> = (0..10).map(|i| format!("c{i}")).collect();
        assert!(quoted(&names).ends_with("`c7` and 2 more"));
    }
}
