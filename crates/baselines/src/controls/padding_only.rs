//! Ridge regression on how far the known sequence reaches: what padding tells without a base being read.

use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::features::PaddingFeatures;
use crate::linear::{Examples, Ridge, RidgeGrid};
use crate::task::{FitContext, FitOutput};

/// Penalties tried, as a multiple of the number of train genes.
const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge on functions of the padding of each window.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let (train, validation) = (context.measured(Split::Train)?, context.measured(Split::Validation)?);
    let padding = PaddingFeatures::fit(context.task, &train.genes);
    let ridge = Ridge::fit(
        Examples { features: padding.of(&train.genes), targets: &train.targets },
        Examples { features: padding.of(&validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, feature_counts: &[padding.len()], reduced_penalty: 0 },
        &mut |_, _| {},
    )?;
    Ok(FitOutput { predicted: ridge.predict(padding.of(&context.task.requested_genes())), notes: Vec::new() })
}
