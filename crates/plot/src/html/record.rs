//! Audit, run record, provenance and limitations.

use maud::{Markup, html};
use tatabox_dataset::InputFile;

use super::inputs::{ReportInputs, ReportTable};
use super::score_tables;
use super::table::table;
use crate::canvas::number;

pub(super) fn audit(inputs: &ReportInputs<'_>, model: &str) -> Markup {
    html! {
        @if let Some(audit) = &inputs.audit {
            p { (audit.headline) }
            @if !audit.rows.is_empty() {
                (table(
                    &["Check", "Found", "Verdict"],
                    3,
                    &audit.rows.iter().map(|row| vec![row.name.clone(), row.value.clone(), row.verdict.clone()]).collect::<Vec<_>>(),
                ))
            }
        }
        @if let Some(strata) = inputs.stratified { (score_tables::strata(strata, model)) }
        @for further in &inputs.tables { (titled(further)) }
    }
}

fn titled(further: &ReportTable) -> Markup {
    let columns: Vec<&str> = further.columns.iter().map(String::as_str).collect();
    html! {
        h3 { (further.title) }
        @if !further.text.is_empty() { p { (further.text) } }
        (table(&columns, 1, &further.rows))
    }
}

pub(super) fn record(inputs: &ReportInputs<'_>) -> Markup {
    provenance(&Provenance {
        command: &inputs.command,
        run_record: &inputs.run_record,
        files: &inputs.provenance,
        licence: inputs.licence.as_deref(),
        limits: &inputs.limits,
    })
}

/// Command, settings, files and limits of a result.
pub(super) struct Provenance<'a> {
    pub(super) command: &'a str,
    pub(super) run_record: &'a [(String, String)],
    pub(super) files: &'a [InputFile],
    pub(super) licence: Option<&'a str>,
    pub(super) limits: &'a [String],
}

pub(super) fn provenance(inputs: &Provenance<'_>) -> Markup {
    let files = inputs
        .files
        .iter()
        .map(|file| vec![file.role.clone(), file.path.clone(), number(file.bytes as f64, 0), file.sha256.clone()]);
    let files: Vec<Vec<String>> = files.collect();
    let settings: Vec<Vec<String>> =
        inputs.run_record.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
    html! {
        @if !inputs.command.is_empty() {
            h3 { "Command" }
            pre tabindex="0" { code { (inputs.command) } }
        }
        @if !settings.is_empty() {
            h3 { "Run record" }
            (table(&["Setting", "Value"], 2, &settings))
        }
        @if !files.is_empty() {
            h3 { "Data" }
            (table(&["Role", "File", "Bytes", "SHA-256"], 2, &files))
        }
        @if let Some(licence) = inputs.licence {
            h3 { "Terms of the data" }
            p.licence { (licence) }
        }
        @if !inputs.limits.is_empty() {
            h3 { "Limits" }
            ul { @for limit in inputs.limits { li { (limit) } } }
        }
    }
}
