//! The report of an evaluation: `report.html` for people, `report.json` for machines.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use tatabox_dataset::{Verdict, atomic_write};
use tatabox_plot::{AuditRow, AuditSection, RenderedFigure, FigureInputs, ReportInputs, html_report, json_report};

use super::Evaluation;
use super::audit_note::AuditNote;
use super::record::EvaluationRecord;

const HTML: &str = "report.html";
const JSON: &str = "report.json";

/// What scores of a model of bases alone do not show.
const BASES_ALONE: &str =
    "Predictions are of steady-state RNA from promoter sequence alone: no enhancers, no chromatin, no RNA stability.";

/// What no score in the report shows.
const LIMITS: [&str; 3] = [
    "Scores across genes say how well genes are ranked within a cell type; how well cell types are told apart within a gene \
     is the cell-specific score, which is far lower.",
    "Attention shows where a network looks, not what a base does.",
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
        let path = folder.join(name);
        atomic_write(&path, |file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn limits(record: &EvaluationRecord) -> Vec<String> {
    let of_inputs = match &record.beside_the_bases {
        None => BASES_ALONE.to_owned(),
        Some(inputs) => format!(
            "The model reads {inputs} beside the bases of a promoter: its score is not that of a promoter's sequence. What \
             the same network makes of the bases alone, the comparison bases-only tells, and what the features tell \
             without a promoter, gene-features."
        ),
    };
    [of_inputs].into_iter().chain(LIMITS.map(str::to_owned)).collect()
}

fn audit_section(audit: &AuditNote) -> AuditSection {
    let headline = match audit.verdict {
        Verdict::Pass => "No leak between the splits was found.",
        Verdict::Warn => "No leak that invalidates the scores was found; some things should be known.",
        Verdict::Fail => "The audit FAILS: scores on held-out genes do not mean what they seem to.",
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
        lines.push(("data set", format!("{}, {} genes{simulated}", data.name, data.genes)));
        lines.push(("data set, SHA-256", data.checksum.clone()));
    }
    if let Some(inputs) = &record.beside_the_bases {
        lines.push(("model reads beside the bases", inputs.clone()));
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
