//! Leak audit: tests whether validation and test genes are independent of the train genes.
//!
//! Each check gives a [`Verdict`]:
//!
//! | check | FAIL | WARN |
//! |---|---|---|
//! | gene identifiers | an identifier in two splits | a gene name in two splits |
//! | chromosomes | a chromosome in two splits despite a chromosome split | a chromosome in two splits of another method, or unknown chromosomes |
//! | duplicated windows | identical known sequence (either strand) in two splits, for more than 1% of the held-out genes | for any gene |
//! | overlapping windows | the same bases of the genome in two splits | a required position is unknown |
//! | similar windows | more than 1% of the test windows have a near-duplicate in train | fewer test windows, or validation windows |
//! | target scaling | the transform is not that of the train genes or rows of assays | |
//! | assays | a row of an assay is in another split than a gene or row that it resembles, or than its chromosome | |
//!
//! Near-duplicates are windows with at least 90% estimated identity whose shared stretches cover at least half of the
//! known bases of the shorter window; [`AuditOptions`] sets the limits. Similarity is computed for the bases that a
//! network reads, identity for entire windows. Typical near-duplicates are paralogues with almost identical promoters,
//! which a model can predict by memorisation.
//!
//! # Examples
//!
//! ```
//! use tatabox_dataset::{AuditOptions, PrepareConfig, PreparedDataset, SimulateConfig, Verdict, audit, prepare, simulate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let simulation = SimulateConfig { genes: 60, ..SimulateConfig::default() };
//! # simulate(&simulation, folder.path())?;
//! # let expression = folder.path().join("expression.tsv");
//! # let mut config = PrepareConfig::new(expression, folder.path().join("prepared"), simulation.geometry);
//! # config.promoters = Some(folder.path().join("promoters.fa"));
//! # prepare(&config, &mut |_| {})?;
//! let dataset = PreparedDataset::open(&config.out_dir)?;
//! let report = audit(&dataset, &AuditOptions::default(), &mut |_| {})?;
//! let duplicates = report.checks().iter().find(|check| check.name == "duplicated windows");
//! assert_eq!(duplicates.map(|check| check.verdict), Some(Verdict::Pass));
//! assert!(report.matches(dataset.checksum()));
//! # Ok(())
//! # }
//! ```

mod assays;
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
use crate::prepared::{Extent, PreparedDataset, WindowIndex};

pub use check::{AuditCheck, Verdict};
pub use duplicates::{DuplicateKind, DuplicatePair};
pub use overlaps::OverlapPair;
pub use report::{AUDIT_DIR, AUDIT_FILE, AuditReport};
pub use similarity::SimilaritySummary;
pub use similarity_table::{SIMILARITY_FILE, SimilarityRow, SimilarityTable};
pub use tables::{DUPLICATES_FILE, OVERLAPS_FILE};

/// Maximum number of listed pairs of each kind; all pairs are counted.
const MAX_LISTED_PAIRS: usize = 10_000;

/// Options and limits of an audit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditOptions {
    /// Extent in which similar windows are searched, usually that of the network; entire windows if `None`.
    pub extent: Option<Extent>,
    /// Minimum estimated identity of near-duplicates, above 0 and at most 1.
    pub near_identity: f64,
    /// Tolerated fraction of test windows with a near-duplicate in train, from 0 to 1.
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
            let expected = format!("expected an extent within the windows ({windows})");
            return Err(DatasetError::InvalidSetting { field: "extent", value: extent.to_string(), expected });
        }
        let limits = [("near_identity", self.near_identity), ("near_duplicates", self.near_duplicates)];
        match limits.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            None => Ok(()),
            Some((field, value)) => {
                let expected = "expected a fraction from 0 to 1".to_owned();
                Err(DatasetError::InvalidSetting { field, value: value.to_string(), expected })
            }
        }
    }
}

/// Progress of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditProgress {
    /// Description of the current step.
    pub step: &'static str,
    /// Windows processed.
    pub done: usize,
    /// Total number of windows.
    pub total: usize,
}

/// Audits a data set for leaks between its splits.
///
/// Checks that need a fitted model, such as the score of a memorising baseline, are added by the caller with
/// [`AuditReport::push`]. The report does not depend on the number of threads.
///
/// # Errors
///
/// [`DatasetError::Damaged`] for files that differ from the manifest, [`DatasetError::InvalidSetting`] for a limit out
/// of range, [`DatasetError::TooFewMeasurements`] for a cell type that cannot be scaled.
pub fn audit(
    dataset: &PreparedDataset,
    options: &AuditOptions,
    progress: &mut dyn FnMut(AuditProgress),
) -> Result<AuditReport> {
    options.validate(Extent::of_window(dataset.geometry()))?;
    dataset.verify()?;
    audit_verified(dataset, options, progress)
}

/// As [`audit`], for a data set whose files are [verified](PreparedDataset::verify), such as a fold of a verified data set.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for a limit out of range, [`DatasetError::TooFewMeasurements`] for a cell type that cannot
/// be scaled.
pub fn audit_verified(
    dataset: &PreparedDataset,
    options: &AuditOptions,
    progress: &mut dyn FnMut(AuditProgress),
) -> Result<AuditReport> {
    let windows = Extent::of_window(dataset.geometry());
    options.validate(windows)?;
    let genes: Vec<usize> = (0..dataset.len()).collect();
    let mut index_of = |extent: Extent, step| {
        WindowIndex::build(dataset, extent.window_range(dataset.geometry()), &genes, &mut |done| {
            progress(AuditProgress { step, done, total: genes.len() });
        })
    };
    let index = index_of(windows, "sketching windows");
    let extent = options.extent.unwrap_or(windows);
    let index_of_extent = (extent != windows).then(|| index_of(extent, "sketching the extent"));
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
    if let Some(check) = assays::check(dataset, progress) {
        report.push(check);
    }
    Ok(report)
}
