//! Training loss: mean squared or Huber error over measured values, and the error of differences between cell types.

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

/// Loss of a batch: that of all values and, with a weight, the squared error of each gene's differences between cell types.
///
/// Most of the variance of expression is shared by all cell types, so that a loss of values alone hardly learns what differs
/// between them.
///
/// # Examples
/// ```
/// use tatabox_model::{BatchLoss, Loss};
///
/// let loss = BatchLoss { values: Loss::Mse, difference_weight: 3.0, cell_types: 8 };
/// assert_eq!(BatchLoss::from(Loss::Mse).difference_weight, 0.0);
/// # let _ = loss;
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchLoss {
    /// Loss of a value.
    pub values: Loss,
    /// Weight of the differences; 0 for values alone.
    pub difference_weight: f32,
    /// Number of outputs, the first ones, that are expression in cell types.
    pub cell_types: usize,
}

impl From<Loss> for BatchLoss {
    /// Loss of values alone.
    fn from(values: Loss) -> Self {
        Self { values, difference_weight: 0.0, cell_types: 0 }
    }
}

impl BatchLoss {
    /// As [`Loss::masked`], with the squared deviations of the errors of a gene from their mean over its measured cell types.
    ///
    /// # Shapes
    /// All `[batch, outputs]`; returns one value.
    pub fn masked(self, predictions: Tensor<2>, targets: Tensor<2>, measured: Tensor<2>) -> Tensor<1> {
        let values = self.values.masked(predictions.clone(), targets.clone(), measured.clone());
        if !self.has_differences() {
            return values;
        }
        let count = measured.clone().sum().clamp_min(1.0);
        let of_cell_types = |tensor: Tensor<2>| tensor.narrow(1, 0, self.cell_types);
        let measured = of_cell_types(measured);
        let errors = of_cell_types(predictions - targets);
        let measured_in = measured.clone().sum_dim(1).clamp_min(1.0);
        let mean = (errors.clone() * measured.clone()).sum_dim(1) / measured_in;
        let deviations = errors - mean;
        values + (deviations.square() * measured).sum() / count * self.difference_weight
    }

    /// Summed loss of the outputs of one window; `gradient` receives its derivative for each of them.
    pub(crate) fn of_window(
        self,
        predictions: &[f32],
        targets: &[f32],
        measured: &[f32],
        gradient: &mut Vec<f32>,
    ) -> f64 {
        let first = gradient.len();
        let mut costs = 0.0;
        for ((prediction, target), weight) in predictions.iter().zip(targets).zip(measured) {
            let (cost, slope) = self.values.of_error(prediction - target);
            costs += f64::from(cost * weight);
            gradient.push(slope * weight);
        }
        let total: f32 = measured.iter().take(self.cell_types).sum();
        if self.has_differences() && total > 0.0 {
            let error = |index: usize| predictions[index] - targets[index];
            let mean = (0..self.cell_types).map(|index| error(index) * measured[index]).sum::<f32>() / total;
            for index in 0..self.cell_types {
                let (deviation, weight) = (error(index) - mean, self.difference_weight * measured[index]);
                costs += f64::from(deviation * deviation * weight);
                // The derivative of the mean cancels, since deviations sum to zero.
                gradient[first + index] += 2.0 * deviation * weight;
            }
        }
        costs
    }

    fn has_differences(self) -> bool {
        self.difference_weight > 0.0 && self.cell_types > 1
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

    #[test]
    fn batch_loss_counts_differences_between_measured_cell_types() {
        let device = device::cpu();
        let loss = BatchLoss { values: Loss::Mse, difference_weight: 2.0, cell_types: 3 };
        // Errors 1, 3 and a missing value of the first gene, whose mean is 2; no difference in the second; output 4 is an assay.
        let predictions = [[1.0, 3.0, 7.0, 0.5], [2.0, 2.0, 2.0, 0.0]];
        let measured = [[1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0]];
        let targets = [[0.0; 4]; 2];
        let mut gradient = Vec::new();
        let costs: f64 = (0..2)
            .map(|window| loss.of_window(&predictions[window], &targets[window], &measured[window], &mut gradient))
            .sum();
        // Squares 1 + 9 + 1/4 + 12, and twice the squared deviations 1 + 1.
        assert!((costs - 26.25).abs() < 1e-6, "{costs}");
        assert_eq!(gradient, [2.0 - 4.0, 6.0 + 4.0, 0.0, 1.0, 4.0, 4.0, 4.0, 0.0]);
        let tensor = |values: [[f32; 4]; 2]| Tensor::from_floats(values, &device);
        let mean: f32 = loss.masked(tensor(predictions), tensor(targets), tensor(measured)).into_scalar();
        assert!((f64::from(mean) - costs / 6.0).abs() < 1e-5, "{mean}");
    }
}
