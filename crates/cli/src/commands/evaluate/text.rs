//! Scores and tests on the terminal.

use anyhow::Result;
use tatabox::evaluate::Evaluation;
use tatabox_eval::TableExport as _;

use crate::terminal::stdout;

/// Prints scores and tests, as tables or as JSON.
pub(crate) fn print(evaluation: &Evaluation, as_json: bool) -> Result<()> {
    if as_json { stdout::print_json(evaluation) } else { stdout::print(&tables(evaluation)) }
}

/// Each cell type of the reference, and the mean over cell types of every other model.
fn tables(evaluation: &Evaluation) -> String {
    let mut parts = vec![evaluation.metrics.summary(&evaluation.record.reference).to_text()];
    if let Some(mut comparisons) = evaluation.comparisons.clone() {
        comparisons.rows.retain(|row| row.cell_type.is_none());
        parts.push(comparisons.to_text());
        parts.push("every model in every cell type: metrics.tsv and comparisons.tsv\n".to_owned());
    }
    if let Some(assays) = &evaluation.assays {
        parts.push(format!("outputs of assays, on held-out rows of each assay\n{}", assays.metrics.to_text()));
    }
    parts.join("\n")
}
