//! A leak audit: whether test and validation genes are as new to a model as the split claims.
//!
//! Each check gives a [`Verdict`]:
//!
//! | check | FAIL | WARN |
//! |---|---|---|
//! | gene identifiers | one identifier in two splits | one gene name in two splits |
//! | chromosomes | in two splits, though whole chromosomes are held out | in two splits, or not known |
//! | duplicated windows | the same known sequence, on either strand, in two splits, of more than 1% of the held-out genes | of any |
//! | overlapping windows | the same bases of the genome in two splits | a position that would be needed is not known |
//! | similar windows | more than 1% of the test windows have a near-duplicate in train | fewer, or of validation windows |
//! | target scaling | not that of the train genes | |
//!
//! A near-duplicate is a pair of windows of at least 90% estimated identity, with at least half of the known bases of the
//! shorter one in stretches that both share; [`AuditOptions`] holds the limits. Similarity is looked for in the bases that a
//! network reads, identity in whole windows. Paralogues with near-identical promoters are
//! what it finds in real data: a model can know the answer for such a gene without having learned a rule.

mod check;
mod chromosomes;
mod duplicates;
mod identifiers;
mod overlaps;
#[cfg(test)]
mod planted_leaks;
mod report;
mod similarity;
mod similarity_table;
mod tables;
mod targets;

use crate::error::{DatasetError, Result};
use crate::prepared::Extent;
use crate::prepared::PreparedDataset;
use crate::prepared::WindowIndex;

pub use check::{AuditCheck, Verdict};
pub use duplicates::{DuplicateKind, DuplicatePair};
pub use overlaps::OverlapPair;
pub use report::{AUDIT_DIR, AUDIT_FILE, AuditReport};
pub use similarity::SimilaritySummary;
pub use similarity_table::{SIMILARITY_FILE, SimilarityRow, SimilarityTable};
pub use tables::{DUPLICATES_FILE, OVERLAPS_FILE};

/// Pairs listed of each kind; all are counted.
const MAX_LISTED_PAIRS: usize = 10_000;

/// What to compare, and the limits of the audit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditOptions {
    /// Bases around the TSS in which similar windows are looked for: those that a network reads; whole windows if none.
    pub extent: Option<Extent>,
    /// Estimated identity from which two windows are near-duplicates, above 0 and at most 1.
    pub near_identity: f64,
    /// Share of the test windows that may have a near-duplicate in train, from 0 to 1.
    pub near_duplicates: f64,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { extent: None, near_identity: 0.9, near_duplicates: 0.01 }
    }
}

impl AuditOptions {
    fn validate(&self, windows: Extent) -> Result<()> {
        if let Some(extent) = self.extent.filter(|&extent| !windows.covers(extent)) {
            let expected = format!("expected bases within the windows, which hold {windows}");
            return Err(DatasetError::InvalidSetting { field: "extent", value: extent.to_string(), expected });
        }
        let limits = [("near_identity", self.near_identity), ("near_duplicates", self.near_duplicates)];
        match limits.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            None => Ok(()),
            Some((field, value)) => {
                let expected = "expected a share from 0 to 1".to_owned();
                Err(DatasetError::InvalidSetting { field, value: value.to_string(), expected })
            }
        }
    }
}

/// How far an audit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditProgress {
    /// The step under way, in words.
    pub step: &'static str,
    /// Windows done.
    pub done: usize,
    /// Windows in all.
    pub total: usize,
}

/// Looks for leaks between the splits of a data set.
///
/// What needs a fitted model, such as whether a memoriser scores well, is for the caller to [push](AuditReport::push). The
/// same data set gives the same report on any number of threads.
///
/// # Errors
///
/// [`DatasetError::Damaged`] for files that are not those that were written, [`DatasetError::InvalidSetting`] for a limit out
/// of range, [`DatasetError::TooFewMeasurements`] where targets cannot be scaled.
pub fn audit(
    dataset: &PreparedDataset,
    options: &AuditOptions,
    progress: &mut dyn FnMut(AuditProgress),
) -> Result<AuditReport> {
    let windows = Extent::of_window(dataset.geometry());
    options.validate(windows)?;
    dataset.verify()?;
    let genes: Vec<usize> = (0..dataset.len()).collect();
    let mut index_of = |extent: Extent, step| {
        WindowIndex::build(dataset, extent.window_range(dataset.geometry()), &genes, &mut |done| {
            progress(AuditProgress { step, done, total: genes.len() });
        })
    };
    let index = index_of(windows, "sketching windows");
    let extent = options.extent.unwrap_or(windows);
    let index_of_extent = (extent != windows).then(|| index_of(extent, "sketching the bases read"));
    let index_of_extent = index_of_extent.as_ref().unwrap_or(&index);

    let mut report = AuditReport::new(dataset, extent, index_of_extent.sketcher());
    report.push(identifiers::check(dataset));
    report.push(chromosomes::check(dataset));
    let duplicates = duplicates::find(dataset, &index);
    report.push(duplicates.check(options.near_duplicates));
    report.duplicates = duplicates.pairs;
    let overlaps = overlaps::find(dataset);
    report.push(overlaps.check());
    report.overlaps = overlaps.pairs;
    report.similarity = similarity::nearest_train_windows(dataset, index_of_extent, progress);
    report.similarity_summary = similarity::summaries(&report.similarity, options);
    let too_short = similarity::too_short(dataset, index_of_extent);
    report.push(similarity::check(&report.similarity_summary, too_short, options));
    report.push(targets::check(dataset)?);
    Ok(report)
}
