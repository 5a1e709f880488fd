//! Report of an evaluation: `report.html` for readers, `report.json` for programs.

use std::path::Path;

use tatabox_dataset::Verdict;
use tatabox_plot::{AuditRow, AuditSection, FigureInputs, RenderedFigure, ReportInputs, html_report, json_report};
use tatabox_sequence::counted;

use super::evaluation::Evaluation;
use super::record::EvaluationRecord;
use crate::audit::AuditSummary;
use crate::error::Result;
use crate::json_file;

pub(super) const HTML: &str = "report.html";
pub(super) const JSON: &str = "report.json";

/// Limit of models without auxiliary inputs.
const BASES_ONLY: &str =
    "Predictions are of steady-state RNA from promoter sequence alone: no enhancers, no chromatin, no RNA stability.";

/// Limits of every score in the report.
const LIMITS: [&str; 3] = [
    "Correlations across genes measure how well genes are ranked within a cell type; differences between cell types within a \
     gene are measured by the cross-cell-type Pearson, which is far lower.",
    "Attention weights show which positions the network pools, not the effect of a base.",
    "Models of this kind often get the direction of a variant's effect wrong between people (Huang et al. 2023, \
     doi:10.1038/s41588-023-01574-w; Sasse et al. 2023, doi:10.1038/s41588-023-01524-6); no result here is clinical evidence.",
];

/// Writes both files.
pub(super) fn write(
    evaluation: &Evaluation,
    figure_inputs: FigureInputs<'_>,
    figures: &[RenderedFigure],
    folder: &Path,
) -> Result<()> {
    let record = &evaluation.record;
    let data = record.dataset.as_ref().map(|data| format!(" on {}", data.name)).unwrap_or_default();
    let inputs = ReportInputs {
        audit: record.audit.as_ref().map(audit_section),
        stratified: evaluation.strata.as_ref(),
        run_record: run_record(record),
        provenance: record.dataset.as_ref().map(|data| data.inputs.clone()).unwrap_or_default(),
        limits: limits(record),
        command: record.command.join(" "),
        ..ReportInputs::new(&format!("{}{data}", record.reference), figure_inputs)
    };
    for (name, text) in [(HTML, html_report(&inputs, figures)?), (JSON, json_report(&inputs, figures)?)] {
        json_file::write_text(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

fn limits(record: &EvaluationRecord) -> Vec<String> {
    let of_inputs = match &record.auxiliary_inputs {
        None => BASES_ONLY.to_owned(),
        Some(inputs) => format!(
            "The model reads {inputs} in addition to the bases of a promoter, so its score is not that of promoter sequence \
             alone. The comparator bases-only is the same network without these inputs, and the comparator gene-features \
             reads the features without a promoter."
        ),
    };
    [of_inputs].into_iter().chain(LIMITS.map(str::to_owned)).collect()
}

fn audit_section(audit: &AuditSummary) -> AuditSection {
    let headline = match audit.verdict {
        Verdict::Pass => "No leak between the splits was found.",
        Verdict::Warn => "No leak that invalidates the scores was found; see the warnings.",
        Verdict::Fail => "The audit FAILS: scores on held-out genes may be inflated.",
    };
    let row = |(name, verdict, finding): &(String, Verdict, String)| AuditRow {
        name: name.clone(),
        value: finding.clone(),
        verdict: verdict.to_string(),
    };
    AuditSection { headline: headline.to_owned(), rows: audit.checks.iter().map(row).collect() }
}

fn run_record(record: &EvaluationRecord) -> Vec<(String, String)> {
    let splits: Vec<&str> = record.splits.iter().map(|split| split.as_str()).collect();
    let mut lines = vec![("split", splits.join(", "))];
    if let Some(data) = &record.dataset {
        let simulated = if data.simulated { " (simulated)" } else { "" };
        lines.push(("data set", format!("{}, {}{simulated}", data.name, counted(data.genes, "gene"))));
        lines.push(("data set, SHA-256", data.checksum.clone()));
    }
    if let Some(inputs) = &record.auxiliary_inputs {
        lines.push(("auxiliary inputs", inputs.clone()));
    }
    if let Some(training) = &record.training {
        lines.extend([
            ("model trained by", training.command.join(" ")),
            ("seed", training.seed.to_string()),
            ("device", training.device.clone()),
            ("threads", training.threads.to_string()),
            ("training time", format!("{:.0} s", training.elapsed_s)),
            ("weights, SHA-256", training.weights_sha256.clone()),
            ("burn", training.burn_version.clone()),
        ]);
    }
    let lines = lines.into_iter().map(|(name, value)| (name.to_owned(), value));
    lines.chain(record.remarks.iter().map(|remark| ("remark".to_owned(), remark.clone()))).collect()
}
