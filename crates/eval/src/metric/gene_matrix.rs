//! Predictions of one model in one split as a matrix of genes by cell types.

use std::collections::{BTreeMap, BTreeSet};

use tatabox_dataset::{PredictionTable, Split};

use crate::stats::{constant_value, mean};

/// Measured and predicted values of one model in one split, by cell type and gene.
///
/// A cell type may lack some of the genes.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::GeneMatrix;
///
/// let row = |gene_id: &str, cell_type: &str, measured, predicted| PredictionRow {
///     gene_id: gene_id.to_owned(),
///     gene_name: None,
///     cell_type: cell_type.to_owned(),
///     split: Split::Test,
///     measured,
///     predicted,
///     model: "cnn".to_owned(),
/// };
/// let rows = vec![row("B", "K562", 4.0, 3.0), row("A", "HepG2", 1.0, 0.5), row("A", "K562", 3.0, 2.5)];
/// let matrix = GeneMatrix::new(&PredictionTable { rows }, "cnn", Split::Test);
///
/// assert_eq!(matrix.genes, ["A", "B"]);
/// assert_eq!((matrix.cell_types[0].cell_type.as_str(), &matrix.cell_types[0].measured[..]), ("K562", &[3.0, 4.0][..]));
/// assert_eq!(matrix.cell_types[1].genes, [0]);
/// ```
pub struct GeneMatrix {
    /// Gene identifiers, ascending.
    pub genes: Vec<String>,
    /// Values by cell type, in the order of the table.
    pub cell_types: Vec<CellTypePairs>,
}

/// Measured and predicted expression in one cell type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellTypePairs {
    /// Name of the cell type.
    pub cell_type: String,
    /// Index of each gene in [`GeneMatrix::genes`], ascending.
    pub genes: Vec<usize>,
    /// Measured log2(TPM + 1).
    pub measured: Vec<f64>,
    /// Predicted log2(TPM + 1).
    pub predicted: Vec<f64>,
}

impl CellTypePairs {
    /// All pairs in one list; a gene occurs once per cell type.
    pub(crate) fn pooled(cell_types: &[Self]) -> Self {
        Self {
            cell_type: String::new(),
            genes: cell_types.iter().flat_map(|cell| cell.genes.iter().copied()).collect(),
            measured: cell_types.iter().flat_map(|cell| cell.measured.iter().copied()).collect(),
            predicted: cell_types.iter().flat_map(|cell| cell.predicted.iter().copied()).collect(),
        }
    }

    /// The pairs of a subset of genes, given as ascending indices; the new indices refer to that subset.
    pub(crate) fn of_genes(&self, genes: &[usize]) -> Self {
        let mut kept = Self { cell_type: self.cell_type.clone(), ..Self::default() };
        for (position, gene) in self.genes.iter().enumerate() {
            if let Ok(place) = genes.binary_search(gene) {
                kept.genes.push(place);
                kept.measured.push(self.measured[position]);
                kept.predicted.push(self.predicted[position]);
            }
        }
        kept
    }
}

impl GeneMatrix {
    /// Matrix of the rows of `model` in `split`; it has no genes if there are no such rows.
    pub fn new(table: &PredictionTable, model: &str, split: Split) -> Self {
        let rows = || table.rows.iter().filter(|row| row.model == model && row.split == split);
        let genes: Vec<String> = rows().map(|row| &row.gene_id).collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let position: BTreeMap<&str, usize> = genes.iter().enumerate().map(|(i, gene)| (gene.as_str(), i)).collect();
        let mut by_cell: BTreeMap<&str, Vec<(usize, f64, f64)>> = BTreeMap::new();
        for row in rows() {
            let pair = (position[row.gene_id.as_str()], row.measured, row.predicted);
            by_cell.entry(&row.cell_type).or_default().push(pair);
        }
        let cell_types = table.cell_types().into_iter().filter_map(|cell_type| {
            let mut pairs = by_cell.remove(cell_type.as_str())?;
            pairs.sort_by_key(|pair| pair.0);
            Some(CellTypePairs {
                genes: pairs.iter().map(|pair| pair.0).collect(),
                measured: pairs.iter().map(|pair| pair.1).collect(),
                predicted: pairs.iter().map(|pair| pair.2).collect(),
                cell_type,
            })
        });
        let cell_types = cell_types.collect();
        Self { genes, cell_types }
    }

    /// Values of each gene centred across its cell types, which leaves the differences between cell types.
    ///
    /// Genes with a value in a single cell type are excluded.
    pub(crate) fn centred_across_cell_types(&self) -> Vec<CellTypePairs> {
        let centres: Vec<Option<(f64, f64)>> = self
            .profiles()
            .iter()
            .map(
                |(measured, predicted)| if measured.len() < 2 { None } else { centre(measured).zip(centre(predicted)) },
            )
            .collect();
        let centred = |cell: &CellTypePairs| {
            let mut residual = CellTypePairs { cell_type: cell.cell_type.clone(), ..CellTypePairs::default() };
            for (position, &gene) in cell.genes.iter().enumerate() {
                if let Some((measured, predicted)) = centres[gene] {
                    residual.genes.push(gene);
                    residual.measured.push(cell.measured[position] - measured);
                    residual.predicted.push(cell.predicted[position] - predicted);
                }
            }
            residual
        };
        self.cell_types.iter().map(centred).collect()
    }

    /// Measured and predicted values of each gene across its cell types.
    pub(crate) fn profiles(&self) -> Vec<(Vec<f64>, Vec<f64>)> {
        let mut of_gene: Vec<(Vec<f64>, Vec<f64>)> = vec![Default::default(); self.genes.len()];
        for cell in &self.cell_types {
            for (position, &gene) in cell.genes.iter().enumerate() {
                of_gene[gene].0.push(cell.measured[position]);
                of_gene[gene].1.push(cell.predicted[position]);
            }
        }
        of_gene
    }
}

/// The mean; for equal values exactly that value, so that their residuals are zero instead of rounding errors.
fn centre(values: &[f64]) -> Option<f64> {
    constant_value(values).or_else(|| mean(values))
}

#[cfg(test)]
pub(crate) mod tests {
    use tatabox_dataset::PredictionRow;

    use super::*;

    /// A row of the test split, named by gene, cell type and model.
    pub(crate) fn row(gene: &str, cell_type: &str, model: &str, measured: f64, predicted: f64) -> PredictionRow {
        PredictionRow {
            gene_id: gene.to_owned(),
            gene_name: None,
            cell_type: cell_type.to_owned(),
            split: Split::Test,
            measured,
            predicted,
            model: model.to_owned(),
        }
    }

    fn table() -> PredictionTable {
        let rows = vec![
            row("B", "K562", "cnn", 4.0, 3.0),
            row("A", "HepG2", "cnn", 1.0, 0.1),
            row("A", "K562", "cnn", 3.0, 0.1),
            row("A", "K562", "mean", 3.0, 9.0),
        ];
        PredictionTable { rows }
    }

    #[test]
    fn gene_matrix_pairs_are_sorted_by_gene_and_separated_by_model() {
        let matrix = GeneMatrix::new(&table(), "cnn", Split::Test);
        assert_eq!(matrix.genes, ["A", "B"]);
        assert_eq!(
            (matrix.cell_types[0].cell_type.as_str(), &matrix.cell_types[0].measured),
            ("K562", &vec![3.0, 4.0])
        );
        assert_eq!(matrix.cell_types[1].genes, [0]);
        assert!(GeneMatrix::new(&table(), "cnn", Split::Train).genes.is_empty());
    }

    #[test]
    fn gene_matrix_centring_leaves_differences_between_cell_types() {
        let residuals = GeneMatrix::new(&table(), "cnn", Split::Test).centred_across_cell_types();
        // Gene A: measured 3 and 1 about their mean 2, predicted equal; gene B has a single cell type.
        assert_eq!((residuals[0].genes.clone(), residuals[0].measured.clone()), (vec![0], vec![1.0]));
        assert_eq!(residuals[1].measured, [-1.0]);
        assert_eq!(residuals[0].predicted, [0.0]);
    }
}
