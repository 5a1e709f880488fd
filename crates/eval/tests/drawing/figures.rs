//! Every figure from plausible, tiny and degenerate tables.

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
    evaluate(table, &EvaluateOptions { draws: 200, ..EvaluateOptions::default() }).expect("scores")
}

fn noted<'a>(table: &'a PredictionTable, metrics: &'a MetricTable) -> FigureInputs<'a> {
    FigureInputs { note: Some("simulated data".to_owned()), ..FigureInputs::new(table, metrics) }
}

fn draw(table: &PredictionTable, attention: Option<&AttentionTable>, folder: &Path) -> Vec<PathBuf> {
    let metrics = scores(table);
    let inputs = FigureInputs { attention, panel_per_cell_type: true, ..noted(table, &metrics) };
    written(&inputs, folder)
}

/// `TATABOX_FIGURE_DIR` keeps the drawings for a look at them.
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

/// The figures are there, whole, and without a number that is none.
pub fn assert_sound(files: &[PathBuf], figures: usize) {
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
                assert!(!text.contains(" id=\""), "an id that two figures could share in {}", file.display());
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
fn eight_cell_types_and_two_thousand_genes() {
    let (_kept, folder) = folder_for("eight");
    assert_sound(&draw(&plausible(2_000, &CELL_TYPES), Some(&attention(400, &[""])), &folder), 5);
}

#[test]
fn one_to_six_cell_types() {
    for cells in [1, 2, 3, 5] {
        let (_kept, folder) = folder_for(&format!("cells{cells}"));
        let attention = attention(40, &CELL_TYPES[..cells]);
        assert_sound(&draw(&plausible(300, &CELL_TYPES[..cells]), Some(&attention), &folder), 5);
    }
}

#[test]
fn one_gene_has_figures_without_correlations() {
    let (_kept, folder) = folder_for("one_gene");
    let table = PredictionTable { rows: vec![row(1, "K562", "cnn", 3.0, 2.0)] };
    assert_sound(&draw(&table, Some(&attention(1, &["K562"])), &folder), 5);
}

#[test]
fn constant_predictions_and_perfect_predictions() {
    let (_kept, folder) = folder_for("constant");
    let rows = (0..40).map(|gene| row(gene, "K562", "mean", (gene % 7) as f64, 3.0)).collect();
    assert_sound(&draw(&PredictionTable { rows }, None, &folder), 4);
    let (_kept, folder) = folder_for("perfect");
    let rows = (0..40).map(|gene| row(gene, "K562", "oracle", (gene % 7) as f64, (gene % 7) as f64)).collect();
    assert_sound(&draw(&PredictionTable { rows }, None, &folder), 4);
}

#[test]
fn many_cell_types_with_missing_genes() {
    let (_kept, folder) = folder_for("many");
    let names: Vec<String> = (1..=20).map(|i| format!("Tissue with a long name {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = plausible(60, &names);
    let mut position = 0;
    table.rows.retain(|_| {
        position += 1;
        position % 11 != 0
    });
    assert_sound(&draw(&table, None, &folder), 4);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
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
fn everything_at_once_in_one_panel_for_all_cell_types() {
    let (_kept, folder) = folder_for("complete");
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
    assert_sound(&written(&inputs, &folder), 5);
    let captions: Vec<String> =
        render_figures(&inputs, &mut |_| {}).expect("drawn").into_iter().map(|figure| figure.caption).collect();
    assert!(captions[0].contains("Slope of the least-squares line: 0."), "{}", captions[0]);
    assert!(captions[1].contains("within twofold (dashed): "), "{}", captions[1]);
    assert!(captions[2].contains("in 7 of 8 cell types"), "{}", captions[2]);
    assert!(captions[3].contains("Bracket: tatabox-gru against each other model"), "{}", captions[3]);
    assert!(
        captions[4].contains("The first 8 of 9 words") && captions[4].contains("The first 6 of 7"),
        "{}",
        captions[4]
    );
}

#[test]
fn sixteen_models_with_brackets() {
    let (_kept, folder) = folder_for("sixteen");
    let table = many_models(120, &CELL_TYPES[..4], 16);
    let metrics = scores(&table);
    let tests = comparisons(&metrics.models(), &CELL_TYPES[..4]);
    let inputs = FigureInputs { comparisons: Some(&tests), ..noted(&table, &metrics) };
    assert_sound(&written(&inputs, &folder), 4);
}

#[test]
fn examples_without_profiles_and_profiles_of_two_cell_types() {
    let table = plausible(60, &CELL_TYPES[..2]);
    let metrics = scores(&table);
    let (attention, examples) = (attention(24, &CELL_TYPES[..2]), examples(2));
    for (case, attention) in [("examples_alone", None), ("two_profiles", Some(&attention))] {
        let (_kept, folder) = folder_for(case);
        let inputs = FigureInputs { attention, examples: Some(&examples), ..noted(&table, &metrics) };
        assert_sound(&written(&inputs, &folder), 5);
    }
}

#[test]
fn a_model_without_some_genes_and_cell_types_is_compared_all_the_same() {
    let mut table = plausible(100, &CELL_TYPES[..3]);
    table.rows.retain(|row| row.model != "k-mer ridge" || (row.cell_type != "K562" && !row.gene_id.ends_with('7')));
    let metrics = scores(&table);
    let figures = render_figures(&noted(&table, &metrics), &mut |_| {}).expect("drawn");
    assert!(figures[3].caption.contains("n\u{a0}=\u{a0}90–100\u{a0}genes"), "{}", figures[3].caption);
}

#[test]
fn names_of_any_length_and_script_stay_on_the_page() {
    let (_kept, folder) = folder_for("names");
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
    assert_sound(&written(&inputs, &folder), 5);
}

#[test]
fn constant_predictions_say_that_the_correlation_is_not_defined() {
    let rows = (0..40).map(|gene| row(gene, "K562", "mean", (gene % 7) as f64, 3.0)).collect();
    let table = PredictionTable { rows };
    let metrics = scores(&table);
    let figures = render_figures(&noted(&table, &metrics), &mut |_| {}).expect("drawn");
    assert!(figures[0].svg.contains("correlation not defined"));
    assert!(figures[0].caption.contains("Correlation not defined: measured or predicted values do not vary."));
    assert!(figures[3].svg.contains("not defined"));
}
