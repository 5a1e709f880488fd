//! Errors of preparing, opening and writing data sets.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use tatabox_sequence::counted;

use crate::io::table_error::TableError;

/// Result of this crate.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;

/// Error of this crate, with its cause, its location and, where one exists, the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// Failure to read, create, write or rename a file or folder.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Attempted action as a verb, such as "read" or "create".
        action: &'static str,
        /// Error of the operating system.
        source: std::io::Error,
    },

    /// Input file that another program changed during the preparation.
    #[error("{}: changed while it was read; wait until it is complete and prepare again", path.display())]
    InputChanged {
        /// The file.
        path: PathBuf,
    },

    /// Unusable sequence, genome or annotation file.
    #[error(transparent)]
    Sequence(#[from] tatabox_sequence::SequenceError),

    /// JSON file with unexpected content.
    #[error("{}: unexpected JSON content: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Error of the JSON parser, with line and column.
        source: serde_json::Error,
    },

    /// Folder that is not a prepared data set.
    #[error("{}: not a prepared data set: {missing} is missing; prepare a data set first or give another folder", path.display())]
    NotADataset {
        /// The folder.
        path: PathBuf,
        /// Missing file.
        missing: &'static str,
    },

    /// File in an unsupported version of its format.
    #[error("{}: format version {found}, but this program reads version {expected}; prepare the data set again", path.display())]
    FormatVersion {
        /// The file.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Supported version.
        expected: u32,
    },

    /// Audit in an unsupported version of its format.
    #[error("{}: audit of format version {found}, but this program reads version {expected}; repeat the audit", path.display())]
    AuditVersion {
        /// The file.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Supported version.
        expected: u32,
    },

    /// Inconsistency within a file of a prepared data set, or between its files.
    #[error("{}: damaged: {detail}; prepare the data set again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Description of the inconsistency.
        detail: String,
    },

    /// Gene name or identifier that the data set lacks.
    #[error("no gene {query:?} in the data set{}", did_you_mean(suggestions))]
    UnknownGene {
        /// Requested name or identifier.
        query: String,
        /// Most similar names, best first; may be empty.
        suggestions: Vec<String>,
    },

    /// Gene name that several genes share.
    #[error("{query:?} is the name of several genes: {}; use the gene_id", gene_ids.join(", "))]
    AmbiguousGene {
        /// Requested name.
        query: String,
        /// Identifiers of the genes with this name.
        gene_ids: Vec<String>,
    },

    /// Invalid table supplied by the user.
    #[error(transparent)]
    Table(#[from] TableError),

    /// Cell type that occurs in two tables without a rule that resolves the duplicate.
    #[error(
        "cell type `{name}` is in both {first} and {second}; use the first table or the mean of both, or remove it from one"
    )]
    CellTypeInTwoTables {
        /// The cell type.
        name: String,
        /// First table.
        first: String,
        /// Second table.
        second: String,
    },

    /// Unknown cell type.
    #[error("unknown cell type `{name}`{} Known: {}", suggestion.as_ref().map_or(".".to_owned(), |near| format!("; did you mean `{near}`?")), known.join(", "))]
    UnknownCellType {
        /// Requested name.
        name: String,
        /// Most similar cell type, if any is similar enough.
        suggestion: Option<String>,
        /// Every known cell type.
        known: Vec<String>,
    },

    /// Name that matches several cell types.
    #[error("cell type `{name}` is ambiguous: it matches {}; give the full name", matches.join(", "))]
    AmbiguousCellType {
        /// Requested name.
        name: String,
        /// Matching cell types.
        matches: Vec<String>,
    },

    /// Split name other than train, validation and test.
    #[error("unknown split {text:?}; expected train, validation or test")]
    UnknownSplit {
        /// Text found.
        text: String,
    },

    /// Setting outside its valid range.
    #[error("{field} = {value}: {expected}")]
    InvalidSetting {
        /// Name of the setting.
        field: &'static str,
        /// Value of the setting.
        value: String,
        /// Valid values.
        expected: String,
    },

    /// Existing output that must not be overwritten.
    #[error("{}: already exists; choose another name or allow overwriting", path.display())]
    OutputExists {
        /// Existing file or folder.
        path: PathBuf,
    },

    /// Existing output that is not a data set and is therefore never overwritten.
    #[error("{}: not a prepared data set and therefore not overwritten; choose another name", path.display())]
    NotOverwritable {
        /// The file or folder.
        path: PathBuf,
    },

    /// Two inputs without a common name.
    #[error(
        "no {what} of {left} is in {right}: {left} has {}, {right} has {}; check that both use the same identifiers and assembly",
        examples(left_examples),
        examples(right_examples)
    )]
    NoSharedNames {
        /// Kind of name: "gene" or "contig".
        what: &'static str,
        /// First input.
        left: String,
        /// Names in the first input.
        left_examples: Vec<String>,
        /// Second input.
        right: String,
        /// Names in the second input.
        right_examples: Vec<String>,
    },

    /// Expression table with samples in rows and genes in columns, in an unknown layout.
    #[error(
        "{table}: the columns are genes, such as {}; expected one row per gene and one column per cell type: transpose the table",
        genes.join(", ")
    )]
    TransposedExpression {
        /// The table.
        table: String,
        /// Columns that are genes.
        genes: Vec<String>,
    },

    /// Preparation that dropped every gene.
    #[error(
        "every gene was dropped during preparation: {reasons}; for example {example}{}",
        details.as_ref().map_or_else(String::new, |path| format!("; all are listed in {}", path.display()))
    )]
    NoGenesLeft {
        /// Drop reasons with their counts.
        reasons: String,
        /// Most frequent reason.
        most_frequent: crate::drop_reason::DropReason,
        /// First gene or record that was dropped for this reason, with details.
        example: String,
        /// Table of all dropped genes and records, if it could be written.
        details: Option<PathBuf>,
    },

    /// Assay of which no row can be used.
    #[error("assay {assay}: no row can be used ({reasons}); for example {example}")]
    NoAssayRows {
        /// Name of the assay.
        assay: String,
        /// Reasons with their counts.
        reasons: String,
        /// First excluded row, with details.
        example: String,
    },

    /// Requested gene features that no gene has.
    #[error(
        "no gene of the data set has half-life features ({reasons}); use an annotation with exon and CDS rows for the assembly of the genome"
    )]
    NoGeneFeatures {
        /// Reasons with their counts.
        reasons: String,
    },

    /// Split without a gene.
    #[error(
        "the {split} split would be empty: the genes form {} (whole chromosomes, runs of overlapping windows, or single genes without a known chromosome), but three are required; add genes on other chromosomes",
        counted(*groups, "group")
    )]
    EmptySplit {
        /// The split.
        split: crate::split::Split,
        /// Number of groups that must not be divided.
        groups: usize,
    },

    /// Fewer groups than cross-validation folds.
    #[error(
        "{folds} folds are requested, but the genes form only {} (whole chromosomes or runs of overlapping windows); request fewer folds",
        counted(*groups, "indivisible group")
    )]
    TooFewGroups {
        /// Requested folds.
        folds: usize,
        /// Available groups.
        groups: usize,
    },

    /// Listed cross-validation fold without a gene of the data set.
    #[error("fold {fold} has no gene of the data set; remove it from the file of folds and renumber the others")]
    EmptyFold {
        /// Number of the fold, counted from 1.
        fold: usize,
    },

    /// Cell type with fewer than two distinct measurements among the train genes.
    #[error(
        "cell type {cell_type:?} has {}; scaling requires at least 2 distinct values",
        counted(*measured, "measured train gene")
    )]
    TooFewMeasurements {
        /// The cell type.
        cell_type: String,
        /// Train genes with a value.
        measured: usize,
    },
}

impl DatasetError {
    /// Conversion of an [`std::io::Error`] that adds the path: `.map_err(DatasetError::io(path, "read"))`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    /// Conversion of a [`serde_json::Error`] that adds the path.
    pub(crate) fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Json { path, source }
    }

    /// A [`DatasetError::Damaged`].
    pub(crate) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), detail: detail.into() }
    }
}

/// The text `: did you mean A, B or C?`, empty without suggestions.
pub(crate) fn did_you_mean(suggestions: &[String]) -> String {
    match suggestions {
        [] => String::new(),
        [one] => format!(": did you mean {one}?"),
        [init @ .., last] => format!(": did you mean {} or {last}?", init.join(", ")),
    }
}

/// The first three names, separated by commas; `nothing` if there are none.
pub(crate) fn examples(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown = names.iter().take(3).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown}, ...") } else { shown }
}

/// Name in which characters that look like others, such as a Cyrillic letter, are escaped.
fn visible(name: &str) -> Cow<'_, str> {
    if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(name.escape_default().to_string()) }
}

/// Number of names that a report lists.
pub(crate) const LISTED_NAMES: usize = 10;

/// The first ten names, separated by commas.
pub(crate) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(LISTED_NAMES).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED_NAMES { format!("{shown}, ...") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_a_dataset_message_names_path_and_remedy() {
        let error = DatasetError::NotADataset { path: "runs/x".into(), missing: "dataset.json" };
        assert_eq!(
            error.to_string(),
            "runs/x: not a prepared data set: dataset.json is missing; prepare a data set first or give another folder"
        );
    }

    #[test]
    fn examples_lists_at_most_three() {
        let names = ["a", "b", "c", "d"].map(String::from);
        assert_eq!(examples(&names), "a, b, c, ...");
        assert_eq!(examples(&names[..2]), "a, b");
        assert_eq!(examples(&["\u{421}D4".to_owned()]), "\\u{421}D4");
        assert_eq!(did_you_mean(&names[..3]), ": did you mean a, b or c?");
    }
}
