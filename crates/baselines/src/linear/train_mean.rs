//! Mean of the train genes: the score of a model without input.

use nalgebra::DMatrix;
use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::task::{FitContext, FitOutput};

/// Mean log2(TPM + 1) of the measured train genes, per cell type.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let train = context.measured_genes(Split::Train)?;
    let means: Vec<f64> = train.targets.column_iter().map(|column| mean_of_measured(column.iter())).collect();
    let genes = context.task.requested_genes().len();
    Ok(FitOutput {
        predicted: DMatrix::from_fn(genes, means.len(), |_, cell_type| means[cell_type]),
        notes: Vec::new(),
    })
}

/// Mean of the values that are not NaN; at least one value must be measured.
fn mean_of_measured<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, count) = values.filter(|value| !value.is_nan()).fold((0.0, 0_usize), |(sum, n), v| (sum + v, n + 1));
    sum / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_of_measured_ignores_missing_values() {
        assert!((mean_of_measured([1.0, f64::NAN, 4.0].iter()) - 2.5).abs() < 1e-12);
    }
}
