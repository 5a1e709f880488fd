//! Scores of a prediction table with bootstrap intervals.

use std::collections::BTreeMap;

use tatabox_dataset::{PredictionTable, Split};

use super::estimates::{chromosome_blocks, estimates};
use super::gene_matrix::GeneMatrix;
use super::metric_table::{Metric, MetricRow, MetricTable};
use super::scored_matrix::{METRIC_COUNT, ScopeCounts, ScoredMatrix};
use crate::error::EvalError;
use crate::stats::{DEFAULT_RESAMPLES, Estimate};

/// Options of [`evaluate`]: splits and bootstrap resampling.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluateOptions {
    /// Splits to score, each separately.
    pub splits: Vec<Split>,
    /// Number of resamples per bootstrap interval; 0 for no intervals.
    pub resamples: usize,
    /// Seed of the resampling.
    pub seed: u64,
    /// Chromosome of each gene, by gene identifier; adds a second interval that resamples whole chromosomes.
    pub chromosomes: Option<BTreeMap<String, String>>,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { splits: vec![Split::Test], resamples: DEFAULT_RESAMPLES, seed: 1, chromosomes: None }
    }
}

/// Scores each model of the table in each requested split: one row per cell type, one for their mean and one for all pooled.
///
/// The mean over cell types is defined if the score is defined in every one of them. Its interval resamples genes jointly for all
/// cell types, because the values of a gene in two cell types are not independent.
///
/// # Errors
///
/// [`EvalError::Table`] if the table has NaN or duplicate rows; [`EvalError::NoRows`] if no model has a row in the splits.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, evaluate};
///
/// let rows = (0..30).map(|gene| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene % 7),
///     predicted: f64::from(gene % 7) + 0.5,
///     model: "cnn".to_owned(),
/// });
/// let table = PredictionTable { rows: rows.collect() };
///
/// let metrics = evaluate(&table, &EvaluateOptions { resamples: 200, ..EvaluateOptions::default() })?;
/// let row = metrics.row("cnn", Split::Test, Some("K562")).expect("scored");
/// assert!((row.pearson.value.expect("both vary") - 1.0).abs() < 1e-12);
/// assert!((row.mse.value.expect("30 genes") - 0.25).abs() < 1e-12);
/// # Ok::<(), tatabox_eval::EvalError>(())
/// ```
pub fn evaluate(table: &PredictionTable, options: &EvaluateOptions) -> Result<MetricTable, EvalError> {
    evaluate_with_progress(table, options, &mut |_, _| {})
}

/// [`evaluate`] with a progress callback, which receives the number of scored models and their total, counted per split.
///
/// # Errors
///
/// As [`evaluate`].
pub fn evaluate_with_progress(
    table: &PredictionTable,
    options: &EvaluateOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<MetricTable, EvalError> {
    table.validate()?;
    let models = table.models();
    let total = models.len() * options.splits.len();
    let mut rows = Vec::new();
    for (index, model) in models.iter().enumerate() {
        for (nth, &split) in options.splits.iter().enumerate() {
            progress(index * options.splits.len() + nth, total);
            let matrix = GeneMatrix::new(table, model, split);
            if matrix.genes.is_empty() {
                tracing::warn!(model, %split, "no predictions in this split");
                continue;
            }
            rows.extend(score_matrix(&matrix, model, split, options));
        }
    }
    progress(total, total);
    if rows.is_empty() {
        return Err(EvalError::no_rows(table, &options.splits));
    }
    Ok(MetricTable { bootstrap_resamples: options.resamples, bootstrap_seed: options.seed, rows })
}

fn score_matrix(matrix: &GeneMatrix, model: &str, split: Split, options: &EvaluateOptions) -> Vec<MetricRow> {
    let scored = ScoredMatrix::new(matrix);
    let weighted = scored.weighted();
    let values = scored.values().concat();
    let estimates = estimates(&values, &matrix.genes, options, |weights| weighted.values(weights).concat());
    let n_chromosomes = options.chromosomes.as_ref().map(|known| chromosome_blocks(&matrix.genes, known).block_count());
    let of_scope = |(counts, estimates): (ScopeCounts, &[Estimate])| {
        let estimate = |metric: Metric| estimates[metric as usize];
        MetricRow {
            model: model.to_owned(),
            split,
            scope: counts.scope,
            n: counts.n,
            n_excluded: counts.n_excluded,
            n_cross_cell_type: counts.n_cross_cell_type,
            n_gene_pearson: counts.n_gene_pearson,
            n_chromosomes,
            pearson: estimate(Metric::Pearson),
            spearman: estimate(Metric::Spearman),
            r2_pearson: estimate(Metric::R2Pearson),
            r2: estimate(Metric::R2),
            mse: estimate(Metric::Mse),
            mae: estimate(Metric::Mae),
            cross_cell_type_pearson: estimate(Metric::CrossCellTypePearson),
            cross_cell_type_spearman: estimate(Metric::CrossCellTypeSpearman),
            gene_pearson_median: estimate(Metric::GenePearsonMedian),
        }
    };
    scored.counts().into_iter().zip(estimates.chunks_exact(METRIC_COUNT)).map(of_scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::row;

    fn two_cell_types() -> PredictionTable {
        let mut rows = Vec::new();
        for gene in 0..60 {
            let name = format!("G{gene:02}");
            let level = f64::from((gene * 37) % 11);
            let noise = f64::from((gene * 29) % 7) - 3.0;
            rows.push(row(&name, "K562", "cnn", level, level + noise));
            if gene != 5 {
                rows.push(row(&name, "HepG2", "cnn", level + noise, level));
            }
        }
        PredictionTable { rows }
    }

    #[test]
    fn evaluate_rows_are_cell_types_then_mean_then_pooled() {
        let metrics = evaluate(&two_cell_types(), &EvaluateOptions::default()).expect("scores");
        let scopes: Vec<_> = metrics.rows.iter().map(|row| (row.scope.to_string(), row.n, row.n_excluded)).collect();
        let expected = [("K562", 60, 0), ("HepG2", 59, 1), ("mean", 60, 0), ("pooled", 119, 1)];
        assert_eq!(scopes, expected.map(|(scope, n, excluded)| (scope.to_owned(), n, excluded)));
        assert_eq!(metrics.pooled_row("cnn", Split::Test), metrics.rows.last());
        assert_eq!(metrics.row("cnn", Split::Test, None), metrics.rows.get(2));
        assert_eq!(metrics.cell_type_rows("cnn", Split::Test).len(), 2);
        let [k562, hepg2, mean] = [0, 1, 2].map(|i| metrics.rows[i].pearson.value.expect("varies"));
        assert!((f64::midpoint(k562, hepg2) - mean).abs() < 1e-12);
        for row in &metrics.rows {
            let (value, interval) = (row.pearson.value.expect("defined"), row.pearson.interval.expect("resampled"));
            assert!(interval.low < value && value < interval.high, "{interval:?}");
            assert_eq!((row.n_chromosomes, row.pearson.chromosome_interval), (None, None));
        }
    }

    #[test]
    fn evaluate_cross_cell_type_score_depends_only_on_cell_type_differences() {
        // Measured K562 - HepG2 is -noise, predicted +noise: centred residuals are opposite.
        let metrics = evaluate(&two_cell_types(), &EvaluateOptions::default()).expect("scores");
        for row in &metrics.rows {
            let pearson = row.cross_cell_type_pearson.value.expect("two cell types");
            assert!((pearson + 1.0).abs() < 1e-9, "{pearson}");
            assert!(row.cross_cell_type_spearman.value.is_some_and(|rho| rho < -0.99), "{row:?}");
        }
        assert_eq!(metrics.rows[0].n_cross_cell_type, 59);
    }

    #[test]
    fn evaluate_single_cell_type_has_no_cross_cell_type_score() {
        let table =
            PredictionTable { rows: two_cell_types().rows.into_iter().filter(|row| row.cell_type == "K562").collect() };
        let metrics = evaluate(&table, &EvaluateOptions::default()).expect("scores");
        assert_eq!(metrics.rows[0].cross_cell_type_pearson, Estimate::default());
        assert_eq!(metrics.rows[0].n_cross_cell_type, 0);
    }

    #[test]
    fn evaluate_at_least_five_chromosomes_give_a_second_interval() {
        let on = |count: usize| {
            let chromosomes = (0..60).map(|gene| (format!("G{gene:02}"), format!("chr{}", gene % count))).collect();
            let options =
                EvaluateOptions { chromosomes: Some(chromosomes), resamples: 200, ..EvaluateOptions::default() };
            evaluate(&two_cell_types(), &options).expect("scores").rows.remove(2)
        };
        assert!(on(6).pearson.chromosome_interval.is_some());
        assert_eq!((on(4).n_chromosomes, on(4).pearson.chromosome_interval), (Some(4), None));
    }

    #[test]
    fn evaluate_progress_counts_models_per_split() {
        let options = EvaluateOptions {
            splits: vec![Split::Test, Split::Validation],
            resamples: 10,
            ..EvaluateOptions::default()
        };
        let mut seen = Vec::new();
        evaluate_with_progress(&two_cell_types(), &options, &mut |done, total| seen.push((done, total)))
            .expect("the test split has rows");
        assert_eq!(seen, [(0, 2), (1, 2), (2, 2)]);
    }

    #[test]
    fn evaluate_split_without_rows_error_lists_available_splits() {
        let options = EvaluateOptions { splits: vec![Split::Validation], ..EvaluateOptions::default() };
        let message = evaluate(&two_cell_types(), &options).expect_err("no rows").to_string();
        assert!(message.contains("`validation`") && message.contains("119 rows of test"), "{message}");
    }
}
