//! The report as one page that needs nothing but itself.

mod figure_block;
mod inputs;
mod json;
mod record;
mod score_tables;
mod summary;
mod table;
mod test_tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::canvas::RenderedFigure;
use crate::error::PlotError;
use crate::figures::FigureContext;
pub use inputs::{AuditRow, AuditSection, ReportInputs, ReportTable};
pub use json::{REPORT_FORMAT_VERSION, json_report};
use summary::summary;

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// A part of the page: its anchor, its heading and what stands below it.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: Markup,
}

/// The report as HTML: summary, scores, replicates, tests, audit, the five figures and where all of it came from.
///
/// The page loads nothing, neither fonts nor scripts, and its figures are SVG within it. The same inputs give the same bytes.
/// `figures` are those that [`crate::render_figures`] draws of `inputs.figures`.
///
/// # Errors
///
/// [`PlotError::UnknownModel`] and [`PlotError::NoRows`], as [`crate::render_figures`] has them.
pub fn html_report(inputs: &ReportInputs<'_>, figures: &[RenderedFigure]) -> Result<String, PlotError> {
    let context = FigureContext::new(&inputs.figures)?;
    let sections = [
        Some(Section { id: "scores", heading: "Scores", body: score_tables::scores(&context) }),
        inputs.figures.ceiling.map(|ceiling| Section {
            id: "replicates",
            heading: "Replicates of the measurements",
            body: score_tables::ceiling(ceiling),
        }),
        inputs.figures.comparisons.map(|comparisons| Section {
            id: "tests",
            heading: "Tests between models",
            body: test_tables::tests(comparisons, context.split),
        }),
        (inputs.audit.is_some() || inputs.stratified.is_some() || !inputs.tables.is_empty()).then(|| Section {
            id: "audit",
            heading: "Audit",
            body: record::audit(inputs, &context.model),
        }),
        Some(Section { id: "figures", heading: "Figures", body: figure_block::figures(figures) }),
        Some(Section { id: "record", heading: "How this was made", body: record::record(inputs) }),
    ];
    let sections: Vec<Section> = sections.into_iter().flatten().collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(inputs.generator);
                title { (inputs.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (inputs.title) }
                    p.summary { (summary(&context)) }
                    nav aria-label="Contents" {
                        @for section in &sections { a href={ "#" (section.id) } { (section.heading) } " " }
                    }
                }
                main {
                    @for section in &sections {
                        section id=(section.id) { h2 { (section.heading) } (section.body) }
                    }
                }
                footer { p { "Written by " (inputs.generator) "." } }
                (figure_block::hover_data(figures))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(page.into_string())
}
