//! From a prediction table to scores with intervals.

use std::collections::BTreeMap;

use tatabox_dataset::{PredictionTable, Split};

use crate::bootstrap::{DEFAULT_DRAWS, Interval, MINIMUM_BLOCKS, Resampling};
use crate::error::EvalError;
use crate::gene_matrix::{CellPairs, GeneMatrix};
use crate::metric::{self, Scores};
use crate::metric_table::{Estimate, Metric, MetricRow, MetricTable};
use crate::weighted::{SCORE_COUNT, WeightedPairs};

const METRIC_COUNT: usize = Metric::ALL.len();
/// Position of the cell-specific score among [`Metric::ALL`].
const CELL_SPECIFIC: usize = METRIC_COUNT - 1;
type Values = [Option<f64>; METRIC_COUNT];

/// What to score and how to draw intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluateOptions {
    /// Splits that are scored, each by itself.
    pub splits: Vec<Split>,
    /// Draws of each bootstrap interval.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Chromosome of each gene, by gene identifier; with it a second interval is drawn over whole chromosomes.
    pub chromosomes: Option<BTreeMap<String, String>>,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { splits: vec![Split::Test], draws: DEFAULT_DRAWS, seed: 1, chromosomes: None }
    }
}

/// Scores each model of the table in each split asked for: a row for each cell type and one for their mean.
///
/// The mean over cell types is defined where the score is defined in every one of them; its interval comes from drawing genes
/// jointly for all cell types, for a gene's values in two cell types are not independent.
///
/// # Errors
///
/// [`EvalError::Table`] for a table with NaN or duplicates; [`EvalError::NoRows`] when no model has a row in the splits.
pub fn evaluate(table: &PredictionTable, options: &EvaluateOptions) -> Result<MetricTable, EvalError> {
    table.validate()?;
    let mut rows = Vec::new();
    for model in table.models() {
        for &split in &options.splits {
            let matrix = GeneMatrix::new(table, &model, split);
            if matrix.genes.is_empty() {
                tracing::warn!(model, %split, "no predictions in this split");
                continue;
            }
            rows.extend(score_matrix(&matrix, &model, split, options));
        }
    }
    if rows.is_empty() {
        return Err(no_rows(table, &options.splits));
    }
    Ok(MetricTable { bootstrap_draws: options.draws, bootstrap_seed: options.seed, rows })
}

fn score_matrix(matrix: &GeneMatrix, model: &str, split: Split, options: &EvaluateOptions) -> Vec<MetricRow> {
    let residuals = matrix.centred_by_gene();
    let mut values: Vec<Values> =
        matrix.cells.iter().zip(&residuals).map(|(cell, residual)| point_values(cell, residual)).collect();
    values.push(mean_values(&values));

    let prepared = PreparedCells::new(matrix, &residuals);
    let over_genes = prepared.intervals(&Resampling::genes(matrix.genes.len()), options);
    let chromosomes = options.chromosomes.as_ref().map(|known| {
        let labels: Vec<Option<&str>> = matrix.genes.iter().map(|gene| known.get(gene).map(String::as_str)).collect();
        Resampling::groups(&labels)
    });
    let over_chromosomes = chromosomes
        .as_ref()
        .filter(|blocks| blocks.block_count() >= MINIMUM_BLOCKS)
        .map(|blocks| prepared.intervals(blocks, options));

    let gene_count = matrix.genes.len();
    let scopes = matrix
        .cells
        .iter()
        .zip(&residuals)
        .map(|(cell, residual)| (Some(cell.cell_type.clone()), cell.genes.len(), residual.genes.len()));
    let widest = residuals.iter().map(|residual| residual.genes.len()).max().unwrap_or(0);
    let scopes = scopes.chain([(None, gene_count, widest)]);
    scopes
        .enumerate()
        .map(|(scope, (cell_type, n, n_cell_specific))| {
            let estimate = |metric: usize| Estimate {
                value: values[scope][metric],
                interval: over_genes[scope][metric].filter(|_| values[scope][metric].is_some()),
                chromosome_interval: over_chromosomes.as_ref().and_then(|all| all[scope][metric]),
            };
            MetricRow {
                model: model.to_owned(),
                split,
                cell_type,
                n,
                n_excluded: gene_count - n,
                n_cell_specific,
                n_chromosomes: chromosomes.as_ref().map(Resampling::block_count),
                pearson: estimate(0),
                spearman: estimate(1),
                r2_pearson: estimate(2),
                r2: estimate(3),
                mse: estimate(4),
                mae: estimate(5),
                cell_specific_pearson: estimate(CELL_SPECIFIC),
            }
        })
        .collect()
}

fn point_values(cell: &CellPairs, residual: &CellPairs) -> Values {
    let scores = Scores::of(&cell.measured, &cell.predicted);
    let specific = metric::pearson(&residual.measured, &residual.predicted);
    [scores.pearson, scores.spearman, scores.r2_pearson, scores.r2, scores.mse, scores.mae, specific]
}

/// The mean over cell types of each score, where every cell type has it.
fn mean_values(cells: &[Values]) -> Values {
    std::array::from_fn(|score| {
        let defined: Option<Vec<f64>> = cells.iter().map(|values| values[score]).collect();
        metric::mean(&defined?)
    })
}

/// Every cell type made ready for resampling.
struct PreparedCells {
    cells: Vec<(WeightedPairs, WeightedPairs)>,
}

impl PreparedCells {
    fn new(matrix: &GeneMatrix, residuals: &[CellPairs]) -> Self {
        let ready = |cell: &CellPairs| WeightedPairs::new(&cell.genes, &cell.measured, &cell.predicted);
        Self {
            cells: matrix.cells.iter().zip(residuals).map(|(cell, residual)| (ready(cell), ready(residual))).collect(),
        }
    }

    /// Intervals of each cell type, then of the mean.
    fn intervals(&self, resampling: &Resampling, options: &EvaluateOptions) -> Vec<[Option<Interval>; METRIC_COUNT]> {
        let flat = resampling.intervals(options.draws, options.seed, |weights| {
            let mut all: Vec<Values> =
                self.cells.iter().map(|(cell, residual)| values_of(cell, residual, weights)).collect();
            all.push(mean_values(&all));
            all.concat()
        });
        if flat.is_empty() {
            return vec![[None; METRIC_COUNT]; self.cells.len() + 1];
        }
        flat.chunks_exact(METRIC_COUNT).map(|scope| std::array::from_fn(|score| scope[score])).collect()
    }
}

fn values_of(cell: &WeightedPairs, residual: &WeightedPairs, weights: &[f64]) -> Values {
    let mut values = [None; METRIC_COUNT];
    values[..SCORE_COUNT].copy_from_slice(&cell.scores(weights));
    values[CELL_SPECIFIC] = residual.pearson(weights);
    values
}

fn no_rows(table: &PredictionTable, wanted: &[Split]) -> EvalError {
    let count = |split: Split| table.rows.iter().filter(|row| row.split == split).count();
    let counts = Split::ALL.map(|split| format!("{} rows of {split}", count(split)));
    let wanted: Vec<&str> = wanted.iter().map(|split| split.as_str()).collect();
    EvalError::NoRows { wanted: wanted.join(", "), available: counts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gene_matrix::tests::row;

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
    fn rows_are_cell_types_then_their_mean_with_counts() {
        let metrics = evaluate(&two_cell_types(), &EvaluateOptions::default()).expect("scores");
        let scopes: Vec<_> = metrics.rows.iter().map(|row| (row.cell_type.as_deref(), row.n, row.n_excluded)).collect();
        assert_eq!(scopes, [(Some("K562"), 60, 0), (Some("HepG2"), 59, 1), (None, 60, 0)]);
        let [k562, hepg2, mean] = [0, 1, 2].map(|i| metrics.rows[i].pearson.value.expect("varies"));
        assert!((f64::midpoint(k562, hepg2) - mean).abs() < 1e-12);
        for row in &metrics.rows {
            let (value, interval) = (row.pearson.value.expect("defined"), row.pearson.interval.expect("drawn"));
            assert!(interval.low < value && value < interval.high, "{interval:?}");
            assert_eq!((row.n_chromosomes, row.pearson.chromosome_interval), (None, None));
        }
    }

    #[test]
    fn the_cell_specific_score_sees_only_differences_between_cell_types() {
        // Measured K562 - HepG2 is -noise, predicted +noise: centred residuals are opposite.
        let metrics = evaluate(&two_cell_types(), &EvaluateOptions::default()).expect("scores");
        let specific = metrics.rows[0].cell_specific_pearson.value.expect("two cell types");
        assert!((specific + 1.0).abs() < 1e-9, "{specific}");
        assert_eq!(metrics.rows[0].n_cell_specific, 59);
    }

    #[test]
    fn one_cell_type_has_no_cell_specific_score() {
        let table =
            PredictionTable { rows: two_cell_types().rows.into_iter().filter(|row| row.cell_type == "K562").collect() };
        let metrics = evaluate(&table, &EvaluateOptions::default()).expect("scores");
        assert_eq!(metrics.rows[0].cell_specific_pearson, Estimate::default());
        assert_eq!(metrics.rows[0].n_cell_specific, 0);
    }

    #[test]
    fn chromosomes_give_a_second_interval_from_five_on() {
        let on = |count: usize| {
            let chromosomes = (0..60).map(|gene| (format!("G{gene:02}"), format!("chr{}", gene % count))).collect();
            let options = EvaluateOptions { chromosomes: Some(chromosomes), draws: 200, ..EvaluateOptions::default() };
            evaluate(&two_cell_types(), &options).expect("scores").rows.remove(2)
        };
        assert!(on(6).pearson.chromosome_interval.is_some());
        assert_eq!((on(4).n_chromosomes, on(4).pearson.chromosome_interval), (Some(4), None));
    }

    #[test]
    fn constant_predictions_have_errors_and_no_correlation() {
        let rows = (0..9).map(|gene| row(&format!("G{gene}"), "K562", "mean", f64::from(gene), 0.1)).collect();
        let metrics = evaluate(&PredictionTable { rows }, &EvaluateOptions::default()).expect("scores");
        assert_eq!(metrics.rows[0].pearson, Estimate::default());
        assert!(metrics.rows[0].mse.interval.is_some());
    }

    #[test]
    fn a_split_without_rows_is_an_error_that_says_what_is_there() {
        let options = EvaluateOptions { splits: vec![Split::Validation], ..EvaluateOptions::default() };
        let message = evaluate(&two_cell_types(), &options).expect_err("no rows").to_string();
        assert!(message.contains("`validation`") && message.contains("119 rows of test"), "{message}");
    }
}
