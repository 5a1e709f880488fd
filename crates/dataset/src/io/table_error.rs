//! Errors in tables supplied by the user, with their location in the file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use polars::error::PolarsError;

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

/// Problem in a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableProblem {
    /// Failure to open the file.
    #[error("cannot be opened ({0}); check the path and its permissions")]
    Open(io::Error),
    /// Failure to write the file.
    #[error("cannot be written ({0}); check the folder, its permissions and the free space")]
    Write(io::Error),
    /// Read error within the file, such as a truncated gzip stream.
    #[error("cannot be read completely ({0}); the file is damaged or truncated: copy or download it again")]
    Damaged(String),
    /// Text that is not UTF-8, as in spreadsheets and UTF-16 files.
    #[error("is not UTF-8 text; save the table as tab-separated text (UTF-8)")]
    NotText,
    /// Error of the parquet reader or writer.
    #[error("parquet: {0}")]
    Parquet(PolarsError),
    /// HDF5 file, such as AnnData.
    #[error("is HDF5 (such as .h5ad); save it as a matrix, genes by cell types: adata.to_df().T.to_csv(\"tpm.csv\")")]
    Hdf5,
    /// Archive with no file or with several files.
    #[error("zip: contains {}; expected one table; unpack the archive and use the table", if found.is_empty() { "no file".to_owned() } else { quoted(found) })]
    ZipMembers {
        /// Files in the archive.
        found: Vec<String>,
    },
    /// Archive that is encrypted or uses a compression method other than deflate.
    #[error("zip: the table is {method}; unpack the archive and use the table")]
    ZipMethod {
        /// Compression method.
        method: String,
    },
    /// Empty file, or a file of blank lines.
    #[error("is empty; expected a header line and at least one row")]
    Empty,
    /// Table with a header but no rows.
    #[error("has a header but no rows")]
    NoRows,
    /// First line with values in place of column names.
    #[error(
        "no header: the first line reads `{first_line}`; expected column names such as `gene_id`, `K562`; add a header line"
    )]
    NoHeader {
        /// Text of the first line, shortened.
        first_line: String,
    },
    /// Column without a name.
    #[error("column {column} has no name; name every column")]
    UnnamedColumn {
        /// Column number, counted from 1.
        column: usize,
    },
    /// Table without a column that could be a cell type.
    #[error(
        "no numeric columns: found {}; expected a gene id column and one column of TPM per cell type, separated by tabs or commas",
        quoted(columns)
    )]
    NoNumericColumns {
        /// Column names found.
        columns: Vec<String>,
    },
    /// Missing required column.
    #[error("no column `{name}`: found {}; expected {}", quoted(found), quoted(expected))]
    MissingColumn {
        /// Name of the missing column.
        name: String,
        /// Column names found.
        found: Vec<String>,
        /// Columns of this kind of table.
        expected: Vec<String>,
    },
    /// Parquet column of the wrong type.
    #[error("column `{column}` is of type {found}; expected {expected}")]
    ColumnType {
        /// Name of the column.
        column: String,
        /// Type of the column in the file.
        found: String,
        /// Required type.
        expected: &'static str,
    },
    /// Two columns for one cell type.
    #[error("duplicate cell type `{name}`: columns {first} and {second} have the same name; remove or rename one")]
    DuplicateCellType {
        /// Name of the cell type.
        name: String,
        /// Number of the first column, counted from 1.
        first: usize,
        /// Number of the second column, counted from 1.
        second: usize,
    },
    /// Two columns of the same name in a table whose columns are not cell types.
    #[error("duplicate column `{name}`; remove or rename one")]
    DuplicateColumn {
        /// Name of both columns.
        name: String,
    },
    /// Row with too few or too many cells.
    #[error("{found} cells where the header has {expected}; check for a missing or extra separator")]
    RaggedRow {
        /// Cells in the header.
        expected: u64,
        /// Cells in the row.
        found: u64,
    },
    /// File whose layout differs from the requested format.
    #[error(
        "not in {format} format: found {}; expected {expected}; omit the format to have it recognised",
        quoted(found)
    )]
    LayoutMismatch {
        /// Requested format.
        format: &'static str,
        /// Column names found.
        found: Vec<String>,
        /// Columns of the requested format.
        expected: &'static str,
    },
    /// RSEM quantification of one sample whose cell type is not given.
    #[error("is a gene quantification of one sample (RSEM) without a cell type; name the cell type of `{file}`")]
    SampleWithoutCellType {
        /// Name of the file.
        file: String,
    },
    /// Unit that the release does not provide.
    #[error("no values in {unit}: found {}; choose one of these units", quoted(found))]
    UnitNotFound {
        /// Requested unit.
        unit: &'static str,
        /// Units found.
        found: Vec<String>,
    },
    /// Read counts in place of RPKM.
    #[error("every value is an integer, as in a table of read counts; use the table of RPKM (57epigenomes.RPKM.pc.gz)")]
    ReadCounts,
    /// Quantification without an Ensembl gene.
    #[error("no row has an Ensembl gene identifier; expected `ENSG...` in the column gene_id")]
    NoEnsemblGenes,
    /// Second value for one gene in one cell line of a long table.
    #[error("gene {gene_id}: second row for cell line {cell_line}; keep one row per gene and cell line")]
    DuplicateMeasurement {
        /// The gene.
        gene_id: String,
        /// Name of the cell line in the file.
        cell_line: String,
    },
    /// Gene on two rows.
    #[error("duplicate gene {gene_id}, first seen at {first}; keep one row per gene (identifier versions are ignored)")]
    DuplicateGene {
        /// Gene identifier without version.
        gene_id: String,
        /// Location of the first row.
        first: TableLocation,
    },
    /// Empty cell in a required column.
    #[error("empty `{column}`; every row requires a value")]
    EmptyCell {
        /// Name of the column.
        column: String,
    },
    /// Negative TPM.
    #[error(
        "gene {gene_id}, column {column}: TPM {value} is negative; expected linear TPM, so undo the logarithm of a table in log scale"
    )]
    NegativeTpm {
        /// The gene.
        gene_id: String,
        /// The cell type.
        column: String,
        /// Text of the value in the file.
        value: String,
    },
    /// Text in place of a number.
    #[error("gene {gene_id}, column {column}: `{text}` is not a number; {remedy}")]
    NotANumber {
        /// The gene.
        gene_id: String,
        /// Name of the column.
        column: String,
        /// Text of the cell.
        text: String,
        /// Remedy, as a clause.
        remedy: &'static str,
    },
    /// NaN or infinity in place of a finite number.
    #[error("gene {gene_id}, column {column}: `{text}` is not a finite number; {remedy}")]
    NotFinite {
        /// The gene.
        gene_id: String,
        /// Name of the column.
        column: String,
        /// Text of the value in the file.
        text: String,
        /// Remedy, as a clause.
        remedy: &'static str,
    },
    /// Unknown split name.
    #[error("unknown split `{split}`; expected train, validation or test")]
    UnknownSplit {
        /// Text found.
        split: String,
    },
    /// Value outside its valid range.
    #[error("column {column}: `{text}` found; expected {expected}")]
    OutOfRange {
        /// Name of the column.
        column: String,
        /// Text of the value in the file.
        text: String,
        /// Valid values.
        expected: &'static str,
    },
    /// Second prediction for one gene by one model in one cell type.
    #[error(
        "duplicate prediction: gene {gene_id}, cell type {cell_type}, model {model}, first seen at {first}; keep one row"
    )]
    DuplicatePrediction {
        /// The gene.
        gene_id: String,
        /// The cell type.
        cell_type: String,
        /// The model.
        model: String,
        /// Location of the first prediction.
        first: TableLocation,
    },
    /// File extension without an associated format.
    #[error("unknown extension; expected {expected}")]
    UnknownExtension {
        /// Supported extensions.
        expected: &'static str,
    },
}

/// Names in backticks; at most eight are listed.
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
    fn table_error_message_names_file_line_and_problem() {
        let problem = TableProblem::RaggedRow { expected: 3, found: 2 };
        let error = TableError::at(Path::new("a.tsv"), TableLocation::Line(7), problem);
        assert_eq!(
            error.to_string(),
            "a.tsv, line 7: 2 cells where the header has 3; check for a missing or extra separator"
        );
    }

    #[test]
    fn quoted_lists_at_most_eight_names() {
        let names: Vec<String> = (0..10).map(|i| format!("c{i}")).collect();
        assert!(quoted(&names).ends_with("`c7` and 2 more"));
    }
}
