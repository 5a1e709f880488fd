//! Training loss: mean squared or Huber error over measured values.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// Error, in standard deviations, up to which [`Loss::Huber`] is quadratic.
const HUBER_BOUND: f32 = 1.0;

/// Loss of a prediction error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Squared error.
    #[default]
    Mse,
    /// Squared error up to one standard deviation of the cell type, linear beyond. Genes whose expression the promoter
    /// does not explain have less influence (Huber 1964, <https://doi.org/10.1214/aoms/1177703732>).
    Huber,
}

impl Loss {
    /// Mean loss over the measured values of a batch.
    ///
    /// `measured` is 1 where a value was measured and 0 where it is missing; missing values contribute nothing and are
    /// not counted. A batch without measurements has loss 0.
    ///
    /// # Shapes
    /// All `[batch, cell types]`; returns one value.
    pub fn masked(self, predictions: Tensor<2>, targets: Tensor<2>, measured: Tensor<2>) -> Tensor<1> {
        let count = measured.clone().sum().clamp_min(1.0);
        let errors = predictions - targets;
        let costs = match self {
            Self::Mse => errors.square(),
            Self::Huber => {
                let sizes = errors.abs();
                let squared = sizes.clone().clamp_max(HUBER_BOUND);
                // Quadratic up to the bound, then linear with the slope at the bound.
                squared.clone().square() + (sizes - squared) * (2.0 * HUBER_BOUND)
            }
        };
        (costs * measured).sum() / count
    }

    /// Loss of one error, and its derivative.
    pub(crate) fn of_error(self, error: f32) -> (f32, f32) {
        match self {
            Self::Mse => (error * error, 2.0 * error),
            Self::Huber => {
                let squared = error.clamp(-HUBER_BOUND, HUBER_BOUND);
                (squared * squared + 2.0 * HUBER_BOUND * (error - squared).abs(), 2.0 * squared)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn loss_masked_ignores_missing_values() {
        let device = device::cpu();
        let predictions = Tensor::from_floats([[1.0, 2.0], [3.5, 9.0]], &device);
        let targets = Tensor::from_floats([[0.0, 4.0], [3.0, 0.0]], &device);
        let measured = Tensor::from_floats([[1.0, 1.0], [1.0, 0.0]], &device);
        // (1 + 4 + 1/4) / 3, and with the second error linear (1 + 3 + 1/4) / 3.
        for (loss, expected) in [(Loss::Mse, 5.25 / 3.0), (Loss::Huber, 4.25 / 3.0)] {
            let cost: f32 = loss.masked(predictions.clone(), targets.clone(), measured.clone()).into_scalar();
            assert!((cost - expected).abs() < 1e-6, "{loss:?}: {cost}");
        }
        assert_eq!([1.0, -2.0, 0.5].map(|error| Loss::Huber.of_error(error)), [(1.0, 2.0), (3.0, -2.0), (0.25, 1.0)]);
    }
}
