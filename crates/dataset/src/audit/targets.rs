//! Check of the target transform.

use super::check::{AuditCheck, Verdict};
use crate::error::Result;
use crate::expression::TargetTransform;
use crate::prepared::PreparedDataset;
use crate::split::Split;

/// Tolerated rounding difference of a mean or standard deviation, in log2(TPM + 1).
const ROUNDING: f64 = 1e-6;

/// Largest difference of a mean or standard deviation of each target, with its name.
fn differences(used: &TargetTransform, of_train: &TargetTransform) -> Vec<(f64, String)> {
    let difference = |target: usize| {
        let mean = (used.mean[target] - of_train.mean[target]).abs();
        mean.max((used.sd[target] - of_train.sd[target]).abs())
    };
    used.cell_types.iter().enumerate().map(|(target, name)| (difference(target), name.clone())).collect()
}

/// FAIL if the transform in use differs from the transform fitted on the train genes, or that of an assay from the
/// transform fitted on its train rows.
///
/// # Errors
///
/// [`crate::DatasetError::TooFewMeasurements`] for a cell type or output that cannot be scaled.
pub(super) fn check(dataset: &PreparedDataset) -> Result<AuditCheck> {
    let log2_tpm: Vec<f32> = (0..dataset.len()).flat_map(|gene| dataset.log2_tpm_row(gene)).copied().collect();
    let of_train = TargetTransform::fit(dataset.cell_types(), &log2_tpm, &dataset.genes_in(Split::Train))?;
    let mut of_targets = differences(dataset.transform(), &of_train);
    for assay in dataset.assays() {
        let of_train = assay.clone().refitted(dataset.genes())?.record.transform;
        of_targets.extend(differences(&assay.record.transform, &of_train));
    }
    let largest = of_targets.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let (verdict, finding) = match &largest {
        Some((difference, cell_type)) if *difference > ROUNDING => (
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
