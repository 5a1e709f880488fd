//! Problems in tables supplied by the user.

use std::io;

use polars::error::PolarsError;
use tatabox_sequence::FileKind;

use super::TableLocation;

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
    /// Compressed, packed or binary file in place of a table.
    #[error("is {kind}, which cannot be read here; {remedy}")]
    Unsupported {
        /// Kind of the file.
        kind: FileKind,
        /// Remedy, as a clause.
        remedy: String,
    },
    /// HDF5 file, such as AnnData.
    #[error(
        "is HDF5 (such as .h5ad, .loom or kallisto's abundance.h5); use kallisto's abundance.tsv, or save a matrix, genes by cell types: adata.to_df().T.to_csv(\"tpm.csv\")"
    )]
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
    /// Table of variants without a column of alleles.
    #[error("no column of alleles: found {}; expected the columns {}", quoted(found), layouts.join(", or "))]
    NoAlleleColumns {
        /// Column names found.
        found: Vec<String>,
        /// Columns of each layout.
        layouts: Vec<String>,
    },
    /// Table of variants that lacks a column of its layout of alleles.
    #[error(
        "alleles in the layout {layout} are incomplete: found {} without {}; add the columns, or name those that hold these values",
        quoted(present),
        quoted(missing)
    )]
    IncompleteAlleleColumns {
        /// Name of the layout.
        layout: String,
        /// Columns of the layout found.
        present: Vec<String>,
        /// Columns of the layout that are missing.
        missing: Vec<String>,
    },
    /// Table of variants with the columns of several layouts of alleles.
    #[error("the columns hold the alleles in several layouts ({}); state which of them to read", layouts.join(", "))]
    AmbiguousAlleleColumns {
        /// Names of the layouts.
        layouts: Vec<String>,
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
    /// Parquet column in a type that cannot be read.
    #[error(
        "column `{column}` is of type {found}; expected {expected}: cast it{}",
        if *expected == "text" { format!(", in pandas with df[\"{column}\"].astype(str)") }
        else if found == "text" { ", or remove it if it is not a cell type".to_owned() }
        else { format!(", in pandas with df[\"{column}\"].astype(\"float64\"), or remove it if it is not a cell type") }
    )]
    ColumnNotRead {
        /// Name of the column.
        column: String,
        /// Type of the column in the file.
        found: String,
        /// Required values: text or numbers.
        expected: &'static str,
    },
    /// Table whose columns all hold other values than expression.
    #[error(
        "no cell types: {} hold other values; expected a gene id column and one column of expression per cell type",
        quoted(left_out)
    )]
    NoCellTypes {
        /// Columns that are no cell types.
        left_out: Vec<String>,
    },
    /// Table without a column of genes.
    #[error(
        "no gene column: the first column `{first}` does not hold genes (row numbers?), and none of {} is called gene_id; rename the column of the genes to gene_id",
        quoted(found)
    )]
    NoGeneColumn {
        /// Name of the first column.
        first: String,
        /// Column names found.
        found: Vec<String>,
    },
    /// Cell types whose names state several units.
    #[error(
        "columns of several units: {}; state the scale of the columns to take, or keep one column per cell type",
        quoted(found)
    )]
    SeveralUnits {
        /// Columns that may be cell types.
        found: Vec<String>,
    },
    /// Header that lacks either the name of the first column or a separator at its end.
    #[error(
        "the header is one name shorter than the rows, which end in an empty cell: either the first column has no name, as R's write.table writes row names, or the rows end in a separator; write gene_id in front of `{first}` (and check the values of `{last}`)"
    )]
    HeaderOneShort {
        /// First name of the header.
        first: String,
        /// Last name of the header.
        last: String,
    },
    /// Quotation mark without its counterpart.
    #[error(
        "a quoted cell does not end where it should; close the quotation mark, or remove the line break or separator within it"
    )]
    UnclosedQuote,
    /// Second line of a GCT file that does not state its dimensions.
    #[error("GCT: expected {expected} whole numbers, those of rows and columns, in the second line, found `{line}`")]
    GctDimensions {
        /// Text of the line.
        line: String,
        /// Number of dimensions.
        expected: usize,
    },
    /// GCT file with another number of rows than it states.
    #[error("GCT: {found} rows, but line 2 states {stated}; the file may be incomplete: copy or download it again")]
    GctRows {
        /// Rows according to the second line.
        stated: usize,
        /// Rows found.
        found: usize,
    },
    /// GCT file with another number of columns than it states.
    #[error("GCT: {found} samples, but line 2 states {stated}; correct the line or the header")]
    GctColumns {
        /// Columns according to the second line.
        stated: usize,
        /// Columns found.
        found: usize,
    },
    /// Comma in a number that may separate thousands.
    #[error(
        "gene {gene_id}, column {column}: the comma in `{text}` is not clearly a decimal comma; save the numbers with a decimal point and without thousands separators"
    )]
    Comma {
        /// The gene.
        gene_id: String,
        /// The cell type.
        column: String,
        /// Text of the cell.
        text: String,
    },
    /// Table in which every comma may be a decimal comma or separate thousands.
    #[error(
        "gene {gene_id}, column {column}: the comma in `{text}` may be a decimal comma or separate thousands, and no other value shows which; save the numbers with a decimal point and without thousands separators"
    )]
    AmbiguousComma {
        /// The gene of the first such value.
        gene_id: String,
        /// Its cell type.
        column: String,
        /// Text of the cell.
        text: String,
    },
    /// Rows of transcripts in a matrix.
    #[error(
        "the rows are transcripts, such as `{transcript}`; sum TPM of the transcripts of each gene first (tximport), or use the quantifications of the samples (quant.sf, abundance.tsv), which are summed"
    )]
    TranscriptRows {
        /// A transcript.
        transcript: String,
    },
    /// Transcript quantification without genes.
    #[error("holds transcripts ({format}); the genes of the transcripts are needed to sum them")]
    TranscriptsWithoutGenes {
        /// Name of the format.
        format: String,
    },
    /// Transcript quantification of which no transcript is in the annotation.
    #[error(
        "no transcript, such as `{transcript}`, is in the annotation; use the annotation from which the index of {format} was built"
    )]
    TranscriptsNotInAnnotation {
        /// A transcript of the file.
        transcript: String,
        /// Name of the format.
        format: String,
    },
    /// Read counts that are not stated to be converted.
    #[error(
        "holds read counts ({format}), not TPM; state the scale counts to convert them to TPM by the length of each gene"
    )]
    CountsWithoutScale {
        /// Name of the format.
        format: String,
    },
    /// Read counts without gene lengths.
    #[error(
        "holds read counts without the lengths of the genes, by which they are converted to TPM; add a column `Length` (featureCounts), or prepare with an annotation whose exons give the lengths"
    )]
    CountsWithoutLengths,
    /// Read counts of which most genes have no length.
    #[error(
        "{without} of {total} genes have no length, so that their reads cannot be part of the million of TPM; use the annotation that the reads were counted with"
    )]
    FewLengths {
        /// Genes without a length.
        without: usize,
        /// Genes of the table.
        total: usize,
    },
    /// Scale that a format does not have.
    #[error("holds {found} ({format}); it cannot be read with the scale {scale}")]
    ScaleNotInFormat {
        /// Requested scale.
        scale: &'static str,
        /// Name of the format.
        format: String,
        /// Unit of the format.
        found: &'static str,
    },
    /// Strand of `ReadsPerGene.out.tab` that cannot be inferred.
    #[error(
        "STAR: the library is neither clearly unstranded nor stranded ({forward} reads on the strand of the genes, {reverse} on the other); keep the column of genes and one column of counts, with a header"
    )]
    UnclearStrand {
        /// Reads on the strand of their gene.
        forward: u64,
        /// Reads on the other strand.
        reverse: u64,
    },
    /// Name of a cell type for a file with several.
    #[error("has {found} cell types; a name is given to files of one sample")]
    NameForSeveralCellTypes {
        /// Cell types found.
        found: usize,
    },
    /// Negative value in a logarithmic table.
    #[error(
        "gene {gene_id}, column {column}: log2 value {value} is negative, so that the table does not hold log2(TPM + 1); undo its logarithm (log2(TPM + 0.001) of the UCSC Toil tables: 2^x - 0.001)"
    )]
    NegativeLog2 {
        /// The gene.
        gene_id: String,
        /// The cell type.
        column: String,
        /// Text of the value in the file.
        value: String,
    },
    /// Value that is too large for a logarithm.
    #[error(
        "values up to {max} in a table stated as log2(TPM + 1), which is at most 20; state the scale of the values"
    )]
    NotLog2 {
        /// Largest value.
        max: f64,
    },
    /// Two rows of one cell type in a table of cell types by genes.
    #[error("duplicate cell type `{name}`, first seen at {first}; keep one row per cell type")]
    DuplicateCellTypeRow {
        /// Name of the cell type.
        name: String,
        /// Location of the first row.
        first: TableLocation,
    },
    /// Two columns of one gene in a table of cell types by genes.
    #[error("duplicate gene {gene_id}: columns {first} and {second}; keep one column per gene")]
    DuplicateGeneColumn {
        /// Gene identifier without version.
        gene_id: String,
        /// Number of the first column, counted from 1.
        first: usize,
        /// Number of the second column, counted from 1.
        second: usize,
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
    /// Quantification of one sample whose cell type is not given.
    #[error("is a quantification of one sample ({format}) without a cell type; name the cell type of `{file}`")]
    SampleWithoutCellType {
        /// Name of the file.
        file: String,
        /// Name of the format.
        format: &'static str,
    },
    /// Table whose columns are named after units.
    #[error("column {} is a unit, not a cell type; name the cell type of `{file}`", quoted(columns))]
    UnitForCellType {
        /// Columns of values.
        columns: Vec<String>,
        /// Name of the file.
        file: String,
    },
    /// File in another format than the other replicates of its sample.
    #[error(
        "in {found} format, but the other replicates of {cell_type} are in {expected} format; give replicates of one format"
    )]
    ReplicateFormat {
        /// Name of the cell type.
        cell_type: String,
        /// Format of the file.
        found: &'static str,
        /// Format of the first replicate.
        expected: &'static str,
    },
    /// Name of a cell type for a table whose cell types have names.
    #[error("is a table with names of cell types ({format}); give it without a name")]
    NameForTable {
        /// Name of the format.
        format: &'static str,
    },
    /// Long table with several columns that could hold the cell types.
    #[error(
        "several columns may hold the cell types: {}; keep one of them, with one row per gene and cell type",
        quoted(found)
    )]
    SeveralSampleColumns {
        /// Columns found.
        found: Vec<String>,
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
    /// Quantification without a gene.
    #[error(
        "no row is a gene: all are spike-ins or copies on chromosome Y; expected identifiers or symbols of genes in the column gene_id"
    )]
    NoGenes,
    /// Second value for one gene in one cell line of a long table.
    #[error("gene {gene_id}: second row for cell line {cell_line}; keep one row per gene and cell line")]
    DuplicateMeasurement {
        /// The gene.
        gene_id: String,
        /// Name of the cell line in the file.
        cell_line: String,
    },
    /// Gene on two rows.
    #[error("duplicate gene {gene_id}, first seen at {first}; {}", duplicate_remedy(gene_id))]
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
    /// Name on two rows of a list.
    #[error("`{name}` is listed twice; keep one row")]
    ListedTwice {
        /// The name.
        name: String,
    },
    /// Fold numbers that do not count from 0 or 1 without gaps.
    #[error("folds {} found; number the folds from 0 or from 1, without gaps", found.join(", "))]
    FoldNumbers {
        /// Numbers found, in ascending order.
        found: Vec<String>,
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
    /// Problem in a table of an assay.
    #[error(transparent)]
    Assay(crate::assay::AssayProblem),
    /// File extension without an associated format.
    #[error("unknown extension; expected {expected}")]
    UnknownExtension {
        /// Supported extensions.
        expected: &'static str,
    },
}

/// Remedy for a gene on two rows.
fn duplicate_remedy(gene_id: &str) -> &'static str {
    if tatabox_sequence::is_spreadsheet_date(gene_id) {
        "a spreadsheet has turned gene names into dates or numbers: take the original table, or restore the names, such as SEPTIN2 for 2-Sep"
    } else {
        "keep one row per gene (identifier versions are ignored)"
    }
}

/// Names in backticks; at most eight are listed.
fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 8;
    const SHOWN_LETTERS: usize = 60;
    let shortened = |name: &String| match name.char_indices().nth(SHOWN_LETTERS) {
        Some((end, _)) => format!("`{}...`", &name[..end]),
        None => format!("`{name}`"),
    };
    let text = names.iter().take(SHOWN).map(shortened).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_lists_at_most_eight_names() {
        let names: Vec<String> = (0..10).map(|i| format!("c{i}")).collect();
        assert!(quoted(&names).ends_with("`c7` and 2 more"));
        assert_eq!(quoted(&["x".repeat(1_000)]), format!("`{}...`", "x".repeat(60)));
    }
}
