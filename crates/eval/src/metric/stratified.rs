//! Scores of genes by how similar they are to the training genes.

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

/// With fewer genes in a cell type a stratum is listed, but has no correlation.
pub const MINIMUM_STRATUM_GENES: usize = 8;

/// The score of one model on the genes of one stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratumRow {
    /// Name of the model.
    pub model: String,
    /// The split.
    pub split: Split,
    /// The stratum in words, such as `0.25 to 0.5`.
    pub stratum: String,
    /// Least similarity in it; none for the lowest stratum, and for genes whose similarity is not known.
    pub from: Option<f64>,
    /// Similarity that it stays below; none for the highest stratum, and for genes whose similarity is not known.
    pub below: Option<f64>,
    /// Genes of the stratum that the model predicts.
    pub n: usize,
    /// Mean over the cell types of the Pearson correlation across genes.
    pub pearson: Estimate,
}

/// The scores of every model in every stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratifiedTable {
    /// Draws of each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the draws.
    pub bootstrap_seed: u64,
    /// Rows by model, split and stratum, least similar first.
    pub rows: Vec<StratumRow>,
}

/// Scores each model on genes grouped by similarity: below the first of `edges`, between each two of them, from the last on.
///
/// `similarity` tells how similar a gene is to the training genes; genes without one are a last stratum of their own, where there are
/// any. Every stratum is listed, those with fewer than [`MINIMUM_STRATUM_GENES`] genes in a cell type without correlation.
///
/// # Errors
///
/// [`EvalError::InvalidStrata`] for edges that are not finite and ascending; [`EvalError::Table`] for an invalid table;
/// [`EvalError::NoRows`] when no model has a row in the splits.
pub fn stratified_scores(
    table: &PredictionTable,
    similarity: &BTreeMap<String, f64>,
    edges: &[f64],
    options: &EvaluateOptions,
) -> Result<StratifiedTable, EvalError> {
    if edges.iter().any(|edge| !edge.is_finite()) || edges.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(EvalError::InvalidStrata { edges: words(edges) });
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

/// The stratum in words, and its limits.
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

/// The mean over cell types of the Pearson correlation of the genes that are `kept`.
fn mean_pearson(matrix: &GeneMatrix, kept: impl Fn(usize) -> bool, options: &EvaluateOptions) -> Estimate {
    let genes: Vec<usize> = (0..matrix.genes.len()).filter(|&gene| kept(gene)).collect();
    let names: Vec<String> = genes.iter().map(|&gene| matrix.genes[gene].clone()).collect();
    let cells: Vec<CellTypePairs> = matrix.cells.iter().map(|cell| cell.of_genes(&genes)).collect();
    if cells.iter().any(|cell| cell.genes.len() < MINIMUM_STRATUM_GENES) {
        return Estimate::default();
    }
    let over_cells = |of_cells: Option<Vec<f64>>| of_cells.and_then(|values| mean(&values));
    let value = over_cells(cells.iter().map(|cell| pearson(&cell.measured, &cell.predicted)).collect());
    let ready: Vec<WeightedPairs> =
        cells.iter().map(|cell| WeightedPairs::new(&cell.genes, &cell.measured, &cell.predicted)).collect();
    let drawn = |weights: &[f64]| vec![over_cells(ready.iter().map(|cell| cell.pearson(weights)).collect())];
    estimates(&[value], &names, options, drawn).remove(0)
}

fn words(edges: &[f64]) -> String {
    edges.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::metric::row;

    /// Thirty genes: ten at similarity 0.1 predicted backwards, fifteen at 0.5 predicted well, three at 0.9, two of none.
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
    fn every_stratum_is_listed_and_small_ones_have_no_score() {
        let (table, similarity) = strata();
        let options = EvaluateOptions { resamples: 200, ..EvaluateOptions::default() };
        // 0.5 lies in the stratum that begins with it.
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
    fn without_edges_all_genes_are_one_stratum() {
        let (table, similarity) = strata();
        let scored = stratified_scores(&table, &similarity, &[], &EvaluateOptions::default()).expect("no edges");
        let rows: Vec<_> = scored.rows.iter().map(|row| (row.stratum.as_str(), row.n)).collect();
        assert_eq!(rows, [("all", 28), ("not known", 2)]);
    }

    #[test]
    fn edges_have_to_ascend() {
        let (table, similarity) = strata();
        for edges in [[0.5, 0.5], [0.5, 0.25], [0.1, f64::NAN]] {
            assert!(stratified_scores(&table, &similarity, &edges, &EvaluateOptions::default()).is_err());
        }
        let options = EvaluateOptions { splits: vec![Split::Train], ..EvaluateOptions::default() };
        assert!(stratified_scores(&table, &similarity, &[0.5], &options).is_err());
    }
}
