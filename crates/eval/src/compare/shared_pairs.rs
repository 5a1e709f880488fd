//! Pairs of gene and cell type that every one of several models predicts.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::EvalError;
use crate::metric;
use crate::metric::{CellTypePairs, GeneMatrix};

/// Largest difference in measured log2(TPM + 1) between models of the same data; text files may round values.
const MEASUREMENT_TOLERANCE: f64 = 1e-3;

/// One model's predictions in one split.
pub(crate) struct ModelMatrix {
    pub(crate) model: String,
    pub(crate) matrix: GeneMatrix,
}

/// Predictions of several models on the pairs that all of them contain.
pub(crate) struct SharedPairs {
    /// Gene identifiers, ascending.
    pub(crate) genes: Vec<String>,
    /// Cell types in the order of the first model.
    pub(crate) cell_types: Vec<SharedCellType>,
    /// Number of pairs per model that another model lacks.
    pub(crate) excluded: Vec<usize>,
}

/// Values in one cell type.
pub(crate) struct SharedCellType {
    pub(crate) cell_type: String,
    /// Row of each pair in [`SharedPairs::genes`], ascending.
    pub(crate) genes: Vec<usize>,
    /// Measured log2(TPM + 1).
    pub(crate) measured: Vec<f64>,
    /// Predicted log2(TPM + 1), one list per model.
    pub(crate) predicted: Vec<Vec<f64>>,
}

impl SharedPairs {
    /// The pairs that all `models` contain.
    ///
    /// # Errors
    ///
    /// [`EvalError::MeasuredDiffer`] if the measured values of two models differ.
    pub(crate) fn new(models: &[&ModelMatrix]) -> Result<Self, EvalError> {
        let Some((first, others)) = models.split_first() else {
            return Ok(Self { genes: Vec::new(), cell_types: Vec::new(), excluded: Vec::new() });
        };
        let lookups: Vec<PairLookup<'_>> = others.iter().map(|other| PairLookup::new(other)).collect();
        // Gene rows refer to the first model until the shared genes are known.
        let mut cell_types = Vec::new();
        for cell in &first.matrix.cell_types {
            cell_types.extend(shared_cell_type(first, cell, &lookups)?);
        }
        let kept: BTreeSet<usize> =
            cell_types.iter().flat_map(|cell: &SharedCellType| cell.genes.iter().copied()).collect();
        let position: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        for gene in cell_types.iter_mut().flat_map(|cell| &mut cell.genes) {
            *gene = position[gene];
        }
        let shared: usize = cell_types.iter().map(|cell| cell.genes.len()).sum();
        let pairs = |model: &ModelMatrix| model.matrix.cell_types.iter().map(|cell| cell.genes.len()).sum::<usize>();
        Ok(Self {
            genes: kept.into_iter().map(|gene| first.matrix.genes[gene].clone()).collect(),
            cell_types,
            excluded: models.iter().map(|model| pairs(model) - shared).collect(),
        })
    }

    /// Mean absolute error of each gene over its cell types.
    pub(crate) fn absolute_errors(&self, model: usize) -> Vec<f64> {
        let mut of_gene = vec![(0.0, 0.0); self.genes.len()];
        for cell in &self.cell_types {
            for (&gene, error) in cell.genes.iter().zip(cell.absolute_errors(model)) {
                of_gene[gene].0 += error;
                of_gene[gene].1 += 1.0;
            }
        }
        of_gene.into_iter().map(|(sum, count)| sum / count).collect()
    }
}

impl SharedCellType {
    /// Pearson correlation of one model.
    pub(crate) fn pearson(&self, model: usize) -> Option<f64> {
        metric::pearson(&self.measured, &self.predicted[model])
    }

    /// Pearson correlation of one model over some of the genes.
    pub(crate) fn pearson_of(&self, model: usize, requested: impl Fn(usize) -> bool) -> Option<f64> {
        let pairs = self.genes.iter().zip(self.measured.iter().zip(&self.predicted[model]));
        let (measured, predicted): (Vec<f64>, Vec<f64>) = pairs
            .filter(|(gene, _)| requested(**gene))
            .map(|(_, (&measured, &predicted))| (measured, predicted))
            .unzip();
        metric::pearson(&measured, &predicted)
    }

    /// Absolute errors of one model.
    pub(crate) fn absolute_errors(&self, model: usize) -> Vec<f64> {
        self.measured.iter().zip(&self.predicted[model]).map(|(m, p)| (m - p).abs()).collect()
    }
}

/// Lookup of a model's values by gene and cell type.
struct PairLookup<'a> {
    model: &'a ModelMatrix,
    gene_rows: BTreeMap<&'a str, usize>,
}

impl<'a> PairLookup<'a> {
    fn new(model: &'a ModelMatrix) -> Self {
        let genes = model.matrix.genes.iter().enumerate();
        Self { model, gene_rows: genes.map(|(row, gene)| (gene.as_str(), row)).collect() }
    }

    fn cell(&self, cell_type: &str) -> Option<&'a CellTypePairs> {
        self.model.matrix.cell_types.iter().find(|cell| cell.cell_type == cell_type)
    }

    /// Measured and predicted value.
    fn pair(&self, cell: &CellTypePairs, gene: &str) -> Option<(f64, f64)> {
        let position = cell.genes.binary_search(self.gene_rows.get(gene)?).ok()?;
        Some((cell.measured[position], cell.predicted[position]))
    }
}

/// Shared pairs of one cell type; `None` if there are none.
fn shared_cell_type(
    first: &ModelMatrix,
    cell: &CellTypePairs,
    others: &[PairLookup<'_>],
) -> Result<Option<SharedCellType>, EvalError> {
    let Some(of_others) = others.iter().map(|other| other.cell(&cell.cell_type)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let mut shared = SharedCellType {
        cell_type: cell.cell_type.clone(),
        genes: Vec::new(),
        measured: Vec::new(),
        predicted: vec![Vec::new(); others.len() + 1],
    };
    for (position, &row) in cell.genes.iter().enumerate() {
        let (gene, measured) = (&first.matrix.genes[row], cell.measured[position]);
        let pairs = others.iter().zip(&of_others).map(|(other, cell)| other.pair(cell, gene));
        let Some(pairs) = pairs.collect::<Option<Vec<_>>>() else { continue };
        if let Some(differs) = pairs.iter().position(|pair| (pair.0 - measured).abs() > MEASUREMENT_TOLERANCE) {
            return Err(EvalError::MeasuredDiffer {
                gene_id: gene.clone(),
                cell_type: cell.cell_type.clone(),
                models: [first.model.clone(), others[differs].model.model.clone()],
                measured: [measured, pairs[differs].0],
            });
        }
        shared.genes.push(row);
        shared.measured.push(measured);
        shared.predicted[0].push(cell.predicted[position]);
        for (list, pair) in shared.predicted[1..].iter_mut().zip(pairs) {
            list.push(pair.1);
        }
    }
    Ok((!shared.genes.is_empty()).then_some(shared))
}

#[cfg(test)]
pub(crate) mod tests {
    use tatabox_dataset::{PredictionTable, Split};

    use super::*;
    use crate::metric::row;

    /// The matrix of one model in the test split.
    pub(crate) fn model_matrix(table: &PredictionTable, model: &str) -> ModelMatrix {
        ModelMatrix { model: model.to_owned(), matrix: GeneMatrix::new(table, model, Split::Test) }
    }

    #[test]
    fn shared_pairs_keeps_only_pairs_of_every_model() {
        let rows = vec![
            row("A", "K562", "cnn", 1.0, 1.5),
            row("B", "K562", "cnn", 2.0, 2.5),
            row("C", "K562", "cnn", 3.0, 3.5),
            row("C", "A549", "cnn", 4.0, 5.0),
            row("B", "K562", "ridge", 2.0, 9.0),
            row("C", "K562", "ridge", 3.0, 8.0),
            row("C", "A549", "ridge", 4.0, 7.0),
            row("D", "A549", "ridge", 4.0, 7.0),
        ];
        let table = PredictionTable { rows };
        let (cnn, ridge) = (model_matrix(&table, "cnn"), model_matrix(&table, "ridge"));
        let shared = SharedPairs::new(&[&cnn, &ridge]).expect("the measurements agree");
        assert_eq!((shared.genes.join(" "), &shared.excluded), ("B C".to_owned(), &vec![1, 1]));
        assert_eq!((&shared.cell_types[0].genes, &shared.cell_types[1].genes), (&vec![0, 1], &vec![1]));
        assert_eq!(shared.cell_types[0].predicted, [[2.5, 3.5], [9.0, 8.0]]);
        // ridge: B errs by 7; C by 5 and 3.
        assert_eq!(shared.absolute_errors(1), [7.0, 4.0]);
    }

    #[test]
    fn shared_pairs_different_measurements_are_rejected() {
        let rows = vec![row("A", "K562", "cnn", 1.0, 1.5), row("A", "K562", "ridge", 2.0, 1.5)];
        let table = PredictionTable { rows };
        let (cnn, ridge) = (model_matrix(&table, "cnn"), model_matrix(&table, "ridge"));
        let message = SharedPairs::new(&[&cnn, &ridge]).err().expect("1 is not 2").to_string();
        assert!(message.contains("gene A in K562") && message.contains("`ridge`"), "{message}");
    }
}
