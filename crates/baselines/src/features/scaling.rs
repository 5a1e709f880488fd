//! Standardisation of features.

use nalgebra::{DMatrix, DVector};

/// Mean and standard deviation of each feature over the train genes.
#[derive(Debug, Clone)]
pub(crate) struct StandardScaler {
    mean: DVector<f64>,
    /// 1 / sd; 0 for a constant feature, which removes it.
    factor: DVector<f64>,
}

impl StandardScaler {
    /// Mean and standard deviation of features `[features, genes]`.
    pub(crate) fn fit(features: &DMatrix<f64>) -> Self {
        let n = features.ncols() as f64;
        let mean = features.column_mean();
        let mut squares = DVector::zeros(features.nrows());
        for gene in features.column_iter() {
            squares.zip_zip_apply(&gene, &mean, |sum: &mut f64, value, mean| *sum += (value - mean).powi(2));
        }
        let factor = squares.map(|sum: f64| if sum > f64::EPSILON * n { (n / sum).sqrt() } else { 0.0 });
        Self { mean, factor }
    }

    /// Standardises features `[features, genes]` of any genes by the mean and standard deviation of the train genes.
    pub(crate) fn transform(&self, features: &mut DMatrix<f64>) {
        for mut gene in features.column_iter_mut() {
            gene -= &self.mean;
            gene.component_mul_assign(&self.factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_scaler_other_genes_are_scaled_by_train_statistics() {
        // 1, 3: mean 2, sd 1. 5, 5 is constant.
        let train = DMatrix::from_row_slice(2, 2, &[1.0, 3.0, 5.0, 5.0]);
        let mut other = DMatrix::from_row_slice(2, 1, &[6.0, 9.0]);
        StandardScaler::fit(&train).transform(&mut other);
        assert!((other[0] - 4.0).abs() < 1e-12 && other[1].abs() < 1e-12);
    }
}
