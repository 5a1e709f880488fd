//! Request to audit a data set.

use std::path::PathBuf;

use tatabox_dataset::audit::AUDIT_DIR;
use tatabox_dataset::{AuditOptions, Extent, PreparedDataset};
use tatabox_model::{DEFAULT_EXTENT_COVERAGE, default_extent};

/// Extent, limits and output of an audit.
///
/// # Examples
///
/// ```
/// use tatabox::audit::AuditRequest;
///
/// let request = AuditRequest { near_identity: 0.8, ..AuditRequest::default() };
/// assert!(request.baselines && request.extent.is_none());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRequest {
    /// Bases around the TSS that models read; `None` for the default of training.
    pub extent: Option<Extent>,
    /// Estimated identity from which two windows are near-duplicates, above 0 and at most 1.
    pub near_identity: f64,
    /// Fraction of test windows that may have a near-duplicate in train, from 0 to 1.
    pub near_duplicates: f64,
    /// Whether the checks that fit baselines are made: nearest neighbour and padding.
    pub baselines: bool,
    /// Folder of the report; `None` for the folder `audit` of the data set.
    pub out_dir: Option<PathBuf>,
}

impl Default for AuditRequest {
    fn default() -> Self {
        let AuditOptions { near_identity, near_duplicates, .. } = AuditOptions::default();
        Self { extent: None, near_identity, near_duplicates, baselines: true, out_dir: None }
    }
}

impl AuditRequest {
    /// Bases around the TSS in which similar windows are looked for.
    pub fn resolve_extent(&self, dataset: &PreparedDataset) -> Extent {
        self.extent.unwrap_or_else(|| default_extent(dataset, DEFAULT_EXTENT_COVERAGE))
    }

    /// Folder of the report.
    pub fn folder(&self, dataset: &PreparedDataset) -> PathBuf {
        self.out_dir.clone().unwrap_or_else(|| dataset.directory().join(AUDIT_DIR))
    }

    pub(super) fn options(&self, dataset: &PreparedDataset) -> AuditOptions {
        AuditOptions {
            extent: Some(self.resolve_extent(dataset)),
            near_identity: self.near_identity,
            near_duplicates: self.near_duplicates,
        }
    }
}
