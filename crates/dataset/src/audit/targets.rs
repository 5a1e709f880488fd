//! Check of the target transform.

use super::check::{AuditCheck, Verdict};
use crate::error::Result;
use crate::expression::TargetTransform;
use crate::prepared::PreparedDataset;
use crate::split::Split;

/// Tolerated rounding difference of a mean or standard deviation, in log2(TPM + 1).
const ROUNDING: f64 = 1e-6;

/// FAIL if the transform in use differs from the transform fitted on the train genes.
///
/// # Errors
///
/// [`crate::DatasetError::TooFewMeasurements`] for a cell type that cannot be scaled.
pub(super) fn check(dataset: &PreparedDataset) -> Result<AuditCheck> {
    let log2_tpm: Vec<f32> = (0..dataset.len()).flat_map(|gene| dataset.log2_tpm_row(gene)).copied().collect();
    let of_train = TargetTransform::fit(dataset.cell_types(), &log2_tpm, &dataset.genes_in(Split::Train))?;
    let used = dataset.transform();
    let differences = (0..dataset.cell_types().len()).map(|cell_type| {
        let mean = (used.mean[cell_type] - of_train.mean[cell_type]).abs();
        (mean.max((used.sd[cell_type] - of_train.sd[cell_type]).abs()), &dataset.cell_types()[cell_type])
    });
    let largest = differences.max_by(|a, b| a.0.total_cmp(&b.0));
    let (verdict, finding) = match largest {
        Some((difference, cell_type)) if difference > ROUNDING => (
            Verdict::Fail,
            format!(
                "means and standard deviations differ from those of the train genes: {cell_type} by {difference:.2e}"
            ),
        ),
        _ => (Verdict::Pass, "means and standard deviations are those of the train genes".to_owned()),
    };
    Ok(AuditCheck::new("target scaling", verdict, finding)
        .with("largest_difference", largest.map_or(0.0, |(difference, _)| difference)))
}
