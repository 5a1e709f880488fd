//! Degenerate prediction tables: no panic, no NaN, and notes on everything that is excluded.

use std::collections::BTreeMap;

use tatabox_dataset::{PredictionRow, PredictionTable, Split};
use tatabox_eval::{
    CompareOptions, ComparisonTable, EvaluateOptions, MetricTable, Scope, TableExport, compare, compare_with_progress,
    evaluate, evaluate_with_progress, stratified_scores,
};

const CELL_TYPES: [&str; 4] = ["K562", "HepG2", "GM12878", "MCF7"];

fn row(gene: usize, cell_type: &str, split: Split, model: &str, measured: f64, predicted: f64) -> PredictionRow {
    PredictionRow {
        gene_id: format!("G{gene:03}"),
        gene_name: None,
        cell_type: cell_type.to_owned(),
        split,
        measured,
        predicted,
        model: model.to_owned(),
    }
}

/// Pseudo-random values in [0, 10).
fn value(gene: usize, salt: usize) -> f64 {
    ((gene * 37 + salt * 59 + 11) % 101) as f64 / 10.1
}

/// `models` models of different quality, in the test split.
fn table(genes: usize, cell_types: &[&str], models: usize) -> PredictionTable {
    let mut rows = Vec::new();
    for gene in 0..genes {
        for (index, cell_type) in cell_types.iter().enumerate() {
            let measured = value(gene, index);
            for model in 0..models {
                let fraction = 1.0 / (model + 2) as f64;
                let predicted = fraction * measured + (1.0 - fraction) * value(gene, 7 + 3 * model + index);
                rows.push(row(gene, cell_type, Split::Test, &format!("model-{model}"), measured, predicted));
            }
        }
    }
    PredictionTable { rows }
}

fn chromosomes(genes: usize, count: usize) -> BTreeMap<String, String> {
    (0..genes).map(|gene| (format!("G{gene:03}"), format!("chr{}", gene % count))).collect()
}

fn score(table: &PredictionTable, chromosomes: Option<BTreeMap<String, String>>) -> MetricTable {
    let options = EvaluateOptions { resamples: 100, chromosomes, ..EvaluateOptions::default() };
    let metrics = evaluate(table, &options).expect("scores");
    let files = [metrics.to_text(), metrics.to_tsv().expect("numbers"), metrics.to_json().expect("numbers")];
    assert_no_nan(&files);
    metrics
}

fn test(table: &PredictionTable, chromosomes: Option<BTreeMap<String, String>>) -> ComparisonTable {
    let folds = (0..200).map(|gene| (format!("G{gene:03}"), gene % 4)).collect();
    let options = CompareOptions { resamples: 200, folds: Some(folds), chromosomes, ..CompareOptions::new("model-0") };
    let compared = compare(table, &options).expect("tests");
    assert_no_nan(&[
        compared.to_text(),
        compared.to_tsv().expect("numbers"),
        compared.anova_to_tsv().expect("numbers"),
        compared.to_json().expect("numbers"),
    ]);
    compared
}

fn assert_no_nan(files: &[String]) {
    for text in files {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn evaluate_and_compare_ten_models_in_two_splits_have_every_row() {
    let mut both = table(40, &CELL_TYPES, 10);
    let mut validation = both.clone();
    for row in &mut validation.rows {
        row.gene_id.push('v');
        row.split = Split::Validation;
    }
    both.rows.extend(validation.rows);
    let splits = vec![Split::Test, Split::Validation];
    let options = EvaluateOptions { splits: splits.clone(), resamples: 20, ..EvaluateOptions::default() };
    let mut steps = Vec::new();
    let metrics =
        evaluate_with_progress(&both, &options, &mut |done, total| steps.push((done, total))).expect("scores");
    assert_eq!(metrics.rows.len(), 10 * 2 * (CELL_TYPES.len() + 2));
    assert_eq!((steps.first(), steps.last()), (Some(&(0, 20)), Some(&(20, 20))));

    let options = CompareOptions { splits, resamples: 50, ..CompareOptions::new("model-4") };
    let mut steps = Vec::new();
    let compared = compare_with_progress(&both, &options, &mut |done, total| steps.push((done, total))).expect("tests");
    assert_eq!(compared.rows.len(), 9 * 2 * (CELL_TYPES.len() + 1));
    assert_eq!(compared.anova.len(), 2 * 3, "three designs per split without folds: {:?}", compared.anova);
    assert!(steps.is_sorted() && steps.last() == Some(&(20, 20)), "{steps:?}");
    assert!(compared.to_text().lines().any(|line| line.starts_with("model-9  validation  mean")));
}

#[test]
fn compare_model_without_some_genes_and_cell_types_uses_shared_pairs() {
    let mut table = table(60, &CELL_TYPES, 3);
    table.rows.retain(|row| row.model != "model-2" || (row.gene_id.as_str() < "G020" && row.cell_type != "MCF7"));
    let metrics = score(&table, Some(chromosomes(60, 7)));
    assert_eq!(metrics.cell_type_rows("model-2", Split::Test).len(), 3);
    assert!(metrics.rows.iter().all(|row| row.pearson.chromosome_interval.is_some()));
    let compared = test(&table, Some(chromosomes(60, 7)));
    let last = compared.rows.last().expect("rows");
    assert_eq!((last.model.as_str(), last.cell_type.as_deref(), last.n), ("model-2", None, 20));
    assert!(
        compared.notes.iter().any(|note| note.contains("180 of `model-0`, 0 of `model-2`")),
        "{:?}",
        compared.notes
    );
    assert!(compared.notes.iter().any(|note| note.contains("use the 20 genes (60 pairs")), "{:?}", compared.notes);
}

#[test]
fn compare_models_without_shared_genes_has_no_rows() {
    let mut table = table(20, &CELL_TYPES, 2);
    table.rows.retain(|row| (row.model == "model-1") == (row.gene_id.as_str() < "G010"));
    let compared = test(&table, None);
    assert!(compared.rows.is_empty() && compared.anova.is_empty());
    assert!(compared.notes.iter().any(|note| note.contains("are compared on 0 pairs")), "{:?}", compared.notes);
}

#[test]
fn evaluate_and_compare_one_gene_have_errors_but_no_correlation() {
    let table = table(1, &CELL_TYPES, 2);
    let metrics = score(&table, Some(chromosomes(1, 1)));
    let mean = metrics.row("model-0", Split::Test, None).expect("a mean");
    assert_eq!((mean.pearson.value, mean.n, mean.n_gene_pearson), (None, 1, 1));
    assert!(mean.mse.value.is_some() && mean.gene_pearson_median.value.is_some());
    let pooled = metrics.pooled_row("model-0", Split::Test).expect("pooled");
    assert!(pooled.n == 4 && pooled.pearson.value.is_some(), "four pairs of one gene");
    let compared = test(&table, None);
    assert!(
        compared.rows.iter().all(|row| row.pearson.is_none() && row.folds.is_none() && row.absolute_error.is_some())
    );
    assert!(compared.anova.is_empty() && !compared.notes.is_empty());
}

#[test]
fn evaluate_and_compare_one_cell_type_and_chromosome_have_single_rows() {
    let table = table(40, &CELL_TYPES[..1], 3);
    let metrics = score(&table, Some(chromosomes(40, 1)));
    for row in &metrics.rows {
        assert_eq!((row.n_chromosomes, row.pearson.chromosome_interval), (Some(1), None));
        assert!(row.cross_cell_type_pearson.value.is_none() && row.gene_pearson_median.value.is_none());
    }
    let [cell, mean, pooled] = [0, 1, 2].map(|index| metrics.rows[index].pearson);
    assert_eq!((cell, cell), (mean, pooled), "cell type, mean and pooled score agree");
    let compared = test(&table, Some(chromosomes(40, 1)));
    assert!(compared.rows.len() == 2 && compared.rows.iter().all(|row| row.cell_type.is_none()));
    let expected = "test: one cell type, no analysis of variance over cell types";
    assert!(compared.notes.iter().any(|note| note == expected), "{:?}", compared.notes);
    assert_eq!(compared.anova.len(), 2, "over folds and over genes");
}

#[test]
fn evaluate_and_compare_constant_values_have_no_correlation() {
    let mut constant = table(40, &CELL_TYPES, 2);
    for row in constant.rows.iter_mut().filter(|row| row.model == "model-1") {
        row.predicted = 0.1;
    }
    let metrics = score(&constant, None);
    for row in metrics.rows.iter().filter(|row| row.model == "model-1") {
        assert_eq!(
            (row.pearson.value, row.cross_cell_type_spearman.value, row.gene_pearson_median.value),
            (None, None, None)
        );
        assert!(row.mae.interval.is_some());
    }
    let compared = test(&constant, None);
    assert!(compared.rows.iter().all(|row| row.pearson.is_none() && row.absolute_error.is_some()));
    assert_eq!(compared.anova.len(), 1, "errors only");

    let mut measured = table(40, &CELL_TYPES, 2);
    for row in &mut measured.rows {
        row.measured = 0.1;
    }
    let metrics = score(&measured, None);
    assert!(metrics.rows.iter().all(|row| row.pearson.value.is_none() && row.r2.value.is_none()));
    assert!(test(&measured, None).rows.iter().all(|row| row.pearson.is_none() && row.absolute_error.is_some()));
}

#[test]
fn compare_identical_predictions_are_equal() {
    let mut twins = table(40, &CELL_TYPES, 1);
    let copies: Vec<PredictionRow> =
        twins.rows.iter().map(|row| PredictionRow { model: "twin".to_owned(), ..row.clone() }).collect();
    twins.rows.extend(copies);
    let compared = test(&twins, None);
    for row in &compared.rows {
        let pearson = row.pearson.expect("defined");
        assert_eq!((pearson.value, pearson.p, pearson.p_holm), (0.0, Some(1.0), Some(1.0)));
        assert_eq!((row.absolute_error, row.folds), (None, None));
    }
    assert!(compared.anova.is_empty() || compared.anova.iter().all(|row| row.f.abs() < 1e-9), "{:?}", compared.anova);
    assert!(compared.to_text().contains("equal"));
}

#[test]
fn evaluate_cell_type_named_mean_is_distinct_from_the_mean() {
    let metrics = score(&table(20, &["mean", "K562"], 1), None);
    let scopes: Vec<&Scope> = metrics.rows.iter().map(|row| &row.scope).collect();
    assert_eq!(scopes[0], &Scope::CellType("mean".to_owned()));
    assert_eq!(scopes[2], &Scope::Mean);
    assert_eq!(metrics.row("model-0", Split::Test, Some("mean")), metrics.rows.first());
    let back: MetricTable = serde_json::from_str(&metrics.to_json().expect("numbers")).expect("valid");
    assert_eq!(back, metrics);
}

#[test]
fn stratified_scores_few_or_constant_genes_have_no_correlation() {
    let mut table = table(30, &CELL_TYPES, 2);
    for row in table.rows.iter_mut().filter(|row| row.model == "model-1") {
        row.predicted = 0.1;
    }
    let similarity = (0..25).map(|gene| (format!("G{gene:03}"), f64::from(gene) / 25.0)).collect();
    let options = EvaluateOptions { resamples: 50, ..EvaluateOptions::default() };
    let scored = stratified_scores(&table, &similarity, &[0.2, 0.6], &options).expect("the edges are ascending");
    let of = |model: &str| -> Vec<(usize, bool)> {
        scored.rows.iter().filter(|row| row.model == model).map(|row| (row.n, row.pearson.value.is_some())).collect()
    };
    assert_eq!(of("model-0"), [(5, false), (10, true), (10, true), (5, false)]);
    assert_eq!(of("model-1"), [(5, false), (10, false), (10, false), (5, false)]);
    assert_no_nan(&[scored.to_text(), scored.to_tsv().expect("numbers"), scored.to_json().expect("numbers")]);
}
