//! Report of an evaluation as a self-contained HTML page and as JSON.

mod figure_block;
mod inputs;
mod json;
mod record;
mod score_tables;
mod summary;
mod table;
mod test_tables;
mod variant_report;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::canvas::RenderedFigure;
use crate::error::PlotError;
use crate::figures::FigureContext;
pub use inputs::{AuditRow, AuditSection, ReportInputs, ReportTable};
pub use json::{REPORT_FORMAT_VERSION, json_report};
use summary::summary;
pub use variant_report::{VariantReportInputs, variant_report};

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// Section of the page: anchor, heading and content.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: Markup,
}

/// HTML report: summary, scores, noise ceiling, tests, audit, figures and provenance.
///
/// The page is self-contained: figures are inline SVG, and no fonts or scripts are loaded. The same inputs give the same bytes.
/// `figures` is the result of [`crate::render_figures`] for `inputs.figures`.
///
/// # Errors
///
/// [`PlotError::UnknownModel`] and [`PlotError::NoRows`], as in [`crate::render_figures`].
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, evaluate};
/// use tatabox_plot::{FigureInputs, ReportInputs, html_report, render_figures};
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
/// let page = html_report(&inputs, &render_figures(&inputs.figures, &mut |_| {})?)?;
/// assert!(page.contains("<h1>Expression in K562</h1>") && !page.contains("http://"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn html_report(inputs: &ReportInputs<'_>, figures: &[RenderedFigure]) -> Result<String, PlotError> {
    let context = FigureContext::new(&inputs.figures)?;
    let sections = [
        Some(Section { id: "scores", heading: "Scores", body: score_tables::scores(&context) }),
        inputs.figures.ceiling.map(|ceiling| Section {
            id: "replicates",
            heading: "Noise ceiling",
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
    let page = Page {
        title: &inputs.title,
        generator: &inputs.generator,
        summary: summary(&context),
        sections: sections.into_iter().flatten().collect(),
    };
    Ok(page.render(figures))
}

/// Self-contained page: title, summary and sections.
struct Page<'a> {
    title: &'a str,
    generator: &'a str,
    summary: String,
    sections: Vec<Section>,
}

impl Page<'_> {
    fn render(&self, figures: &[RenderedFigure]) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="generator" content=(self.generator);
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        p.summary { (self.summary) }
                        nav aria-label="Contents" {
                            @for section in &self.sections { a href={ "#" (section.id) } { (section.heading) } " " }
                        }
                    }
                    main {
                        @for section in &self.sections {
                            section id=(section.id) { h2 { (section.heading) } (section.body) }
                        }
                    }
                    footer { p { "Written by " (self.generator) "." } }
                    (figure_block::hover_data(figures))
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }
}
