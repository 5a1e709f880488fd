//! Scaling of expression to targets and back.

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};

/// `log2(TPM + 1)`.
pub fn tpm_to_log2(tpm: f64) -> f64 {
    (tpm + 1.0).log2()
}

/// `2^x - 1`: the TPM of which `log2_tpm` is `log2(TPM + 1)`; never negative.
pub fn log2_to_tpm(log2_tpm: f64) -> f64 {
    (log2_tpm.exp2() - 1.0).max(0.0)
}

/// Mean and standard deviation of `log2(TPM + 1)` for each cell type, fitted on train genes only.
///
/// Missing values take no part. The standard deviation is that of the population (divided by n), as
/// scikit-learn's `StandardScaler` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetTransform {
    /// Cell types, in the order of `mean` and `sd`.
    pub cell_types: Vec<String>,
    /// Mean of each.
    pub mean: Vec<f64>,
    /// Standard deviation of each, above zero.
    pub sd: Vec<f64>,
}

impl TargetTransform {
    /// Fits on `log2_tpm`, genes by cell types in row-major order with NaN for missing, reading only `train_rows`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`] where a cell type has no two train values that differ.
    pub fn fit(cell_types: &[String], log2_tpm: &[f32], train_rows: &[usize]) -> Result<Self> {
        let mut transform = Self { cell_types: cell_types.to_vec(), mean: Vec::new(), sd: Vec::new() };
        for (column, cell_type) in cell_types.iter().enumerate() {
            let value = |&row: &usize| f64::from(log2_tpm[row * cell_types.len() + column]);
            let values: Vec<f64> = train_rows.iter().map(value).filter(|value| !value.is_nan()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            // NaN, for want of values, is no more above zero than zero is.
            if values.len() < 2 || variance <= 0.0 {
                return Err(DatasetError::TooFewMeasurements { cell_type: cell_type.clone(), measured: values.len() });
            }
            transform.mean.push(mean);
            transform.sd.push(variance.sqrt());
        }
        Ok(transform)
    }

    /// Target of a `log2(TPM + 1)` in the cell type at index `cell_type`.
    pub fn to_z(&self, cell_type: usize, log2_tpm: f64) -> f64 {
        (log2_tpm - self.mean[cell_type]) / self.sd[cell_type]
    }

    /// `log2(TPM + 1)` of a target in the cell type at index `cell_type`.
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
    fn mean_and_sd_are_those_of_the_train_rows() {
        // K562 train 1, 3: mean 2, sd 1. HepG2 train 0, missing, 4: mean 2, sd 2.
        let log2_tpm = [1.0, 0.0, 3.0, 4.0, 100.0, 100.0];
        let transform = TargetTransform::fit(&cell_types(), &log2_tpm, &[0, 1]).expect("fits");
        assert_eq!(transform.mean, [2.0, 2.0]);
        assert_eq!(transform.sd, [1.0, 2.0]);
        assert!((transform.to_z(1, 4.0) - 1.0).abs() < 1e-12);
        assert!((transform.to_log2(1, -1.0)).abs() < 1e-12);
    }

    #[test]
    fn other_rows_and_missing_values_change_nothing() {
        let one = TargetTransform::fit(&cell_types(), &[1.0, 0.0, 3.0, 4.0, 9.0, 9.0], &[0, 1]).expect("fits");
        let other =
            TargetTransform::fit(&cell_types(), &[1.0, 0.0, 3.0, 4.0, -7.0, 0.5, f32::NAN, f32::NAN], &[0, 1, 3])
                .expect("fits");
        assert_eq!(one, other);
    }

    #[test]
    fn a_cell_type_without_spread_is_named() {
        let error = TargetTransform::fit(&cell_types(), &[1.0, 2.0, 3.0, 2.0], &[0, 1]).expect_err("HepG2 is flat");
        assert!(error.to_string().contains("\"HepG2\""), "{error}");
    }

    #[test]
    fn log2_and_tpm_invert_each_other() {
        // log2(3 + 1) = 2.
        assert!((tpm_to_log2(3.0) - 2.0).abs() < 1e-12);
        assert!((log2_to_tpm(2.0) - 3.0).abs() < 1e-12);
        assert!(log2_to_tpm(-1.0).abs() < 1e-12);
    }
}
