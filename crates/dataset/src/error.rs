//! What can go wrong while data sets are prepared, opened and written.

use std::path::{Path, PathBuf};

use crate::io::table_error::TableError;

/// Result of this crate.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;

/// An error of this crate: a kind, a place and, where there is one, the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A file or folder could not be read, created, written or renamed.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, as a verb: "read", "create".
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },

    /// A sequence, genome or annotation file cannot be used.
    #[error(transparent)]
    Sequence(#[from] tatabox_sequence::SequenceError),

    /// A JSON file does not hold what it should.
    #[error("{}: not the JSON expected here: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What serde says, line and column included.
        source: serde_json::Error,
    },

    /// The folder is not a prepared data set.
    #[error("{}: not a prepared data set: {missing} is missing; prepare a data set first or give another folder", path.display())]
    NotADataset {
        /// The folder.
        path: PathBuf,
        /// The file that should be there.
        missing: &'static str,
    },

    /// The file was written by a version of the format that this one cannot read.
    #[error("{}: format version {found}, but this program reads version {expected}: prepare the data set again", path.display())]
    FormatVersion {
        /// The file.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Version understood.
        expected: u32,
    },

    /// The audit was written by a version of its format that this one cannot read.
    #[error("{}: audit of format version {found}, but this program reads version {expected}; repeat the audit", path.display())]
    AuditVersion {
        /// The file.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Version understood.
        expected: u32,
    },

    /// A file of a prepared data set contradicts itself or its neighbours.
    #[error("{}: damaged: {detail} (prepare the data set again)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        detail: String,
    },

    /// No gene has this name or identifier.
    #[error("no gene {query:?} in the data set{}", did_you_mean(suggestions))]
    UnknownGene {
        /// What was asked for.
        query: String,
        /// The nearest names, best first; may be empty.
        suggestions: Vec<String>,
    },

    /// A gene name that several genes share.
    #[error("{query:?} names several genes: {}; give the gene_id", gene_ids.join(", "))]
    AmbiguousGene {
        /// What was asked for.
        query: String,
        /// The genes so named.
        gene_ids: Vec<String>,
    },

    /// A table handed over by the user is not as it should be.
    #[error(transparent)]
    Table(#[from] TableError),

    /// A cell type in two tables, and nothing said about which counts.
    #[error(
        "cell type `{name}` is in both {first} and {second}; use the first table or the mean of both, or remove it from one"
    )]
    CellTypeInTwoTables {
        /// The cell type.
        name: String,
        /// The one table.
        first: String,
        /// The other table.
        second: String,
    },

    /// No cell type has this name.
    #[error("unknown cell type `{name}`{} Known: {}", suggestion.as_ref().map_or(".".to_owned(), |near| format!("; did you mean `{near}`?")), known.join(", "))]
    UnknownCellType {
        /// What was asked for.
        name: String,
        /// The nearest cell type, if one is near.
        suggestion: Option<String>,
        /// All cell types.
        known: Vec<String>,
    },

    /// A name that fits several cell types.
    #[error("cell type `{name}` is ambiguous: it matches {}; give the full name", matches.join(", "))]
    AmbiguousCellType {
        /// What was asked for.
        name: String,
        /// The cell types it fits.
        matches: Vec<String>,
    },

    /// A split is none of train, validation and test.
    #[error("unknown split {text:?}: use train, validation or test")]
    UnknownSplit {
        /// What was given.
        text: String,
    },

    /// A setting is outside what it may be.
    #[error("{field} = {value}: {expected}")]
    InvalidSetting {
        /// The setting.
        field: &'static str,
        /// What was given.
        value: String,
        /// What it should be.
        expected: String,
    },

    /// The output is there already.
    #[error("{}: already exists; choose another name or allow overwriting", path.display())]
    OutputExists {
        /// The folder.
        path: PathBuf,
    },

    /// Overwriting was asked for, but what stands there is not a data set.
    #[error("{}: will not be overwritten, for it is not a prepared data set: choose another name", path.display())]
    NotOverwritable {
        /// The file or folder.
        path: PathBuf,
    },

    /// Two inputs share no name at all.
    #[error(
        "no {what} of {left} is in {right}: {left} has {}, {right} has {}: check that both use the same identifiers and assembly",
        examples(left_examples),
        examples(right_examples)
    )]
    NoSharedNames {
        /// What should have matched: "gene", "contig".
        what: &'static str,
        /// The one input.
        left: String,
        /// Names in it.
        left_examples: Vec<String>,
        /// The other input.
        right: String,
        /// Names in it.
        right_examples: Vec<String>,
    },

    /// Every gene that had a window and a measurement was dropped.
    #[error("no gene is left after preparation: {reasons}")]
    NoGenesLeft {
        /// Drop reasons with their counts.
        reasons: String,
    },

    /// Features were asked for, and no gene has any.
    #[error(
        "no gene of the data set has half-life features ({reasons}); give an annotation with exon and CDS rows on the genome's assembly"
    )]
    NoGeneFeatures {
        /// Reasons with their counts.
        reasons: String,
    },

    /// A split has no gene.
    #[error(
        "the {split} split would be empty: the genes form {groups} group(s) (whole chromosomes, runs of overlapping windows, or single genes where no chromosome is known) and three are needed: add genes of other chromosomes"
    )]
    EmptySplit {
        /// The split.
        split: crate::split::Split,
        /// Chromosomes, or genes without one.
        groups: usize,
    },

    /// There are fewer groups to deal than folds.
    #[error(
        "{folds} folds are asked for, but the genes form only {groups} group(s) that must not be parted (whole chromosomes, or runs of overlapping windows); ask for fewer folds"
    )]
    TooFewGroups {
        /// Folds asked for.
        folds: usize,
        /// Groups there are.
        groups: usize,
    },

    /// A cell type has fewer than two measured genes in the train split.
    #[error(
        "cell type {cell_type:?} has {measured} measured train gene(s): at least 2 that differ are needed to scale it"
    )]
    TooFewMeasurements {
        /// The cell type.
        cell_type: String,
        /// Train genes with a value.
        measured: usize,
    },
}

impl DatasetError {
    /// Makes an [`std::io::Error`] tell its path: `.map_err(DatasetError::io(path, "read"))`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    /// Makes a [`serde_json::Error`] tell its path.
    pub(crate) fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Json { path, source }
    }

    /// A [`DatasetError::Damaged`].
    pub(crate) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), detail: detail.into() }
    }
}

/// `: did you mean A, B or C?`, or nothing.
pub(crate) fn did_you_mean(suggestions: &[String]) -> String {
    match suggestions {
        [] => String::new(),
        [one] => format!(": did you mean {one}?"),
        [init @ .., last] => format!(": did you mean {} or {last}?", init.join(", ")),
    }
}

/// The first three names in a row, `nothing` when there are none.
pub(crate) fn examples(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown}, ...") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_path_and_next_step() {
        let error = DatasetError::NotADataset { path: "runs/x".into(), missing: "dataset.json" };
        assert_eq!(
            error.to_string(),
            "runs/x: not a prepared data set: dataset.json is missing; prepare a data set first or give another folder"
        );
    }

    #[test]
    fn examples_stop_at_three() {
        let names = ["a", "b", "c", "d"].map(String::from);
        assert_eq!(examples(&names), "a, b, c, ...");
        assert_eq!(examples(&names[..2]), "a, b");
        assert_eq!(did_you_mean(&names[..3]), ": did you mean a, b or c?");
    }
}
