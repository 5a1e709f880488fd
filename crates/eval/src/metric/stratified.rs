//! Scores of genes stratified by their similarity to the training genes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_dataset::{PredictionTable, Split};

use super::estimates::estimates;
use super::evaluate::EvaluateOptions;
use super::gene_matrix::{CellTypePairs, GeneMatrix};
use super::scores::pearson;
use super::weighted::WeightedPairs;
use crate::error::EvalError;
use crate::stats::{Estimate, mean};

/// Fewest genes per cell type for a correlation; smaller strata are listed without one.
pub const MINIMUM_STRATUM_GENES: usize = 8;

/// Score of one model on the genes of one stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratumRow {
    /// Name of the model.
    pub model: String,
    /// The split.
    pub split: Split,
    /// Label of the stratum, such as `0.25 to 0.5`.
    pub stratum: String,
    /// Lower limit of similarity, inclusive; `None` for the lowest stratum and for genes of unknown similarity.
    pub from: Option<f64>,
    /// Upper limit of similarity, exclusive; `None` for the highest stratum and for genes of unknown similarity.
    pub below: Option<f64>,
    /// Number of genes of the stratum that the model predicts.
    pub n: usize,
    /// Pearson correlation across genes, mean over cell types.
    pub pearson: Estimate,
}

/// Scores of every model in every stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratifiedTable {
    /// Number of resamples per bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the resampling.
    pub bootstrap_seed: u64,
    /// Rows by model, split and stratum, ascending by similarity.
    pub rows: Vec<StratumRow>,
}

/// Scores each model on genes grouped by similarity: below the first of `edges`, between consecutive edges, and from the last on.
///
/// `similarity` maps a gene identifier to its similarity to the training genes. Genes without a similarity form an additional last
/// stratum. Every stratum is listed; a stratum with fewer than [`MINIMUM_STRATUM_GENES`] genes in a cell type has no correlation.
///
/// # Errors
///
/// [`EvalError::InvalidStrata`] if `edges` are not finite and ascending; [`EvalError::Table`] if the table is invalid;
/// [`EvalError::NoRows`] if no model has a row in the splits.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, stratified_scores};
///
/// let rows = (0..20).map(|gene| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene % 7),
///     predicted: f64::from(if gene < 10 { -(gene % 7) } else { gene % 7 }),
///     model: "cnn".to_owned(),
/// });
/// let table = PredictionTable { rows: rows.collect() };
/// let similarity = (0..20).map(|gene| (format!("G{gene}"), if gene < 10 { 0.1 } else { 0.9 })).collect();
///
/// let strata = stratified_scores(&table, &similarity, &[0.5], &EvaluateOptions::default())?;
/// let pearson = |index: usize| strata.rows[index].pearson.value.expect("ten genes");
/// assert_eq!((strata.rows[0].stratum.as_str(), strata.rows[1].stratum.as_str()), ("below 0.5", "0.5 and above"));
/// assert!(pearson(0) < -0.99 && pearson(1) > 0.99);
/// # Ok::<(), tatabox_eval::EvalError>(())
/// ```
pub fn stratified_scores(
    table: &PredictionTable,
    similarity: &BTreeMap<String, f64>,
    edges: &[f64],
    options: &EvaluateOptions,
) -> Result<StratifiedTable, EvalError> {
    if edges.iter().any(|edge| !edge.is_finite()) || edges.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(EvalError::InvalidStrata { edges: list(edges) });
    }
    table.validate()?;
    let mut rows = Vec::new();
    for model in table.models() {
        for &split in &options.splits {
            let matrix = GeneMatrix::new(table, &model, split);
            if matrix.genes.is_empty() {
                continue;
            }
            let stratum_of = |gene: &String| similarity.get(gene).map(|value| edges.partition_point(|e| e <= value));
            let strata: Vec<Option<usize>> = matrix.genes.iter().map(stratum_of).collect();
            let unknown = strata.contains(&None).then_some(None);
            for stratum in (0..=edges.len()).map(Some).chain(unknown) {
                let kept = |gene: usize| strata[gene] == stratum;
                let (label, from, below) = bounds(stratum, edges);
                rows.push(StratumRow {
                    model: model.clone(),
                    split,
                    stratum: label,
                    from,
                    below,
                    n: (0..matrix.genes.len()).filter(|&gene| kept(gene)).count(),
                    pearson: mean_pearson(&matrix, kept, options),
                });
            }
        }
    }
    if rows.is_empty() {
        return Err(EvalError::no_rows(table, &options.splits));
    }
    Ok(StratifiedTable { bootstrap_resamples: options.resamples, bootstrap_seed: options.seed, rows })
}

/// Label and limits of a stratum.
fn bounds(stratum: Option<usize>, edges: &[f64]) -> (String, Option<f64>, Option<f64>) {
    let Some(stratum) = stratum else { return ("not known".to_owned(), None, None) };
    let (from, below) = (stratum.checked_sub(1).map(|edge| edges[edge]), edges.get(stratum).copied());
    let label = match (from, below) {
        (None, None) => "all".to_owned(),
        (None, Some(below)) => format!("below {below}"),
        (Some(from), Some(below)) => format!("{from} to {below}"),
        (Some(from), None) => format!("{from} and above"),
    };
    (label, from, below)
}

/// Mean over cell types of the Pearson correlation of the selected genes.
fn mean_pearson(matrix: &GeneMatrix, selected: impl Fn(usize) -> bool, options: &EvaluateOptions) -> Estimate {
    let genes: Vec<usize> = (0..matrix.genes.len()).filter(|&gene| selected(gene)).collect();
    let names: Vec<String> = genes.iter().map(|&gene| matrix.genes[gene].clone()).collect();
    let cell_types: Vec<CellTypePairs> = matrix.cell_types.iter().map(|cell| cell.of_genes(&genes)).collect();
    if cell_types.iter().any(|cell| cell.genes.len() < MINIMUM_STRATUM_GENES) {
        return Estimate::default();
    }
    let over_cell_types = |of_cell_types: Option<Vec<f64>>| of_cell_types.and_then(|values| mean(&values));
    let value = over_cell_types(cell_types.iter().map(|cell| pearson(&cell.measured, &cell.predicted)).collect());
    let ready: Vec<WeightedPairs> =
        cell_types.iter().map(|cell| WeightedPairs::new(&cell.genes, &cell.measured, &cell.predicted)).collect();
    let statistics = |weights: &[f64]| vec![over_cell_types(ready.iter().map(|cell| cell.pearson(weights)).collect())];
    estimates(&[value], &names, options, statistics).remove(0)
}

fn list(edges: &[f64]) -> String {
    edges.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::metric::row;

    /// Thirty genes: ten at similarity 0.1 with inverted predictions, fifteen exact at 0.5, three at 0.9, two without similarity.
    pub(crate) fn strata() -> (PredictionTable, BTreeMap<String, f64>) {
        let (mut rows, mut similarity) = (Vec::new(), BTreeMap::new());
        for gene in 0..30 {
            let (name, level) = (format!("G{gene:02}"), f64::from((gene * 7) % 11));
            let value = if gene < 10 { -level } else { level };
            for cell_type in ["K562", "HepG2"] {
                rows.push(row(&name, cell_type, "cnn", level, value));
            }
            let known = [(0..10, 0.1), (10..25, 0.5), (25..28, 0.9)];
            if let Some((_, value)) = known.into_iter().find(|(genes, _)| genes.contains(&gene)) {
                similarity.insert(name, value);
            }
        }
        (PredictionTable { rows }, similarity)
    }

    #[test]
    fn stratified_scores_small_strata_are_listed_without_score() {
        let (table, similarity) = strata();
        let options = EvaluateOptions { resamples: 200, ..EvaluateOptions::default() };
        // A similarity of 0.5 belongs to the stratum that begins at 0.5.
        let scored = stratified_scores(&table, &similarity, &[0.25, 0.5, 0.75], &options).expect("valid edges");
        let rows: Vec<_> = scored.rows.iter().map(|row| (row.stratum.as_str(), row.n)).collect();
        let expected =
            [("below 0.25", 10), ("0.25 to 0.5", 0), ("0.5 to 0.75", 15), ("0.75 and above", 3), ("not known", 2)];
        assert_eq!(rows, expected);
        let pearson: Vec<Option<f64>> = scored.rows.iter().map(|row| row.pearson.value).collect();
        assert!(pearson[0].is_some_and(|r| r < -0.99) && pearson[2].is_some_and(|r| r > 0.99), "{pearson:?}");
        assert_eq!([pearson[1], pearson[3], pearson[4]], [None; 3]);
        assert!(scored.rows[2].pearson.interval.is_some());
        assert_eq!((scored.rows[2].from, scored.rows[2].below), (Some(0.5), Some(0.75)));
    }

    #[test]
    fn stratified_scores_without_edges_has_one_stratum() {
        let (table, similarity) = strata();
        let scored = stratified_scores(&table, &similarity, &[], &EvaluateOptions::default()).expect("no edges");
        let rows: Vec<_> = scored.rows.iter().map(|row| (row.stratum.as_str(), row.n)).collect();
        assert_eq!(rows, [("all", 28), ("not known", 2)]);
    }

    #[test]
    fn stratified_scores_edges_not_ascending_are_rejected() {
        let (table, similarity) = strata();
        for edges in [[0.5, 0.5], [0.5, 0.25], [0.1, f64::NAN]] {
            assert!(stratified_scores(&table, &similarity, &edges, &EvaluateOptions::default()).is_err());
        }
        let options = EvaluateOptions { splits: vec![Split::Train], ..EvaluateOptions::default() };
        assert!(stratified_scores(&table, &similarity, &[0.5], &options).is_err());
    }
}
