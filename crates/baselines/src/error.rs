//! Errors of fitting and selecting baselines.

use std::ops::Range;

use tatabox_dataset::Split;
use thiserror::Error;

/// Error of selecting, fitting or applying a baseline.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{Baseline, BaselineError};
///
/// let error = "lasso".parse::<Baseline>().expect_err("not a baseline");
/// assert!(matches!(error, BaselineError::UnknownBaseline { .. }));
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// A cell type without measured genes in a split that the fit requires.
    #[error(
        "baseline `{baseline}` requires measured {split} genes of cell type `{cell_type}`, but the usable genes contain none; \
         use another split or include more genes"
    )]
    NoGenes {
        /// Name of the baseline.
        baseline: &'static str,
        /// Split without measured genes.
        split: Split,
        /// Cell type without measurements.
        cell_type: String,
    },
    /// A single cell type, for a baseline that compares cell types.
    #[error("baseline `{baseline}` requires a data set with at least two cell types; exclude this baseline")]
    OneCellType {
        /// Name of the baseline.
        baseline: &'static str,
    },
    /// Usable genes without the gene features that a baseline reads.
    #[error(
        "baseline `{baseline}` requires gene features, but {without} of {genes} usable genes have none; prepare the data \
         set with gene features and restrict it to genes that have them, or exclude this baseline"
    )]
    NoGeneFeatures {
        /// Name of the baseline.
        baseline: &'static str,
        /// Number of usable genes without features.
        without: usize,
        /// Number of usable genes.
        genes: usize,
    },
    /// A requested part of the window that is empty or outside the window.
    #[error("window positions {}..{}: expected a non-empty range within the window of {window_bp} bp", extent.start, extent.end)]
    ExtentOutsideWindow {
        /// Requested part, as window indices.
        extent: Range<usize>,
        /// Window length of the data set, in bp.
        window_bp: usize,
    },
    /// A name that is not a baseline.
    #[error("unknown baseline `{name}`; use one of: {known}")]
    UnknownBaseline {
        /// Requested name.
        name: String,
        /// Valid names, comma-separated.
        known: String,
    },
    /// Ridge equations without a unique solution.
    #[error(
        "ridge regression with penalty {penalty} has no solution; check that all features and measurements are finite"
    )]
    NoSolution {
        /// Penalty, as a multiple of the number of train genes.
        penalty: f64,
    },
}
