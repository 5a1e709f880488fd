//! Ridge regression on features of genes, such as half-life features: what they tell without the promoter.

use nalgebra::DMatrix;
use tatabox_dataset::{PreparedDataset, Split};

use crate::error::BaselineError;
use crate::prediction::BaselineNote;
use crate::ridge::{Examples, Ridge, RidgeGrid};
use crate::task::{Fitted, Fitting};

/// Penalties tried, as a multiple of the number of train genes.
const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Fits log2(TPM + 1) of each cell type on the features of its genes; the penalty is chosen on the validation genes.
///
/// # Errors
///
/// [`BaselineError::NoGeneFeatures`] where a usable gene has none.
pub(crate) fn fit(fitting: &mut Fitting<'_>) -> Result<Fitted, BaselineError> {
    fitting.require_gene_features()?;
    let (train, validation) = (fitting.measured(Split::Train)?, fitting.measured(Split::Validation)?);
    let dataset = fitting.task.dataset;
    let size = dataset.gene_feature_names().len();
    let ridge = Ridge::fit(
        Examples { features: matrix(dataset, &train.genes), targets: &train.targets },
        Examples { features: matrix(dataset, &validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, sizes: &[size], spared: 0 },
        &mut |_, _| {},
    )?;
    let note = |(position, choice): (usize, &crate::ridge::RidgeChoice)| {
        let cell_type = fitting.task.cell_type_name(position);
        BaselineNote::of_one(cell_type, "ridge penalty (multiple of the train genes)", choice.penalty)
    };
    let notes = ridge.choices.iter().enumerate().map(note).collect();
    Ok(Fitted { predicted: ridge.predict(matrix(dataset, &fitting.task.wanted())), notes })
}

/// Features `[features, genes]` of genes that have them.
fn matrix(dataset: &PreparedDataset, genes: &[usize]) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(dataset.gene_feature_names().len(), genes.len());
    for (mut column, &gene) in matrix.column_iter_mut().zip(genes) {
        write_features(dataset, gene, column.as_mut_slice());
    }
    matrix
}

/// Writes the features of a gene to the beginning of `column`.
///
/// # Panics
///
/// If the gene has none, which [`Fitting::require_gene_features`] rules out.
pub(crate) fn write_features(dataset: &PreparedDataset, gene: usize, column: &mut [f64]) {
    let features = dataset.gene_features(gene).expect("genes without features were refused");
    for (value, &feature) in column.iter_mut().zip(features) {
        *value = f64::from(feature);
    }
}
