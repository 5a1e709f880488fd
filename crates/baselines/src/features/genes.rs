//! Features of genes, such as half-life features, as a matrix.

use nalgebra::DMatrix;
use tatabox_dataset::PreparedDataset;

/// Features `[features, genes]` of genes that have them.
///
/// # Panics
///
/// If a gene has no features, which [`FitContext::require_gene_features`](crate::task::FitContext) rules out.
pub(crate) fn gene_feature_matrix(dataset: &PreparedDataset, genes: &[usize]) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(dataset.gene_feature_names().len(), genes.len());
    for (mut column, &gene) in matrix.column_iter_mut().zip(genes) {
        write_gene_features(dataset, gene, column.as_mut_slice());
    }
    matrix
}

/// Writes the features of a gene to the beginning of `column`.
///
/// # Panics
///
/// If the gene has no features.
pub(crate) fn write_gene_features(dataset: &PreparedDataset, gene: usize, column: &mut [f64]) {
    let features = dataset.gene_features(gene).expect("the caller rejects genes without features");
    for (value, &feature) in column.iter_mut().zip(features) {
        *value = f64::from(feature);
    }
}
