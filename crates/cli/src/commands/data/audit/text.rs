//! Audit report as a table on the terminal.

use std::fmt::Write;

use anyhow::Result;
use tatabox_dataset::{AuditReport, PreparedDataset};

/// Number of most similar pairs that are shown.
const PAIRS_SHOWN: usize = 5;

/// Checks with their verdicts, then the most similar windows.
pub(super) fn of(report: &AuditReport, dataset: &PreparedDataset) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{:<21}verdict  finding", "check")?;
    for check in report.checks() {
        writeln!(text, "{:<21}{:<9}{}", check.name, check.verdict, check.finding)?;
    }
    writeln!(text, "{:<21}{:<9}worst verdict", report.dataset, report.verdict())?;
    let pairs = report.similarity.most_similar(PAIRS_SHOWN);
    if !pairs.is_empty() {
        let of_k = format!("shared {}-mers", report.kmer_bp);
        writeln!(text, "\n{:<21}{:<12}{:<21}{of_k:>17}  identity  aligned", "most similar", "split", "train gene")?;
    }
    for pair in pairs {
        let label = |gene_id: &str| match dataset.genes().iter().find(|gene| gene.gene_id == gene_id) {
            Some(gene) => gene.label().to_owned(),
            None => gene_id.to_owned(),
        };
        let train_gene = label(&pair.nearest_train_gene.unwrap_or_default());
        let identity = pair.identity.map(|identity| format!("{identity:.3}")).unwrap_or_default();
        writeln!(
            text,
            "{:<21}{:<12}{train_gene:<21}{:>17.3}  {identity:>8}  {:>7.3}",
            label(&pair.gene_id),
            pair.split,
            pair.similarity,
            pair.aligned_fraction
        )?;
    }
    Ok(text)
}
