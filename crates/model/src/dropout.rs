//! Dropout whose masks depend on the seed and the step alone.

use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Draws dropout masks on the host, from a generator that belongs to one training step.
///
/// burn's own `Dropout` draws from a generator of the backend that runs on through the process, so a resumed
/// run or another backend would see other masks. These are the same on every device.
pub struct DropoutMask {
    rng: Option<ChaCha8Rng>,
}

impl DropoutMask {
    /// No dropout: for validation and prediction.
    pub fn none() -> Self {
        Self { rng: None }
    }

    /// Dropout whose masks are drawn from `rng`.
    pub fn new(rng: ChaCha8Rng) -> Self {
        Self { rng: Some(rng) }
    }

    /// Zeroes each value with `probability` and scales the rest by 1 / (1 - probability).
    pub fn apply<const D: usize>(&mut self, input: Tensor<D>, probability: f64) -> Tensor<D> {
        let Some(rng) = self.rng.as_mut().filter(|_| probability > 0.0) else {
            return input;
        };
        let shape = input.shape();
        let scale = (1.0 / (1.0 - probability)) as f32;
        // One 32-bit draw a value: enough resolution for a probability, and the fastest to draw.
        let threshold = (probability * f64::from(u32::MAX)) as u32;
        let mask: Vec<f32> =
            (0..shape.num_elements()).map(|_| if rng.random::<u32>() < threshold { 0.0 } else { scale }).collect();
        let mask = Tensor::from_data(TensorData::new(mask, shape), &input.device());
        input * mask
    }
}
