//! Squared error over the measurements that exist.

use burn::tensor::Tensor;

/// Mean squared error over the measured values of a batch.
///
/// `measured` is 1 where a value was measured and 0 where it is missing; a missing value adds nothing and is
/// not counted. A batch without measurements has loss 0.
///
/// # Shapes
/// All `[batch, cell types]`; returns one value.
pub fn masked_mse(predictions: Tensor<2>, targets: Tensor<2>, measured: Tensor<2>) -> Tensor<1> {
    let count = measured.clone().sum().clamp_min(1.0);
    ((predictions - targets).square() * measured).sum() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn missing_values_add_nothing() {
        let device = device::cpu();
        let predictions = Tensor::from_floats([[1.0, 2.0], [3.0, 9.0]], &device);
        let targets = Tensor::from_floats([[0.0, 4.0], [3.0, 0.0]], &device);
        let measured = Tensor::from_floats([[1.0, 1.0], [1.0, 0.0]], &device);
        // (1 + 4 + 0) / 3
        let loss: f32 = masked_mse(predictions, targets, measured).into_scalar();
        assert!((loss - 5.0 / 3.0).abs() < 1e-6);
    }
}
