//! Findings of a leak audit, as part of an evaluation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_dataset::audit::AUDIT_DIR;
use tatabox_dataset::{AuditOptions, AuditReport, Extent, PreparedDataset, SimilarityTable, Split, Verdict};

use super::leak_audit::leak_audit_of_verified;
use crate::error::Result;
use crate::observer::Observer;

/// Findings of a leak audit: verdict, checks, and the similarity of held-out genes to train genes.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::audit::AuditSummary;
/// use tatabox_dataset::{Extent, PreparedDataset, Split};
///
/// let dataset = PreparedDataset::open("data/demo/prepared".as_ref())?;
/// let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
/// let audit = AuditSummary::of_dataset(&dataset, extent, &Silent)?;
/// println!("{}: {} test genes", audit.verdict, audit.similarity_in(Split::Test).len());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditSummary {
    /// The worst verdict of all checks.
    pub verdict: Verdict,
    /// Name, verdict and finding of each check.
    pub checks: Vec<(String, Verdict, String)>,
    /// Each held-out gene with its most similar train gene.
    #[serde(skip)]
    similarity: SimilarityTable,
}

impl AuditSummary {
    /// The stored audit of a data set for models that read `extent`, else a new one; warns where it fails.
    ///
    /// # Errors
    /// The files of the data set are damaged or cannot be read.
    pub fn of_dataset(dataset: &PreparedDataset, extent: Extent, observer: &dyn Observer) -> Result<Self> {
        let stored = AuditReport::read(&dataset.directory().join(AUDIT_DIR)).ok();
        let is_this = |report: &AuditReport| report.matches(dataset.checksum()) && report.extent == extent;
        if let Some(report) = stored.filter(is_this) {
            return Ok(Self::of_report(report, dataset, observer));
        }
        dataset.verify()?;
        Self::of_fold(dataset, extent, observer)
    }

    /// A new audit of a fold, whose files were [verified](PreparedDataset::verify) with the whole data set.
    ///
    /// # Errors
    /// The windows of the data set cannot be read.
    pub(crate) fn of_fold(fold: &PreparedDataset, extent: Extent, observer: &dyn Observer) -> Result<Self> {
        let options = AuditOptions { extent: Some(extent), ..AuditOptions::default() };
        Ok(Self::of_report(leak_audit_of_verified(fold, &options, observer)?, fold, observer))
    }

    fn of_report(report: AuditReport, dataset: &PreparedDataset, observer: &dyn Observer) -> Self {
        let failed: Vec<&str> = report
            .checks()
            .iter()
            .filter(|check| check.verdict == Verdict::Fail)
            .map(|check| check.name.as_str())
            .collect();
        if !failed.is_empty() {
            observer.warn(&format!(
                "the leak audit of {} FAILS ({}): scores on held-out genes may be inflated",
                dataset.name(),
                failed.join(", ")
            ));
        }
        Self {
            verdict: report.verdict(),
            checks: report
                .checks()
                .iter()
                .map(|check| (check.name.clone(), check.verdict, check.finding.clone()))
                .collect(),
            similarity: report.similarity,
        }
    }

    /// Similarity of the genes of a split to their most similar train gene, from 0 to 1.
    pub fn similarity_in(&self, split: Split) -> BTreeMap<String, f64> {
        let of_split = self.similarity.rows.iter().filter(|row| row.split == split).cloned();
        SimilarityTable { rows: of_split.collect() }.by_gene()
    }

    /// Adds the audit of another fold: checks are named by fold, similarities are joined.
    pub(crate) fn join(all: &mut Option<Self>, fold: usize, mut summary: Self) {
        for (name, _, _) in &mut summary.checks {
            *name = format!("fold {}: {name}", fold + 1);
        }
        match all {
            None => *all = Some(summary),
            Some(all) => {
                all.verdict = all.verdict.max(summary.verdict);
                all.checks.extend(summary.checks);
                all.similarity.rows.extend(summary.similarity.rows);
            }
        }
    }
}
