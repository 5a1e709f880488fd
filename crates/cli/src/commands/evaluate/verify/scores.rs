//! Scores, computed again from the weights.

use std::fs;

use anyhow::{Context, Result};
use tatabox_dataset::{PredictionTable, PreparedDataset, Split};
use tatabox_eval::{Estimate, EvaluateOptions, Interval, Metric, MetricRow, MetricTable, evaluate_with_progress};
use tatabox_model::{EnsembleMetrics, MeanMetrics, Predictor};

use super::comparison::Comparison;
use super::folders::ModelFolder;
use super::report::Check;
use crate::terminal::console::Console;
use tatabox::evaluate::{chromosomes_by_gene, predict_split};
use tatabox::{Progress, Unit};

/// The scores of `evaluate` on the test split, where somebody put them into the folder.
pub(super) const TEST_METRICS: &str = "test_metrics.json";

/// How far a score may lie from the one kept.
const TOLERANCE: f64 = 1e-4;

const VALIDATION: &str = "validation";

/// Compares the scores of metrics.json.
pub(super) fn validation(predictor: &Predictor, dataset: &PreparedDataset, console: &Console) -> Result<Check> {
    if let Some(ensemble) = predictor.ensemble() {
        return of_mean(&ensemble.summary.metrics, predictor, dataset);
    }
    let model = predictor.model();
    let Some(kept) = &model.metrics else {
        let unchecked = "the weights were imported without validation scores".to_owned();
        return Ok(Check::new(VALIDATION, "no scores are kept".to_owned(), Vec::new()).without([unchecked]));
    };
    let genes = dataset.genes_in(Split::Validation).len() as u64;
    let mut progress = Progress::start(console, "predicting validation", Some(genes), Unit::Windows);
    let now = predictor.validation_metrics(dataset, kept.best_epoch, &mut |done, _| progress.set(done as u64))?;
    progress.finish();

    let mut comparison = Comparison::default();
    compare_pearson(
        &mut comparison,
        predictor.cell_types(),
        (kept.validation_pearson, &kept.validation_pearson_by_cell_type),
        (now.validation_pearson, &now.validation_pearson_by_cell_type),
    );
    comparison.count("train_genes", kept.train_genes, now.train_genes);
    comparison.count("validation_genes", kept.validation_genes, now.validation_genes);
    comparison.count("genes_shorter_than_extent", kept.genes_shorter_than_extent, now.genes_shorter_than_extent);
    // Models that read none were never asked for them; their count of numbers compared stays.
    if kept.genes_without_features + now.genes_without_features > 0 {
        comparison.count("genes_without_features", kept.genes_without_features, now.genes_without_features);
    }
    comparison.count("parameters", kept.parameters, now.parameters);
    let finding = format!("{} genes, {}", now.validation_genes, comparison.finding(TOLERANCE));
    let check = Check::new(VALIDATION, finding, comparison.into_differences());
    Ok(check.without(["best_epoch: only the run itself knew it".to_owned()]))
}

/// Compares the scores of the mean prediction of an ensemble.
fn of_mean(metrics: &EnsembleMetrics, predictor: &Predictor, dataset: &PreparedDataset) -> Result<Check> {
    let Some(kept) = &metrics.mean else {
        let unchecked = "the mean of the members was never scored".to_owned();
        return Ok(Check::new(VALIDATION, "no scores are kept".to_owned(), Vec::new()).without([unchecked]));
    };
    let now = MeanMetrics::of(predictor, dataset)?;
    let mut comparison = Comparison::default();
    compare_pearson(
        &mut comparison,
        predictor.cell_types(),
        (kept.validation_pearson, &kept.validation_pearson_by_cell_type),
        (now.validation_pearson, &now.validation_pearson_by_cell_type),
    );
    comparison.count("validation_genes", kept.validation_genes, now.validation_genes);
    let finding = format!("{} genes, {}", now.validation_genes, comparison.finding(TOLERANCE));
    Ok(Check::new(VALIDATION, finding, comparison.into_differences()))
}

/// Compares a mean over cell types, and each of them.
fn compare_pearson(
    comparison: &mut Comparison,
    cell_types: &[String],
    kept: (f64, &[Option<f64>]),
    now: (f64, &[Option<f64>]),
) {
    comparison.number("validation_pearson", Some(kept.0), Some(now.0), TOLERANCE);
    for (cell_type, (&kept, &now)) in cell_types.iter().zip(kept.1.iter().zip(now.1)) {
        comparison.number(&format!("validation_pearson of {cell_type}"), kept, now, TOLERANCE);
    }
    comparison.count("number of cell types", kept.1.len(), now.1.len());
}

/// Compares the model's rows of test_metrics.json, if that is there, intervals included.
pub(super) fn test(
    folder: &ModelFolder,
    predictor: &Predictor,
    dataset: &PreparedDataset,
    console: &Console,
) -> Result<Option<Check>> {
    let path = folder.path.join(TEST_METRICS);
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let kept: MetricTable = serde_json::from_slice(&text)
        .with_context(|| format!("{} was written by another version or changed by hand", path.display()))?;
    let models = kept.models();
    let folder_name = folder.name();
    // A folder may have been renamed; `evaluate` writes its own model first.
    let Some(&name) = models.iter().find(|&&name| name == folder_name).or(models.first()) else {
        return Ok(Some(Check::failed("test", format!("{TEST_METRICS} holds no scores"))));
    };
    let rows: Vec<&MetricRow> = kept.rows.iter().filter(|row| row.model == name).collect();
    let now = scores_now(&kept, &rows, name, predictor, dataset, console)?;

    let mut comparison = Comparison::default();
    for row in &rows {
        let scope = format!("{} of {} genes", row.scope, row.split);
        match now.rows.iter().find(|other| (other.split, &other.scope) == (row.split, &row.scope)) {
            Some(other) => compare_rows(&mut comparison, &scope, row, other),
            None => comparison.differs(format!("{scope} is not scored now")),
        }
    }
    comparison.count("number of rows", rows.len(), now.rows.len());
    let finding = format!("{}, {}", name, comparison.finding(TOLERANCE));
    let others: Vec<String> = models.iter().filter(|&&other| other != name).map(|&other| other.to_owned()).collect();
    let unchecked = (!others.is_empty()).then(|| format!("rows of other models: {}", others.join(", ")));
    Ok(Some(Check::new("test", finding, comparison.into_differences()).without(unchecked)))
}

fn scores_now(
    kept: &MetricTable,
    rows: &[&MetricRow],
    name: &str,
    predictor: &Predictor,
    dataset: &PreparedDataset,
    console: &Console,
) -> Result<MetricTable> {
    let splits: Vec<Split> =
        Split::ALL.into_iter().filter(|split| rows.iter().any(|row| row.split == *split)).collect();
    let mut predictions = Vec::new();
    for &split in &splits {
        let label = format!("predicting {split}");
        predictions.extend(predict_split(predictor, dataset, split, name, label, console)?.rows);
    }
    let options = EvaluateOptions {
        splits,
        draws: kept.bootstrap_draws,
        seed: kept.bootstrap_seed,
        chromosomes: Some(chromosomes_by_gene(dataset)),
    };
    let mut progress = Progress::start(console, "scoring", None, Unit::Models);
    let now = evaluate_with_progress(&PredictionTable::new(predictions)?, &options, &mut |done, _| {
        progress.set(done as u64);
    })?;
    progress.finish();
    Ok(now)
}

fn compare_rows(comparison: &mut Comparison, scope: &str, kept: &MetricRow, now: &MetricRow) {
    for (what, kept, now) in [
        ("n", kept.n, now.n),
        ("n_excluded", kept.n_excluded, now.n_excluded),
        ("n_cell_specific", kept.n_cell_specific, now.n_cell_specific),
        ("n_gene_pearson", kept.n_gene_pearson, now.n_gene_pearson),
    ] {
        comparison.count(&format!("{what} in {scope}"), kept, now);
    }
    for metric in Metric::ALL {
        let what = format!("{} in {scope}", metric.name());
        compare_estimates(comparison, &what, kept.estimate(metric), now.estimate(metric));
    }
}

fn compare_estimates(comparison: &mut Comparison, what: &str, kept: &Estimate, now: &Estimate) {
    comparison.number(what, kept.value, now.value, TOLERANCE);
    let intervals = [
        ("interval", kept.interval, now.interval),
        ("chromosome interval", kept.chromosome_interval, now.chromosome_interval),
    ];
    for (which, kept, now) in intervals {
        let low = |interval: Option<Interval>| interval.map(|interval| interval.low);
        let high = |interval: Option<Interval>| interval.map(|interval| interval.high);
        comparison.number(&format!("low end of the {which} of {what}"), low(kept), low(now), TOLERANCE);
        comparison.number(&format!("high end of the {which} of {what}"), high(kept), high(now), TOLERANCE);
    }
}
