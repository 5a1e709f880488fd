//! Hypothesis tests between the models of a prediction table.

mod comparison;
mod comparison_format;
mod correction;
mod fold_scores;
mod pair;
mod shared_pairs;
mod variance;
mod verdict;

use std::collections::BTreeMap;

use tatabox_dataset::{PredictionTable, Split};

use crate::error::EvalError;
use crate::metric::GeneMatrix;
pub use comparison::{AnovaRow, ComparisonRow, ComparisonTable, FoldTest, MeanDifference, SignedRankTest};
use pair::compare_pair;
use shared_pairs::{ModelMatrix, SharedPairs};
pub use verdict::SIGNIFICANCE;

/// Default number of resamples of the paired bootstrap.
///
/// The smallest possible p-value, 2 / (resamples + 1), must remain significant after correction for a hundred tests.
pub const DEFAULT_COMPARE_RESAMPLES: usize = 10_000;

/// Options of [`compare`]: reference model, splits, resampling and grouping of genes.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareOptions {
    /// Reference model, with which every other model is compared.
    pub reference: String,
    /// Splits to compare, each separately.
    pub splits: Vec<Split>,
    /// Number of resamples of the paired bootstrap.
    pub resamples: usize,
    /// Seed of the resampling.
    pub seed: u64,
    /// Fold in which each gene was held out, by gene identifier; for predictions of a cross-validation.
    pub folds: Option<BTreeMap<String, usize>>,
    /// Chromosome of each gene, by gene identifier; adds a second interval that resamples whole chromosomes.
    pub chromosomes: Option<BTreeMap<String, String>>,
}

impl CompareOptions {
    /// Options to compare every model with `reference` on the test split.
    pub fn new(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            splits: vec![Split::Test],
            resamples: DEFAULT_COMPARE_RESAMPLES,
            seed: 1,
            folds: None,
            chromosomes: None,
        }
    }
}

/// Tests the reference against each other model, per cell type and over all cell types, and all models by analysis of variance.
///
/// A pair of models is compared on the genes that both predict; the analyses of variance use the genes that every model predicts.
/// A model without a defined correlation, such as a constant predictor, takes part only in the tests on errors.
/// [`ComparisonTable::notes`] lists the excluded genes and tests.
///
/// # Errors
///
/// [`EvalError::Table`] if the table has NaN or duplicate rows; [`EvalError::UnknownReference`] if it lacks the reference model;
/// [`EvalError::NoRows`] if no model has a row in the splits; [`EvalError::MeasuredDiffer`] if the measured values of two models
/// differ.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{CompareOptions, compare};
///
/// let row = |gene: u32, model: &str, error: f64| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene % 7),
///     predicted: f64::from(gene % 7) + error,
///     model: model.to_owned(),
/// };
/// let noise = |gene: u32| f64::from(gene * 5 % 11) - 5.0;
/// let rows = (0..50).flat_map(|gene| [row(gene, "cnn", 0.1 * noise(gene)), row(gene, "ridge", 0.8 * noise(gene))]);
/// let table = PredictionTable { rows: rows.collect() };
///
/// let tests = compare(&table, &CompareOptions { resamples: 500, ..CompareOptions::new("cnn") })?;
/// let difference = tests.rows[0].pearson.expect("both models vary");
/// assert!(difference.value > 0.1 && difference.p.is_some_and(|p| p < 0.05));
/// # Ok::<(), tatabox_eval::EvalError>(())
/// ```
pub fn compare(table: &PredictionTable, options: &CompareOptions) -> Result<ComparisonTable, EvalError> {
    compare_with_progress(table, options, &mut |_, _| {})
}

/// [`compare`] with a progress callback, which receives the number of finished steps and their total.
///
/// A step is one pair of models or the analyses of variance of one split.
///
/// # Errors
///
/// As [`compare`].
pub fn compare_with_progress(
    table: &PredictionTable,
    options: &CompareOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<ComparisonTable, EvalError> {
    table.validate()?;
    let names = table.models();
    if !names.contains(&options.reference) {
        return Err(EvalError::UnknownReference { model: options.reference.clone(), available: names.join(", ") });
    }
    if !table.rows.iter().any(|row| options.splits.contains(&row.split)) {
        return Err(EvalError::no_rows(table, &options.splits));
    }
    let mut compared = ComparisonTable {
        reference: options.reference.clone(),
        bootstrap_resamples: options.resamples,
        bootstrap_seed: options.seed,
        rows: Vec::new(),
        anova: Vec::new(),
        notes: Vec::new(),
    };
    let total = options.splits.len() * names.len();
    for (nth, &split) in options.splits.iter().enumerate() {
        let done = nth * names.len();
        compare_split(table, split, options, &mut compared, &mut |step| progress(done + step, total))?;
    }
    progress(total, total);
    correction::correct(&mut compared, options);
    Ok(compared)
}

/// Adds the rows, analyses and notes of one split.
fn compare_split(
    table: &PredictionTable,
    split: Split,
    options: &CompareOptions,
    compared: &mut ComparisonTable,
    progress: &mut dyn FnMut(usize),
) -> Result<(), EvalError> {
    let matrix = |model: String| ModelMatrix { matrix: GeneMatrix::new(table, &model, split), model };
    let (models, absent): (Vec<ModelMatrix>, Vec<ModelMatrix>) =
        table.models().into_iter().map(matrix).partition(|model| !model.matrix.genes.is_empty());
    for ModelMatrix { model, .. } in absent {
        compared.note(format!("{split}: `{model}` has no predictions in this split"));
    }
    if models.len() < 2 {
        compared.note(format!("{split}: fewer than two models, nothing to compare"));
        return Ok(());
    }
    let (reference, others): (Vec<&ModelMatrix>, Vec<&ModelMatrix>) =
        models.iter().partition(|model| model.model == options.reference);
    if let Some(reference) = reference.first() {
        for (step, other) in others.iter().enumerate() {
            progress(step);
            let shared = SharedPairs::new(&[reference, other])?;
            compare_pair(&shared, &other.model, split, options, compared);
        }
    }
    progress(others.len());
    let all: Vec<&ModelMatrix> = reference.into_iter().chain(others).collect();
    variance::analyse(&all, split, options, compared)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::metric::row;

    /// Sixty genes in two cell types: errors of `cnn` up to 1, of `ridge` up to 3; `train-mean` predicts 5 for every gene.
    pub(crate) fn three_models() -> PredictionTable {
        let mut rows = Vec::new();
        for gene in 0..60 {
            let name = format!("G{gene:02}");
            for (index, cell_type) in ["K562", "HepG2"].into_iter().enumerate() {
                let level = f64::from((gene * 37 + index as i32 * 5) % 11);
                let noise = f64::from((gene * 29 + index as i32 * 3) % 13 - 6);
                rows.push(row(&name, cell_type, "cnn", level, level + noise / 6.0));
                rows.push(row(&name, cell_type, "ridge", level, level - noise / 2.0));
                rows.push(row(&name, cell_type, "train-mean", level, 5.0));
            }
        }
        PredictionTable { rows }
    }

    pub(crate) fn options() -> CompareOptions {
        let folds = (0..60).map(|gene| (format!("G{gene:02}"), gene % 5)).collect();
        CompareOptions { resamples: 200, folds: Some(folds), ..CompareOptions::new("cnn") }
    }

    #[test]
    fn compare_more_accurate_model_wins_every_test() {
        let compared = compare(&three_models(), &options()).expect("three models");
        let scopes: Vec<_> =
            compared.rows.iter().map(|row| (row.model.as_str(), row.cell_type.as_deref(), row.n)).collect();
        let of = |model| [(model, Some("K562"), 60), (model, Some("HepG2"), 60), (model, None, 60)];
        assert_eq!(scopes, [of("ridge"), of("train-mean")].concat());
        for row in &compared.rows[..3] {
            let pearson = row.pearson.expect("both vary");
            assert!(pearson.value > 0.05 && pearson.interval.is_some_and(|i| i.low > 0.0), "{pearson:?}");
            assert!((pearson.p.expect("resampled") - 2.0 / 201.0).abs() < 1e-12);
            let errors = row.absolute_error.expect("errors differ");
            assert!(errors.p < 1e-6 && errors.rank_biserial > 0.5, "{errors:?}");
            let folds = row.folds.expect("five folds");
            assert!(folds.folds == 5 && folds.p < 0.05 && folds.mean_difference > 0.0, "{folds:?}");
        }
    }

    #[test]
    fn compare_constant_predictor_has_tests_on_errors_only() {
        let compared = compare(&three_models(), &options()).expect("three models");
        for row in &compared.rows[3..] {
            assert_eq!((row.pearson, row.folds), (None, None));
            assert!(row.absolute_error.is_some_and(|test| test.rank_biserial > 0.5));
        }
        let expected = "test: `train-mean`: Pearson is not defined in any cell type (values that do not vary); no test on correlations there";
        assert!(compared.notes.iter().any(|note| note == expected), "{:?}", compared.notes);
        let designs: Vec<_> = compared.anova.iter().map(|row| (row.models, row.values)).collect();
        assert_eq!(designs, [(2, 2), (2, 2), (2, 5), (3, 60)], "{:?}", compared.anova);
    }

    #[test]
    fn compare_genes_missing_from_one_model_are_excluded_and_noted() {
        let mut table = three_models();
        table.rows.retain(|row| !(row.model == "ridge" && row.gene_id.as_str() < "G10"));
        let compared = compare(&table, &options()).expect("fifty genes in common");
        let n =
            |model: &str| compared.rows.iter().filter(|row| row.model == model).map(|row| row.n).collect::<Vec<_>>();
        assert_eq!((n("ridge"), n("train-mean")), (vec![50; 3], vec![60; 3]));
        let expected = "test: `cnn` and `ridge` are compared on 100 pairs of gene and cell type; excluded because the other model lacks them: 20 of `cnn`, 0 of `ridge`";
        assert!(compared.notes.iter().any(|note| note == expected), "{:?}", compared.notes);
        table.rows.retain(|row| row.model != "ridge" || row.gene_id.as_str() < "G10");
        let compared = compare(&table, &options()).expect("two models remain");
        assert_eq!(compared.rows.len(), 3);
    }

    #[test]
    fn compare_single_model_has_no_tests_and_unknown_reference_is_an_error() {
        let table =
            PredictionTable { rows: three_models().rows.into_iter().filter(|row| row.model == "cnn").collect() };
        let compared = compare(&table, &options()).expect("a single model is valid");
        assert_eq!((compared.rows.len(), compared.anova.len()), (0, 0));
        assert_eq!(compared.notes, ["test: fewer than two models, nothing to compare"]);
        let message = compare(&table, &CompareOptions::new("gru")).expect_err("no such model").to_string();
        assert!(message.contains("`gru`") && message.contains("cnn"), "{message}");
        let options = CompareOptions { splits: vec![Split::Validation], ..options() };
        assert!(compare(&table, &options).is_err());
    }

    #[test]
    fn compare_result_is_independent_of_thread_count() {
        let run = || compare(&three_models(), &options()).expect("three models");
        let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run);
        assert_eq!(on(1), on(3));
    }
}
