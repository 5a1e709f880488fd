//! Every figure from plausible, tiny and degenerate tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tatabox_dataset::{AttentionRow, AttentionTable, PredictionRow, PredictionTable, Split};
use tatabox_eval::{EvaluateOptions, FigureInputs, draw_figures, evaluate};

const CELL_TYPES: [&str; 8] = ["K562", "HepG2", "GM12878", "H1-ESC", "MCF7", "HeLa-S3", "A549", "Jurkat"];

fn row(gene: usize, cell_type: &str, model: &str, measured: f64, predicted: f64) -> PredictionRow {
    PredictionRow {
        gene_id: format!("ENSG{gene:011}"),
        gene_name: None,
        cell_type: cell_type.to_owned(),
        split: Split::Test,
        measured,
        predicted,
        model: model.to_owned(),
    }
}

/// The sum of twelve uniform numbers, nearly normal.
fn noise(generator: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| generator.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

/// A quarter of the genes silent, the others around 4; predictions shrunk towards the mean, three models and a constant.
fn plausible(genes: usize, cell_types: &[&str]) -> PredictionTable {
    let mut generator = ChaCha8Rng::seed_from_u64(1);
    let mut rows = Vec::new();
    for gene in 0..genes {
        let silent = generator.random_range(0.0..1.0) < 0.25;
        let level = if silent { 0.2 * noise(&mut generator).abs() } else { 4.5 + 1.7 * noise(&mut generator) };
        for (index, cell_type) in cell_types.iter().enumerate() {
            let measured = (level + 0.6 * noise(&mut generator)).max(0.0);
            let spread = 1.2 + 0.05 * index as f64;
            let mut predict = |slope: f64, sd: f64| 3.3 + slope * (level - 3.3) + sd * noise(&mut generator);
            let (network, ridge) = (predict(0.45, 1.0 * spread), predict(0.35, 1.2 * spread));
            let (forest, long) = (predict(0.33, 1.25 * spread), predict(0.4, 1.1 * spread));
            let models = [
                ("tatabox-gru", network),
                ("k-mer ridge", ridge),
                ("random forest", forest),
                ("a model with quite a long name", long),
                ("train mean", 3.3),
            ];
            rows.extend(models.map(|(model, predicted)| row(gene, cell_type, model, measured, predicted)));
        }
    }
    PredictionTable { rows }
}

fn attention(genes: usize, cell_types: &[&str]) -> AttentionTable {
    let mut generator = ChaCha8Rng::seed_from_u64(2);
    let mut rows = Vec::new();
    for gene in 0..genes {
        let quartile = (gene % 4) as u8 + 1;
        let raw = (0..48).map(|bin| {
            let position = f64::from(bin * 125 - 4938);
            let peak = f64::from(quartile) * (-(position + 60.0).abs() / 260.0).exp();
            (0.4 * noise(&mut generator)).exp() * (0.4 + peak)
        });
        let raw: Vec<f64> = raw.collect();
        let total: f64 = raw.iter().sum();
        rows.extend(raw.iter().enumerate().map(|(bin, weight)| AttentionRow {
            gene_id: format!("ENSG{gene:011}"),
            cell_type: String::new(),
            position_bp: bin as i32 * 125 - 4938,
            bin_bp: 125,
            weight: weight / total,
            expression_quartile: quartile,
        }));
    }
    let named = |cell_type: &&str| -> Vec<AttentionRow> {
        rows.iter().map(|row| AttentionRow { cell_type: (*cell_type).to_owned(), ..row.clone() }).collect()
    };
    AttentionTable { rows: cell_types.iter().flat_map(named).collect() }
}

fn draw(table: &PredictionTable, attention: Option<&AttentionTable>, folder: &Path) -> Vec<PathBuf> {
    let options = EvaluateOptions { draws: 200, ..EvaluateOptions::default() };
    let metrics = evaluate(table, &options).expect("scores");
    let inputs =
        FigureInputs { attention, note: Some("simulated data".to_owned()), ..FigureInputs::new(table, &metrics) };
    draw_figures(&inputs, folder, &mut |_| {}).expect("drawn")
}

/// `TATABOX_FIGURE_DIR` keeps the drawings for a look at them.
fn folder_for(case: &str) -> (Option<tempfile::TempDir>, PathBuf) {
    if let Some(folder) = std::env::var_os("TATABOX_FIGURE_DIR") {
        return (None, PathBuf::from(folder).join(case));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_owned();
    (Some(folder), path)
}

fn assert_sound(files: &[PathBuf], figures: usize) {
    assert_eq!(files.len(), 3 * figures, "{files:?}");
    for file in files {
        let bytes = fs::read(file).expect("written");
        let text = String::from_utf8_lossy(&bytes);
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => {
                assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"), "{}", file.display());
                assert!(!text.contains("NaN") && !text.contains("inf"), "{}", file.display());
                assert!(text.contains("simulated"), "the note is missing in {}", file.display());
            }
            Some("csv") => assert!(text.lines().count() > 1, "{}", file.display()),
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
