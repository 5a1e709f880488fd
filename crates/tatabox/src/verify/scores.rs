//! Scores, recomputed from the weights.

use tatabox_dataset::{PredictionTable, PreparedDataset, Split};
use tatabox_eval::{Estimate, EvaluateOptions, Interval, Metric, MetricRow, MetricTable, evaluate_with_progress};
use tatabox_model::{EnsembleMetrics, MeanMetrics, Predictor};
use tatabox_sequence::counted;

use super::check::Check;
use super::comparison::Comparison;
use super::folders::ModelFolder;
use crate::error::Result;
use crate::evaluate::{chromosomes_by_gene, predict_split};
use crate::json_file;
use crate::model_store::model_name;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Scores of an evaluation on the test split, where they were copied into the folder.
pub(super) const TEST_METRICS: &str = "test_metrics.json";

/// Tolerance of a score.
const TOLERANCE: f64 = 1e-4;

const VALIDATION: &str = "validation";

/// Compares the validation scores of metrics.json.
pub(super) fn validation(predictor: &Predictor, dataset: &PreparedDataset, observer: &dyn Observer) -> Result<Check> {
    if let Some(ensemble) = predictor.ensemble() {
        return of_mean(&ensemble.summary.metrics, predictor, dataset);
    }
    let model = predictor.model();
    let Some(recorded) = &model.metrics else {
        return Ok(no_scores("the weights were imported without validation scores"));
    };
    let genes = dataset.genes_in(Split::Validation).len() as u64;
    let mut progress = Progress::start(observer, "predicting validation", Some(genes), Unit::Windows);
    let recomputed =
        predictor.validation_metrics(dataset, recorded.best_epoch, &mut |done, _| progress.set(done as u64))?;
    progress.finish();

    let mut comparison = Comparison::default();
    compare_pearson(
        &mut comparison,
        predictor.cell_types(),
        (recorded.validation_pearson, &recorded.validation_pearson_by_cell_type),
        (recomputed.validation_pearson, &recomputed.validation_pearson_by_cell_type),
    );
    comparison.count("train_genes", recorded.train_genes, recomputed.train_genes);
    comparison.count("validation_genes", recorded.validation_genes, recomputed.validation_genes);
    comparison.count(
        "genes_shorter_than_extent",
        recorded.genes_shorter_than_extent,
        recomputed.genes_shorter_than_extent,
    );
    // Models without gene features do not record this number.
    if recorded.genes_without_features + recomputed.genes_without_features > 0 {
        comparison.count("genes_without_features", recorded.genes_without_features, recomputed.genes_without_features);
    }
    comparison.count("parameters", recorded.parameters, recomputed.parameters);
    let finding = format!("{}, {}", counted(recomputed.validation_genes, "gene"), comparison.finding(TOLERANCE));
    let check = Check::new(VALIDATION, finding, comparison.into_differences());
    Ok(check.without(["best_epoch: known only to the training run".to_owned()]))
}

/// Compares the scores of the mean prediction of an ensemble.
fn of_mean(metrics: &EnsembleMetrics, predictor: &Predictor, dataset: &PreparedDataset) -> Result<Check> {
    let Some(recorded) = &metrics.mean else {
        return Ok(no_scores("the mean of the members has no recorded scores"));
    };
    let recomputed = MeanMetrics::of(predictor, dataset)?;
    let mut comparison = Comparison::default();
    compare_pearson(
        &mut comparison,
        predictor.cell_types(),
        (recorded.validation_pearson, &recorded.validation_pearson_by_cell_type),
        (recomputed.validation_pearson, &recomputed.validation_pearson_by_cell_type),
    );
    comparison.count("validation_genes", recorded.validation_genes, recomputed.validation_genes);
    let finding = format!("{}, {}", counted(recomputed.validation_genes, "gene"), comparison.finding(TOLERANCE));
    Ok(Check::new(VALIDATION, finding, comparison.into_differences()))
}

/// Check of a model without validation scores.
fn no_scores(reason: &str) -> Check {
    Check::skipped(VALIDATION, "no scores are recorded".to_owned()).without([reason.to_owned()])
}

/// Compares a mean over cell types, and each of them.
fn compare_pearson(
    comparison: &mut Comparison,
    cell_types: &[String],
    recorded: (f64, &[Option<f64>]),
    recomputed: (f64, &[Option<f64>]),
) {
    comparison.number("validation_pearson", Some(recorded.0), Some(recomputed.0), TOLERANCE);
    for (cell_type, (&recorded, &recomputed)) in cell_types.iter().zip(recorded.1.iter().zip(recomputed.1)) {
        comparison.number(&format!("validation_pearson of {cell_type}"), recorded, recomputed, TOLERANCE);
    }
    comparison.count("number of cell types", recorded.1.len(), recomputed.1.len());
}

/// Compares the model's rows of test_metrics.json, intervals included; `None` where there is no such file.
pub(super) fn test(
    folder: &ModelFolder,
    predictor: &Predictor,
    dataset: &PreparedDataset,
    observer: &dyn Observer,
) -> Result<Option<Check>> {
    let path = folder.path.join(TEST_METRICS);
    if !path.is_file() {
        return Ok(None);
    }
    let recorded: MetricTable = json_file::read_json(&path)?;
    let models = recorded.models();
    let folder_name = model_name(&folder.path);
    // A folder may have been renamed; an evaluation lists its own model first.
    let Some(&name) = models.iter().find(|&&name| name == folder_name).or(models.first()) else {
        return Ok(Some(Check::failed("test", format!("{TEST_METRICS} holds no scores"))));
    };
    let rows: Vec<&MetricRow> = recorded.rows.iter().filter(|row| row.model == name).collect();
    let recomputed = recompute(&recorded, &rows, name, predictor, dataset, observer)?;

    let mut comparison = Comparison::default();
    for row in &rows {
        let scope = format!("{} of {} genes", row.scope, row.split);
        match recomputed.rows.iter().find(|other| (other.split, &other.scope) == (row.split, &row.scope)) {
            Some(other) => compare_rows(&mut comparison, &scope, row, other),
            None => comparison.differs(format!("{scope}: recorded, not recomputed")),
        }
    }
    comparison.count("number of rows", rows.len(), recomputed.rows.len());
    let finding = format!("{}, {}", name, comparison.finding(TOLERANCE));
    let others: Vec<String> = models.iter().filter(|&&other| other != name).map(|&other| other.to_owned()).collect();
    let unchecked = (!others.is_empty()).then(|| format!("rows of other models: {}", others.join(", ")));
    Ok(Some(Check::new("test", finding, comparison.into_differences()).without(unchecked)))
}

fn recompute(
    recorded: &MetricTable,
    rows: &[&MetricRow],
    name: &str,
    predictor: &Predictor,
    dataset: &PreparedDataset,
    observer: &dyn Observer,
) -> Result<MetricTable> {
    let splits: Vec<Split> =
        Split::ALL.into_iter().filter(|split| rows.iter().any(|row| row.split == *split)).collect();
    let mut predictions = Vec::new();
    for &split in &splits {
        let label = format!("predicting {split}");
        predictions.extend(predict_split(predictor, dataset, split, name, label, observer)?.rows);
    }
    let options = EvaluateOptions {
        splits,
        resamples: recorded.bootstrap_resamples,
        seed: recorded.bootstrap_seed,
        chromosomes: Some(chromosomes_by_gene(dataset)),
    };
    let mut progress = Progress::start(observer, "scoring", None, Unit::Models);
    let recomputed = evaluate_with_progress(&PredictionTable::new(predictions)?, &options, &mut |done, _| {
        progress.set(done as u64);
    })?;
    progress.finish();
    Ok(recomputed)
}

fn compare_rows(comparison: &mut Comparison, scope: &str, recorded: &MetricRow, recomputed: &MetricRow) {
    for (what, recorded, recomputed) in [
        ("n", recorded.n, recomputed.n),
        ("n_excluded", recorded.n_excluded, recomputed.n_excluded),
        ("n_cross_cell_type", recorded.n_cross_cell_type, recomputed.n_cross_cell_type),
        ("n_gene_pearson", recorded.n_gene_pearson, recomputed.n_gene_pearson),
    ] {
        comparison.count(&format!("{what} in {scope}"), recorded, recomputed);
    }
    for metric in Metric::ALL {
        let what = format!("{} in {scope}", metric.name());
        compare_estimates(comparison, &what, recorded.estimate(metric), recomputed.estimate(metric));
    }
}

fn compare_estimates(comparison: &mut Comparison, what: &str, recorded: &Estimate, recomputed: &Estimate) {
    comparison.number(what, recorded.value, recomputed.value, TOLERANCE);
    let intervals = [
        ("interval", recorded.interval, recomputed.interval),
        ("chromosome interval", recorded.chromosome_interval, recomputed.chromosome_interval),
    ];
    for (which, recorded, recomputed) in intervals {
        let low = |interval: Option<Interval>| interval.map(|interval| interval.low);
        let high = |interval: Option<Interval>| interval.map(|interval| interval.high);
        comparison.number(&format!("low end of the {which} of {what}"), low(recorded), low(recomputed), TOLERANCE);
        comparison.number(&format!("high end of the {which} of {what}"), high(recorded), high(recomputed), TOLERANCE);
    }
}
