//! HTML and JSON reports: well-formed, escaped, self-contained and of limited size.

use std::collections::BTreeSet;

use crate::synthetic::{CELL_TYPES, attention, ceiling, comparisons, examples, plausible, row};
use tatabox_dataset::{InputFile, PredictionTable};
use tatabox_eval::{EvaluateOptions, MetricTable, evaluate, stratified_scores};
use tatabox_plot::{
    AuditRow, AuditSection, FigureInputs, RenderedFigure, ReportInputs, ReportTable, html_report, json_report,
    render_figures,
};

fn drawn(inputs: &ReportInputs<'_>) -> Vec<RenderedFigure> {
    render_figures(&inputs.figures, &mut |_| {}).expect("drawn")
}

fn html_of(inputs: &ReportInputs<'_>) -> String {
    html_report(inputs, &drawn(inputs)).expect("a report")
}

const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "!DOCTYPE"];

fn scores(table: &PredictionTable) -> MetricTable {
    evaluate(table, &EvaluateOptions { resamples: 200, ..EvaluateOptions::default() }).expect("scores")
}

/// Checks that all tags are closed in order; returns all attributes.
fn attributes(html: &str) -> Vec<(String, String)> {
    let (mut open, mut attributes) = (Vec::new(), Vec::new());
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> closes another tag");
            continue;
        }
        let name = tag.split_ascii_whitespace().next().expect("a tag has a name");
        let mut parts = tag.split('"');
        while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
            let key = before.trim().trim_end_matches('=').rsplit(' ').next().unwrap_or_default();
            attributes.push((key.to_owned(), value.to_owned()));
        }
        if VOID.contains(&name) || tag.ends_with('/') {
            continue;
        }
        if name == "script" || name == "style" {
            let end = format!("</{name}>");
            rest = &rest[rest.find(&end).expect("raw text ends") + end.len()..];
            continue;
        }
        open.push(name);
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    attributes
}

fn assert_valid(html: &str) {
    let attributes = attributes(html);
    let mut ids = BTreeSet::new();
    for (name, value) in &attributes {
        if name == "id" {
            assert!(ids.insert(value), "duplicate id {value}");
        }
    }
    for (name, value) in &attributes {
        if name == "href" || name == "aria-labelledby" || name == "data-hover" {
            assert!(ids.contains(&value.trim_start_matches('#').to_owned()), "{name}={value} has no target");
        }
        assert!(name != "src" && !value.contains("url("), "{name}={value} loads a resource");
    }
    assert!(!html.contains("http:") && !html.contains("@import"), "the page loads a resource");
    assert!(html.match_indices("https:").all(|(at, _)| html[at..].starts_with("https://doi.org/")));
    assert!(!html.contains("NaN") && !html.contains("Infinity"));
}

/// Writes the page below `TATABOX_FIGURE_DIR` if it is set, to inspect it.
fn save(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("TATABOX_FIGURE_DIR") {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(std::path::Path::new(&folder).join(name), page).expect("writable");
    }
}

#[test]
fn html_report_with_all_inputs_is_valid_and_below_five_megabytes() {
    let table = plausible(2_000, &CELL_TYPES);
    let metrics = scores(&table);
    let (attention, examples) = (attention(100, &[""]), examples(6));
    let (tests, ceiling) = (comparisons(&metrics.models(), &CELL_TYPES), ceiling(&CELL_TYPES));
    let figures = FigureInputs {
        comparisons: Some(&tests),
        ceiling: Some(&ceiling),
        attention: Some(&attention),
        examples: Some(&examples),
        note: Some("simulated data".to_owned()),
        ..FigureInputs::new(&table, &metrics)
    };
    let check = |name: &str, value: &str, verdict: &str| AuditRow {
        name: name.to_owned(),
        value: value.to_owned(),
        verdict: verdict.to_owned(),
    };
    let cells = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
    let similarity =
        table.rows.iter().map(|row| (row.gene_id.clone(), f64::from(row.gene_id.ends_with('7')))).collect();
    let options = EvaluateOptions { resamples: 50, ..EvaluateOptions::default() };
    let strata = stratified_scores(&table, &similarity, &[0.5], &options).expect("two strata");
    let inputs = ReportInputs {
        audit: Some(AuditSection {
            headline: "No test gene shares a window with a training gene.".to_owned(),
            rows: vec![
                check("overlapping windows", "0 of 2,000", "ok"),
                check("near duplicates", "12 of 2,000", "small"),
            ],
        }),
        stratified: Some(&strata),
        tables: vec![ReportTable {
            title: "Nearest training promoters".to_owned(),
            text: "Shared 8-mers, to two digits.".to_owned(),
            columns: cells(&["Test gene", "Shared"]),
            rows: vec![cells(&["GATA1", "0.31"]), cells(&["MYC", "0.27"])],
        }],
        run_record: vec![("seed".to_owned(), "1".to_owned()), ("window".to_owned(), "−250 to +50 bp".to_owned())],
        provenance: vec![InputFile {
            role: "expression".to_owned(),
            path: "data/expression.tsv.gz".to_owned(),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
            bytes: 1_234_567,
        }],
        licence: Some("CC BY 4.0. Cite the source.".to_owned()),
        limits: vec!["A promoter alone does not determine expression.".to_owned()],
        command: "tatabox report --model models/human --data data/human300 -o report.html".to_owned(),
        ..ReportInputs::new("Expression of 2,000 genes from 300 bp of promoter", figures)
    };
    let html = html_of(&inputs);
    save("report.html", &html);
    assert_valid(&html);
    assert!(html.len() < 5_000_000, "{} bytes", html.len());
    for part in [
        "None of the 3 other models scores higher",
        "Wilcoxon",
        "Cohen's d",
        "Analysis of variance",
        "near duplicates",
        "SHA-256",
        "CC BY 4.0",
        "Figure 5.",
    ] {
        assert!(html.contains(part) || html.contains(&part.replace('\'', "&#39;")), "{part} is missing");
    }
    assert_eq!(html, html_of(&inputs), "the same inputs give the same bytes");

    let json: serde_json::Value =
        serde_json::from_str(&json_report(&inputs, &drawn(&inputs)).expect("a report")).expect("valid JSON");
    assert_eq!((json["format_version"].as_u64(), json["model"].as_str()), (Some(1), Some("tatabox-gru")));
    assert_eq!(json["figures"].as_array().map(Vec::len), Some(5));
    assert_eq!(json["comparisons"]["rows"].as_array().map(Vec::len), Some(4 * 9));
}

#[test]
fn html_report_escapes_names_everywhere() {
    let mut table = plausible(30, &["<b>K562</b>", "\"quoted\" & 'plain'"]);
    for row in &mut table.rows {
        row.gene_name = Some("<b>".to_owned());
        row.gene_id.push_str("</script><script>alert(1)</script>");
        if row.model == "train mean" {
            row.model = "<img src=x onerror=alert(1)>".to_owned();
        }
    }
    let metrics = scores(&table);
    let mut examples = examples(2);
    examples.tracks[0].gene_name = Some("<b>".to_owned());
    let figures =
        FigureInputs { examples: Some(&examples), note: Some("<u>".to_owned()), ..FigureInputs::new(&table, &metrics) };
    let inputs = ReportInputs {
        limits: vec!["<ul>".to_owned()],
        command: "tatabox --name '<x>' && true".to_owned(),
        ..ReportInputs::new("<title>", figures)
    };
    let html = html_of(&inputs);
    assert_valid(&html);
    for raw in ["<b>", "<img", "<u>", "<x>", "alert(1)</script>"] {
        assert!(!html.contains(raw), "{raw} is not escaped");
    }
    assert!(html.contains("&lt;b&gt;K562") && html.contains("\\u003cb>"), "the escaped names are present");
}

#[test]
fn html_report_of_one_gene_has_no_correlation() {
    let table = PredictionTable { rows: vec![row(1, "K562", "cnn", 3.0, 2.0)] };
    let metrics = scores(&table);
    let html = html_of(&ReportInputs::new("One gene", FigureInputs::new(&table, &metrics)));
    assert_valid(&html);
    assert!(html.contains("The correlation of cnn with measured expression is not defined (K562, 1 test gene)"));
    assert!(html.contains("No other model has a defined correlation."));
}
