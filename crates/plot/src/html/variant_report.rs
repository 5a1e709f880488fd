//! Report of measured and predicted effects of variants.

use maud::{Markup, html};
use tatabox_dataset::InputFile;
use tatabox_eval::{
    EffectComparison, EffectComparisonTable, EffectEstimate, EffectMetric, EffectScope, EffectScoreRow,
    EffectScoreTable, PredictorKind,
};

use super::record::{Provenance, provenance};
use super::table::{digits, folded, interval, table};
use super::{Page, Section, figure_block};
use crate::canvas::{RenderedFigure, counted, number, p_value_text};

/// Inputs of the report.
#[derive(Clone, Debug)]
pub struct VariantReportInputs<'a> {
    /// Title of the page.
    pub title: String,
    /// Scores of all models and controls.
    pub metrics: &'a EffectScoreTable,
    /// Tests of the first model against the others.
    pub comparisons: &'a EffectComparisonTable,
    /// Number of rows of the table of measured effects.
    pub rows: usize,
    /// Number of rows that are compared.
    pub compared: usize,
    /// Numbers of excluded rows with their reasons; empty for none.
    pub excluded: String,
    /// Number of figures in the folder, of which the report has some or all.
    pub all_figures: usize,
    /// Settings and environment of the run, by name.
    pub run_record: Vec<(String, String)>,
    /// Input files.
    pub provenance: Vec<InputFile>,
    /// Limitations of the results, one sentence each.
    pub limits: Vec<String>,
    /// Command that reproduces the report.
    pub command: String,
}

/// HTML report of the effects of variants: summary, scores, tests, figures and provenance.
///
/// The page is self-contained, as that of [`html_report`](crate::html_report). The same inputs give the same bytes.
///
/// # Examples
///
/// ```
/// use tatabox_eval::{EffectComparisonTable, EffectScoreTable};
/// use tatabox_plot::{VariantReportInputs, variant_report};
///
/// let inputs = VariantReportInputs {
///     title: "Effects of variants".to_owned(),
///     metrics: &EffectScoreTable::default(),
///     comparisons: &EffectComparisonTable::default(),
///     rows: 0,
///     compared: 0,
///     excluded: String::new(),
///     all_figures: 0,
///     run_record: Vec::new(),
///     provenance: Vec::new(),
///     limits: Vec::new(),
///     command: String::new(),
/// };
/// assert!(variant_report(&inputs, &[]).contains("<h1>Effects of variants</h1>"));
/// ```
pub fn variant_report(inputs: &VariantReportInputs<'_>, figures: &[RenderedFigure]) -> String {
    let sections = [
        Some(Section { id: "scores", heading: "Scores", body: scores(inputs.metrics) }),
        (!inputs.comparisons.rows.is_empty()).then(|| Section {
            id: "tests",
            heading: "Tests between models",
            body: tests(inputs.comparisons),
        }),
        (!figures.is_empty()).then(|| Section {
            id: "figures",
            heading: "Figures",
            body: html! {
                @if figures.len() < inputs.all_figures {
                    p { (figures.len()) " of " (inputs.all_figures) " figures; the folder has all of them." }
                }
                (figure_block::figures(figures))
            },
        }),
        Some(Section {
            id: "record",
            heading: "How this was made",
            body: provenance(&Provenance {
                command: &inputs.command,
                run_record: &inputs.run_record,
                files: &inputs.provenance,
                licence: None,
                limits: &inputs.limits,
            }),
        }),
    ];
    let page = Page {
        title: &inputs.title,
        generator: &format!("tatabox {}", env!("CARGO_PKG_VERSION")),
        summary: summary(inputs),
        sections: sections.into_iter().flatten().collect(),
    };
    page.render(figures)
}

fn summary(inputs: &VariantReportInputs<'_>) -> String {
    let counts = format!("{} of {} compared.", number(inputs.compared as f64, 0), counted(inputs.rows, "variant"));
    let excluded = (!inputs.excluded.is_empty()).then(|| format!("Excluded: {}.", inputs.excluded));
    let score = |row: &EffectScoreRow| {
        let place = match (&row.element, &row.cell_type) {
            (Some(element), Some(cell_type)) => format!("{element}, {cell_type}"),
            (None, Some(cell_type)) => format!("all variants in {cell_type}"),
            _ => format!("mean over {}", counted(row.elements, "element")),
        };
        format!("{}: Spearman {} ({place}).", row.predictor, estimate(row.estimate(EffectMetric::Spearman)))
    };
    let models = inputs.metrics.overall().filter(|row| row.kind == PredictorKind::Model).map(score);
    [counts].into_iter().chain(excluded).chain(models).collect::<Vec<_>>().join(" ")
}

fn scores(metrics: &EffectScoreTable) -> Markup {
    let of_scope = |scope: EffectScope| metrics.rows.iter().filter(move |row| row.scope == scope);
    let rows = |scope, names: fn(&EffectScoreRow) -> Vec<String>| -> Vec<Vec<String>> {
        of_scope(scope).map(|row| cells(row, names(row))).collect()
    };
    let cell_type = |row: &EffectScoreRow| row.cell_type.clone().unwrap_or_else(|| "all".to_owned());
    let means = rows(EffectScope::Mean, |row| {
        vec![row.predictor.clone(), row.cell_type.clone().unwrap_or_else(|| "all".to_owned())]
    });
    let pooled =
        rows(EffectScope::Pooled, |row| vec![row.predictor.clone(), row.cell_type.clone().unwrap_or_default()]);
    let of_elements = of_scope(EffectScope::Element)
        .map(|row| cells(row, vec![row.predictor.clone(), row.element.clone().unwrap_or_default(), cell_type(row)]));
    let of_elements: Vec<Vec<String>> = of_elements.collect();
    let columns = |names: &[&'static str]| -> Vec<&'static str> {
        let scores = EffectMetric::ALL.map(EffectMetric::title);
        names.iter().copied().chain(["elements", "n"]).chain(scores).collect()
    };
    let (by_cell, by_element) =
        (columns(&["Predictor", "Cell\u{a0}type"]), columns(&["Predictor", "Element", "Cell\u{a0}type"]));
    html! {
        p {
            "Square brackets: 95% bootstrap interval over elements where there are five or more, else over variants, "
            (number(metrics.bootstrap_resamples as f64, 0)) " resamples (seed " (metrics.bootstrap_seed) "). Sign agreement: "
            "fraction of the " (metrics.significant) " whose sign is predicted. AUROC and AUPRC: detection of the "
            (metrics.strong) " by the magnitude of the prediction."
        }
        @if !means.is_empty() {
            h3 { "Mean over elements with " (metrics.min_variants) " variants or more" }
            (table(&by_cell, 2, &means))
        }
        @if !pooled.is_empty() {
            h3 { "All variants of a cell type as one set" }
            (table(&by_cell, 2, &pooled))
            (folded("Each element", &table(&by_element, 3, &of_elements)))
        } @else {
            (table(&by_element, 3, &of_elements))
        }
    }
}

fn cells(row: &EffectScoreRow, names: Vec<String>) -> Vec<String> {
    let counts = [row.elements, row.n].map(|count| number(count as f64, 0));
    names.into_iter().chain(counts).chain(EffectMetric::ALL.map(|metric| estimate(row.estimate(metric)))).collect()
}

fn estimate(estimate: &EffectEstimate) -> String {
    match (estimate.value, estimate.element_interval.or(estimate.interval)) {
        (Some(value), Some(limits)) => format!("{} {}", number(value, 3), interval(Some(limits))),
        (value, _) => digits(value, 3),
    }
}

fn tests(comparisons: &EffectComparisonTable) -> Markup {
    let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), p_value_text);
    let row = |row: &EffectComparison| {
        let test = row.elements.unwrap_or(row.variants);
        vec![
            row.predictor.clone(),
            row.cell_type.clone().unwrap_or_else(|| "all".to_owned()),
            row.metric.title().to_owned(),
            format!("{} {}", number(row.difference, 3), interval(test.interval)),
            p(row.variants.p),
            p(row.variants.p_holm),
            p(row.elements.and_then(|test| test.p)),
            p(row.elements.and_then(|test| test.p_holm)),
        ]
    };
    let rows: Vec<Vec<String>> = comparisons.overall().map(row).collect();
    let columns = [
        "Other",
        "Cell\u{a0}type",
        "Score",
        "Difference",
        "p, variants",
        "p, variants (Holm)",
        "p, elements",
        "p, elements (Holm)",
    ];
    html! {
        p {
            "Score of " (comparisons.reference) " minus that of the other predictor on the same variants; paired bootstrap over "
            "variants and over elements, " (number(comparisons.bootstrap_resamples as f64, 0)) " resamples."
        }
        (table(&columns, 3, &rows))
    }
}

#[cfg(test)]
mod tests {
    use tatabox_eval::{EffectPredictor, EffectScoreOptions, MeasuredEffect, VariantEffects, score_variant_effects};

    use super::*;

    #[test]
    fn variant_report_has_scores_tests_and_exclusions() {
        let measured = (0..24).map(|variant| MeasuredEffect {
            element: format!("E{}", variant / 12),
            cell_type: "K562".to_owned(),
            variant,
            effect: (variant * 5 % 7) as f64,
            is_significant: None,
        });
        let predictor = |name: &str, kind, factor: usize| EffectPredictor {
            name: name.to_owned(),
            kind,
            is_signed: true,
            values: (0..24).map(|variant| (variant * factor % 11) as f64).collect(),
        };
        let effects = VariantEffects {
            measured: measured.collect(),
            predictors: vec![
                predictor("<cnn>", PredictorKind::Model, 3),
                predictor("gc-change", PredictorKind::Control, 4),
            ],
        };
        let options = EffectScoreOptions { resamples: 50, ..EffectScoreOptions::default() };
        let scores = score_variant_effects(&effects, &options);
        let inputs = VariantReportInputs {
            title: "Effects".to_owned(),
            metrics: &scores.metrics,
            comparisons: &scores.comparisons,
            rows: 26,
            compared: 24,
            excluded: "2 no_effect".to_owned(),
            all_figures: 0,
            run_record: vec![("seed".to_owned(), "42".to_owned())],
            provenance: Vec::new(),
            limits: vec!["A limit.".to_owned()],
            command: "tatabox evaluate-variants".to_owned(),
        };
        let page = variant_report(&inputs, &[]);
        for text in ["Excluded: 2 no_effect.", "&lt;cnn&gt;", "Mean over elements", "Tests between models", "A limit."]
        {
            assert!(page.contains(text), "{text}");
        }
        assert_eq!(page, variant_report(&inputs, &[]));
    }
}
