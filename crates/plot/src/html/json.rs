//! Report of an evaluation as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use tatabox_dataset::{InputFile, Split};
use tatabox_eval::{ComparisonTable, MetricTable, NoiseCeiling, StratifiedTable};

use super::inputs::{AuditSection, ReportInputs, ReportTable};
use super::summary::summary;
use crate::canvas::RenderedFigure;
use crate::error::PlotError;
use crate::figures::FigureContext;

/// Version of the layout of the JSON report; it increases if a field is removed or changes its meaning.
pub const REPORT_FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct JsonReport<'a> {
    format: &'static str,
    format_version: u32,
    title: &'a str,
    generator: &'a str,
    command: &'a str,
    model: &'a str,
    split: Split,
    summary: String,
    metrics: &'a MetricTable,
    noise_ceiling: Option<&'a NoiseCeiling>,
    comparisons: Option<&'a ComparisonTable>,
    stratified: Option<&'a StratifiedTable>,
    audit: Option<&'a AuditSection>,
    tables: &'a [ReportTable],
    figures: Vec<JsonFigure>,
    run_record: BTreeMap<&'a str, &'a str>,
    provenance: &'a [InputFile],
    licence: Option<&'a str>,
    limits: &'a [String],
}

#[derive(Serialize)]
struct JsonFigure {
    name: String,
    title: String,
    caption: String,
    /// File names of the tables of the figure.
    tables: Vec<String>,
}

/// JSON report with the content of [`crate::html_report`]; a figure is represented by its caption and table names.
///
/// `figures` is the result of [`crate::render_figures`] for `inputs.figures`.
///
/// # Errors
///
/// [`PlotError::UnknownModel`] and [`PlotError::NoRows`], as in [`crate::render_figures`]; [`PlotError::Format`] if the formatter
/// fails.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, evaluate};
/// use tatabox_plot::{FigureInputs, ReportInputs, json_report};
///
/// let rows = (0..20).map(|gene| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene % 7),
///     predicted: f64::from(gene % 5),
///     model: "cnn".to_owned(),
/// });
/// let table = PredictionTable { rows: rows.collect() };
/// let metrics = evaluate(&table, &EvaluateOptions { resamples: 100, ..EvaluateOptions::default() })?;
/// let inputs = ReportInputs::new("Expression in K562", FigureInputs::new(&table, &metrics));
///
/// let report: serde_json::Value = serde_json::from_str(&json_report(&inputs, &[])?)?;
/// assert_eq!((report["model"].as_str(), report["split"].as_str()), (Some("cnn"), Some("test")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn json_report(inputs: &ReportInputs<'_>, figures: &[RenderedFigure]) -> Result<String, PlotError> {
    let context = FigureContext::new(&inputs.figures)?;
    let figures = figures.iter().map(|figure| JsonFigure {
        name: figure.name.clone(),
        title: figure.title.clone(),
        caption: figure.caption.clone(),
        tables: figure.tables.iter().map(|table| format!("{}.csv", table.name)).collect(),
    });
    let report = JsonReport {
        format: "tatabox report",
        format_version: REPORT_FORMAT_VERSION,
        title: &inputs.title,
        generator: &inputs.generator,
        command: &inputs.command,
        model: &context.model,
        split: context.split,
        summary: summary(&context),
        metrics: inputs.figures.metrics,
        noise_ceiling: inputs.figures.ceiling,
        comparisons: inputs.figures.comparisons,
        stratified: inputs.stratified,
        audit: inputs.audit.as_ref(),
        tables: &inputs.tables,
        figures: figures.collect(),
        run_record: inputs.run_record.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        provenance: &inputs.provenance,
        licence: inputs.licence.as_deref(),
        limits: &inputs.limits,
    };
    let text = serde_json::to_string_pretty(&report).map_err(|error| PlotError::format("the report", error))?;
    Ok(text + "\n")
}
