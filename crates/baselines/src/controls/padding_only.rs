//! Ridge regression on the padding of windows: the score of the length of the known sequence, without its bases.

use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::features::PaddingFeatures;
use crate::linear::{Examples, Ridge, RidgeGrid};
use crate::task::{FitContext, FitOutput};

/// Penalty grid, as multiples of the number of train genes.
const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge regression of log2(TPM + 1) on padding features, per cell type; the penalty is selected on the validation genes.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let (train, validation) = (context.measured_genes(Split::Train)?, context.measured_genes(Split::Validation)?);
    let padding = PaddingFeatures::fit(context.task, &train.genes);
    let ridge = Ridge::fit(
        Examples { features: padding.matrix(&train.genes), targets: &train.targets },
        Examples { features: padding.matrix(&validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, feature_counts: &[padding.len()], reduced_penalty: 0 },
        &mut |_, _| {},
    )?;
    Ok(FitOutput { predicted: ridge.predict(padding.matrix(&context.task.requested_genes())), notes: Vec::new() })
}
