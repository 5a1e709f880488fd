//! All figures of realistic, tiny and degenerate tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::synthetic::{CELL_TYPES, attention, ceiling, comparisons, examples, many_models, plausible, row};
use tatabox_dataset::{AttentionTable, PredictionTable};
use tatabox_eval::{EvaluateOptions, MetricTable, evaluate};
use tatabox_plot::{FigureInputs, render_figures, write_figures};

fn written(inputs: &FigureInputs<'_>, folder: &Path) -> Vec<PathBuf> {
    let figures = render_figures(inputs, &mut |_| {}).expect("drawn");
    write_figures(&figures, folder).expect("written")
}

fn scores(table: &PredictionTable) -> MetricTable {
    evaluate(table, &EvaluateOptions { resamples: 200, ..EvaluateOptions::default() }).expect("scores")
}

fn noted<'a>(table: &'a PredictionTable, metrics: &'a MetricTable) -> FigureInputs<'a> {
    FigureInputs { note: Some("simulated data".to_owned()), ..FigureInputs::new(table, metrics) }
}

fn draw(table: &PredictionTable, attention: Option<&AttentionTable>, folder: &Path) -> Vec<PathBuf> {
    let metrics = scores(table);
    let inputs = FigureInputs { attention, panel_per_cell_type: true, ..noted(table, &metrics) };
    written(&inputs, folder)
}

/// Output folder: a folder below `TATABOX_FIGURE_DIR` if it is set, to inspect the figures, otherwise a temporary folder.
pub fn folder_for(case: &str) -> (Option<tempfile::TempDir>, PathBuf) {
    if let Some(folder) = std::env::var_os("TATABOX_FIGURE_DIR") {
        return (None, PathBuf::from(folder).join(case));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_owned();
    (Some(folder), path)
}

fn all_numbers_finite(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).all(|word| word != "NaN" && word != "inf")
}

/// Checks that all figures exist, are complete and contain only finite numbers.
pub fn assert_valid(files: &[PathBuf], figures: usize) {
    let svgs = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "svg"));
    assert_eq!(svgs.count(), figures, "{files:?}");
    for file in files {
        let bytes = fs::read(file).expect("written");
        let text = String::from_utf8_lossy(&bytes);
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => {
                assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"), "{}", file.display());
                assert!(all_numbers_finite(&text), "{}", file.display());
                assert!(text.contains("simulated"), "the note is missing in {}", file.display());
                assert!(!text.contains(" id=\""), "an id that could occur in two figures in {}", file.display());
            }
            Some("csv") => {
                assert!(text.lines().count() > 1, "{}", file.display());
                assert!(all_numbers_finite(&text), "{}", file.display());
            }
            _ => assert!(bytes.starts_with(b"\x89PNG"), "{}", file.display()),
        }
    }
}

#[test]
fn figures_of_eight_cell_types_and_2000_genes_are_valid() {
    let (_guard, folder) = folder_for("eight");
    assert_valid(&draw(&plausible(2_000, &CELL_TYPES), Some(&attention(400, &[""])), &folder), 5);
}

#[test]
fn figures_of_one_to_five_cell_types_are_valid() {
    for cells in [1, 2, 3, 5] {
        let (_guard, folder) = folder_for(&format!("cells{cells}"));
        let attention = attention(40, &CELL_TYPES[..cells]);
        assert_valid(&draw(&plausible(300, &CELL_TYPES[..cells]), Some(&attention), &folder), 5);
    }
}

#[test]
fn figures_of_one_gene_are_valid() {
    let (_guard, folder) = folder_for("one_gene");
    let table = PredictionTable { rows: vec![row(1, "K562", "cnn", 3.0, 2.0)] };
    assert_valid(&draw(&table, Some(&attention(1, &["K562"])), &folder), 5);
}

#[test]
fn figures_of_constant_and_perfect_predictions_are_valid() {
    let (_guard, folder) = folder_for("constant");
    let rows = (0..40).map(|gene| row(gene, "K562", "mean", (gene % 7) as f64, 3.0)).collect();
    assert_valid(&draw(&PredictionTable { rows }, None, &folder), 4);
    let (_guard, folder) = folder_for("perfect");
    let rows = (0..40).map(|gene| row(gene, "K562", "oracle", (gene % 7) as f64, (gene % 7) as f64)).collect();
    assert_valid(&draw(&PredictionTable { rows }, None, &folder), 4);
}

#[test]
fn figures_of_many_cell_types_with_missing_genes_are_valid() {
    let (_guard, folder) = folder_for("many");
    let names: Vec<String> = (1..=20).map(|i| format!("Tissue with a long name {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = plausible(60, &names);
    let mut position = 0;
    table.rows.retain(|_| {
        position += 1;
        position % 11 != 0
    });
    assert_valid(&draw(&table, None, &folder), 4);
}

#[test]
fn figures_are_deterministic() {
    let table = plausible(80, &CELL_TYPES[..2]);
    let attention = attention(8, &CELL_TYPES[..2]);
    let bytes = || -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = draw(&table, Some(&attention), folder.path());
        let name = |path: &PathBuf| path.file_name().expect("a file").to_string_lossy().into_owned();
        files.iter().map(|path| (name(path), fs::read(path).expect("written"))).collect()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn figures_with_all_inputs_have_complete_captions() {
    let (_guard, folder) = folder_for("complete");
    let table = plausible(2_000, &CELL_TYPES);
    let metrics = scores(&table);
    let models = metrics.models();
    let (attention, examples) = (attention(200, &[""]), examples(7));
    let (tests, ceiling) = (comparisons(&models, &CELL_TYPES), ceiling(&CELL_TYPES));
    let inputs = FigureInputs {
        comparisons: Some(&tests),
        ceiling: Some(&ceiling),
        attention: Some(&attention),
        examples: Some(&examples),
        ..noted(&table, &metrics)
    };
    assert_valid(&written(&inputs, &folder), 5);
    let captions: Vec<String> =
        render_figures(&inputs, &mut |_| {}).expect("drawn").into_iter().map(|figure| figure.caption).collect();
    assert!(captions[0].contains("Slope of the least-squares line: 0."), "{}", captions[0]);
    assert!(captions[1].contains("within twofold (dashed): "), "{}", captions[1]);
    assert!(captions[2].contains("in 7 of 8 cell types"), "{}", captions[2]);
    assert!(captions[3].contains("Bracket: tatabox-gru against each other model"), "{}", captions[3]);
    assert!(
        captions[4].contains("The first 8 of 9 k-mers") && captions[4].contains("The first 6 of 7"),
        "{}",
        captions[4]
    );
}

#[test]
fn figures_of_sixteen_models_with_brackets_are_valid() {
    let (_guard, folder) = folder_for("sixteen");
    let table = many_models(120, &CELL_TYPES[..4], 16);
    let metrics = scores(&table);
    let tests = comparisons(&metrics.models(), &CELL_TYPES[..4]);
    let inputs = FigureInputs { comparisons: Some(&tests), ..noted(&table, &metrics) };
    assert_valid(&written(&inputs, &folder), 4);
}

#[test]
fn attention_figure_of_examples_only_and_two_profiles_is_valid() {
    let table = plausible(60, &CELL_TYPES[..2]);
    let metrics = scores(&table);
    let (attention, examples) = (attention(24, &CELL_TYPES[..2]), examples(2));
    for (case, attention) in [("examples_alone", None), ("two_profiles", Some(&attention))] {
        let (_guard, folder) = folder_for(case);
        let inputs = FigureInputs { attention, examples: Some(&examples), ..noted(&table, &metrics) };
        assert_valid(&written(&inputs, &folder), 5);
    }
}

#[test]
fn model_comparison_incomplete_model_shows_a_range_of_genes() {
    let mut table = plausible(100, &CELL_TYPES[..3]);
    table.rows.retain(|row| row.model != "k-mer ridge" || (row.cell_type != "K562" && !row.gene_id.ends_with('7')));
    let metrics = scores(&table);
    let figures = render_figures(&noted(&table, &metrics), &mut |_| {}).expect("drawn");
    assert!(figures[3].caption.contains("n\u{a0}=\u{a0}90–100\u{a0}genes"), "{}", figures[3].caption);
}

#[test]
fn figures_with_long_and_non_latin_names_are_valid() {
    let (_guard, folder) = folder_for("names");
    let long = "a_model_name_without_any_space_".repeat(12);
    let mut table = plausible(
        50,
        &["Zellkern-äöü-細胞", "naïve CD4⁺ αβ T cell, thymus derived, of a donor with a very long description"],
    );
    for row in &mut table.rows {
        row.gene_name = Some("遺伝子-<b>-𝒢".repeat(20));
        if row.model == "tatabox-gru" {
            row.model.clone_from(&long);
        }
    }
    let metrics = scores(&table);
    let tests = comparisons(&metrics.models(), &["Zellkern-äöü-細胞"]);
    let mut examples = examples(1);
    examples.tracks[0].gene_name = Some("<i>".repeat(100));
    let inputs = FigureInputs { comparisons: Some(&tests), examples: Some(&examples), ..noted(&table, &metrics) };
    assert_valid(&written(&inputs, &folder), 5);
}

#[test]
fn figures_of_constant_predictions_label_undefined_correlations() {
    let rows = (0..40).map(|gene| row(gene, "K562", "mean", (gene % 7) as f64, 3.0)).collect();
    let table = PredictionTable { rows };
    let metrics = scores(&table);
    let figures = render_figures(&noted(&table, &metrics), &mut |_| {}).expect("drawn");
    assert!(figures[0].svg.contains("correlation not defined"));
    assert!(figures[0].caption.contains("Correlation not defined: measured or predicted values do not vary."));
    assert!(figures[3].svg.contains("not defined"));
}
