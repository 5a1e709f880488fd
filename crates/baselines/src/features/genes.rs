//! Matrix of gene features, such as half-life features.

use nalgebra::DMatrix;
use tatabox_dataset::PreparedDataset;

/// Gene features `[features, genes]`.
///
/// # Panics
///
/// If a gene has no features; the caller checks with `FitContext::require_gene_features`.
pub(crate) fn gene_feature_matrix(dataset: &PreparedDataset, genes: &[usize]) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(dataset.gene_feature_names().len(), genes.len());
    for (mut column, &gene) in matrix.column_iter_mut().zip(genes) {
        write_gene_features(dataset, gene, column.as_mut_slice());
    }
    matrix
}

/// Writes the features of a gene to the start of `column`.
///
/// # Panics
///
/// If the gene has no features.
pub(crate) fn write_gene_features(dataset: &PreparedDataset, gene: usize, column: &mut [f64]) {
    let features = dataset.gene_features(gene).expect("the caller rejected genes without features");
    for (value, &feature) in column.iter_mut().zip(features) {
        *value = f64::from(feature);
    }
}
