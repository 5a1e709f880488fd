//! Ridge regression on gene features, such as half-life features: their score without the promoter.

use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::features::gene_feature_matrix;
use crate::linear::{Examples, Ridge, RidgeChoice, RidgeGrid};
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// Penalty grid, as multiples of the number of train genes.
const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge regression of log2(TPM + 1) on gene features, per cell type; the penalty is selected on the validation genes.
///
/// # Errors
///
/// [`BaselineError::NoGeneFeatures`] if a usable gene has none.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    context.require_gene_features()?;
    let (train, validation) = (context.measured_genes(Split::Train)?, context.measured_genes(Split::Validation)?);
    let dataset = context.task.dataset;
    let size = dataset.gene_feature_names().len();
    let ridge = Ridge::fit(
        Examples { features: gene_feature_matrix(dataset, &train.genes), targets: &train.targets },
        Examples { features: gene_feature_matrix(dataset, &validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, feature_counts: &[size], reduced_penalty: 0 },
        &mut |_, _| {},
    )?;
    let note = |(position, choice): (usize, &RidgeChoice)| {
        let cell_type = context.task.cell_type_name(position);
        BaselineNote::for_cell_type(cell_type, "ridge penalty (multiple of the number of train genes)", choice.penalty)
    };
    let notes = ridge.choices.iter().enumerate().map(note).collect();
    Ok(FitOutput { predicted: ridge.predict(gene_feature_matrix(dataset, &context.task.requested_genes())), notes })
}
