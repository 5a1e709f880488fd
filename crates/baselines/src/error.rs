//! What can go wrong while a baseline is fitted.

use std::ops::Range;

use tatabox_dataset::Split;
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// A split that the fit needs is empty.
    #[error(
        "baseline `{baseline}` needs measured {split} genes of cell type `{cell_type}`, but there are none among the usable genes; \
         use another split or a wider choice of genes"
    )]
    NoGenes {
        /// The baseline.
        baseline: &'static str,
        /// The split without genes.
        split: Split,
        /// The cell type without measurements.
        cell_type: String,
    },
    /// A baseline that compares cell types has one only.
    #[error("baseline `{baseline}` needs a data set with two cell types or more; leave it out")]
    OneCellType {
        /// The baseline.
        baseline: &'static str,
    },
    /// A baseline reads features that genes do not have.
    #[error(
        "baseline `{baseline}` requires gene features, but {without} of {genes} usable genes have none; prepare the data \
         set with gene features and restrict it to genes that have them, or exclude this baseline"
    )]
    NoGeneFeatures {
        /// The baseline.
        baseline: &'static str,
        /// Usable genes without features.
        without: usize,
        /// Usable genes.
        genes: usize,
    },
    /// The part of the window asked for is empty or outside of it.
    #[error("window positions {}..{} asked for, but windows have {window_bp} bp; choose a part inside", extent.start, extent.end)]
    ExtentOutsideWindow {
        /// The part asked for.
        extent: Range<usize>,
        /// Length of the windows of the data set.
        window_bp: usize,
    },
    /// A name that is no baseline.
    #[error("unknown baseline `{name}`; there are: {known}")]
    UnknownBaseline {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The equations of the ridge have no unique solution.
    #[error("ridge with penalty {penalty} has no solution: a feature or measurement is not finite")]
    NoSolution {
        /// The penalty tried.
        penalty: f64,
    },
}
