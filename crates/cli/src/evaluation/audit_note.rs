//! What the leak audit says of the data that a score is made on.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use tatabox_dataset::audit::AUDIT_DIR;
use tatabox_dataset::{AuditOptions, AuditReport, Extent, PreparedDataset, SimilarityTable, Split, Verdict};

use crate::leak_audit;
use crate::terminal::console::Console;

/// The findings, as far as a report needs them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuditNote {
    pub(crate) verdict: Verdict,
    /// Name, verdict and finding of each check.
    pub(crate) checks: Vec<(String, Verdict, String)>,
    /// Each held-out gene with its most similar train gene.
    #[serde(skip)]
    similarity: SimilarityTable,
}

impl AuditNote {
    /// The audit that lies beside the data set, else one made now, of a model that reads `extent`; warns where it fails.
    ///
    /// `dataset` may be a fold, which shares its folder with the whole and is audited anew.
    pub(crate) fn of(dataset: &PreparedDataset, extent: Extent, console: &Console) -> Result<Self> {
        let beside = AuditReport::read(&dataset.directory().join(AUDIT_DIR)).ok();
        let is_this = |report: &AuditReport| report.matches(dataset.checksum()) && report.extent == extent;
        let options = AuditOptions { extent: Some(extent), ..AuditOptions::default() };
        let report = beside.filter(is_this).map_or_else(|| leak_audit::audited(dataset, &options, console), Ok)?;
        let failed: Vec<&str> = report
            .checks()
            .iter()
            .filter(|check| check.verdict == Verdict::Fail)
            .map(|check| check.name.as_str())
            .collect();
        if !failed.is_empty() {
            console.warn(format!(
                "the leak audit of {} FAILS ({}): scores on held-out genes do not mean what they seem to; see `tatabox audit`",
                dataset.name(),
                failed.join(", ")
            ));
        }
        Ok(Self {
            verdict: report.verdict(),
            checks: report
                .checks()
                .iter()
                .map(|check| (check.name.clone(), check.verdict, check.finding.clone()))
                .collect(),
            similarity: report.similarity,
        })
    }

    /// Similarity of the genes of a split to their most similar train gene, 0 to 1.
    pub(crate) fn similarity_in(&self, split: Split) -> BTreeMap<String, f64> {
        let of_split = self.similarity.rows.iter().filter(|row| row.split == split).cloned();
        SimilarityTable { rows: of_split.collect() }.by_gene()
    }

    /// Adds the audit of another fold: findings are named by fold, similarities are joined.
    pub(crate) fn join(all: &mut Option<Self>, fold: usize, mut note: Self) {
        for (name, _, _) in &mut note.checks {
            *name = format!("fold {}: {name}", fold + 1);
        }
        match all {
            None => *all = Some(note),
            Some(all) => {
                all.verdict = all.verdict.max(note.verdict);
                all.checks.extend(note.checks);
                all.similarity.rows.extend(note.similarity.rows);
            }
        }
    }
}
