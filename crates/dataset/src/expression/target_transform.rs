//! Transform from expression to training targets and back.

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};

/// `log2(TPM + 1)`.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{log2_to_tpm, tpm_to_log2};
///
/// assert_eq!(tpm_to_log2(3.0), 2.0);
/// assert_eq!(log2_to_tpm(2.0), 3.0);
/// assert_eq!(log2_to_tpm(-0.5), 0.0, "a TPM is never negative");
/// ```
pub fn tpm_to_log2(tpm: f64) -> f64 {
    (tpm + 1.0).log2()
}

/// Inverse of [`tpm_to_log2`]: `2^x - 1`, and 0 for negative input.
pub fn log2_to_tpm(log2_tpm: f64) -> f64 {
    (log2_tpm.exp2() - 1.0).max(0.0)
}

/// Standardisation of `log2(TPM + 1)` per cell type, fitted on train genes only.
///
/// Missing values are ignored. The standard deviation is that of the population (divisor n), as in scikit-learn's
/// `StandardScaler`.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::TargetTransform;
///
/// // Rows: log2(TPM + 1) 1 and 3 in train, 100 in test.
/// let transform = TargetTransform::fit(&["K562".to_owned()], &[1.0, 3.0, 100.0], &[0, 1])?;
/// assert_eq!((transform.mean[0], transform.sd[0]), (2.0, 1.0));
/// assert_eq!(transform.to_z(0, 4.0), 2.0);
/// assert_eq!(transform.to_log2(0, 2.0), 4.0);
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetTransform {
    /// Cell types, in the order of `mean` and `sd`.
    pub cell_types: Vec<String>,
    /// Mean per cell type.
    pub mean: Vec<f64>,
    /// Standard deviation per cell type, above zero.
    pub sd: Vec<f64>,
}

impl TargetTransform {
    /// Fits the transform on the rows `train_rows` of `log2_tpm`, genes x cell types in row-major order, NaN if
    /// missing.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`] for a cell type without two distinct train values.
    pub fn fit(cell_types: &[String], log2_tpm: &[f32], train_rows: &[usize]) -> Result<Self> {
        let mut transform = Self { cell_types: cell_types.to_vec(), mean: Vec::new(), sd: Vec::new() };
        for (column, cell_type) in cell_types.iter().enumerate() {
            let value = |&row: &usize| f64::from(log2_tpm[row * cell_types.len() + column]);
            let values: Vec<f64> = train_rows.iter().map(value).filter(|value| !value.is_nan()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            // Without values, the variance is NaN and the comparison is false; the count covers this case.
            if values.len() < 2 || variance <= 0.0 {
                return Err(DatasetError::TooFewMeasurements { cell_type: cell_type.clone(), measured: values.len() });
            }
            transform.mean.push(mean);
            transform.sd.push(variance.sqrt());
        }
        Ok(transform)
    }

    /// Standardised value of `log2_tpm` in the cell type with index `cell_type`.
    pub fn to_z(&self, cell_type: usize, log2_tpm: f64) -> f64 {
        (log2_tpm - self.mean[cell_type]) / self.sd[cell_type]
    }

    /// `log2(TPM + 1)` of the standardised value `z` in the cell type with index `cell_type`.
    pub fn to_log2(&self, cell_type: usize, z: f64) -> f64 {
        z * self.sd[cell_type] + self.mean[cell_type]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell_types() -> Vec<String> {
        vec!["K562".to_owned(), "HepG2".to_owned()]
    }

    #[test]
    fn target_transform_fit_matches_hand_calculation() {
        // K562 train 1, 3: mean 2, sd 1. HepG2 train 0, missing, 4: mean 2, sd 2.
        let log2_tpm = [1.0, 0.0, 3.0, 4.0, 100.0, 100.0];
        let transform = TargetTransform::fit(&cell_types(), &log2_tpm, &[0, 1]).expect("fits");
        assert_eq!(transform.mean, [2.0, 2.0]);
        assert_eq!(transform.sd, [1.0, 2.0]);
        assert!((transform.to_z(1, 4.0) - 1.0).abs() < 1e-12);
        assert!((transform.to_log2(1, -1.0)).abs() < 1e-12);
    }

    #[test]
    fn target_transform_fit_ignores_other_rows_and_missing_values() {
        let one = TargetTransform::fit(&cell_types(), &[1.0, 0.0, 3.0, 4.0, 9.0, 9.0], &[0, 1]).expect("fits");
        let other =
            TargetTransform::fit(&cell_types(), &[1.0, 0.0, 3.0, 4.0, -7.0, 0.5, f32::NAN, f32::NAN], &[0, 1, 3])
                .expect("fits");
        assert_eq!(one, other);
    }

    #[test]
    fn target_transform_fit_constant_cell_type_error_names_it() {
        let error = TargetTransform::fit(&cell_types(), &[1.0, 2.0, 3.0, 2.0], &[0, 1]).expect_err("HepG2 is flat");
        assert!(error.to_string().contains("\"HepG2\""), "{error}");
    }

    #[test]
    fn tpm_to_log2_and_log2_to_tpm_are_inverse() {
        // log2(3 + 1) = 2.
        assert!((tpm_to_log2(3.0) - 2.0).abs() < 1e-12);
        assert!((log2_to_tpm(2.0) - 3.0).abs() < 1e-12);
        assert!(log2_to_tpm(-1.0).abs() < 1e-12);
    }
}
