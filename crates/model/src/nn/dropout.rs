//! Dropout whose masks depend on the seed and the step alone.

use burn::tensor::{DType, Device, Int, Shape, Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Multiplier of [`mixed`].
const MIXING: u32 = 0x045d_9f3b;

/// Dropout masks sampled from the random generator of one training step.
///
/// burn's own `Dropout` samples from one generator of the backend for the whole process, so a resumed run or another
/// backend would use different masks. These masks depend on the generator of the step alone.
pub struct DropoutMask {
    draws: Draws,
}

/// Where random values are sampled.
enum Draws {
    Nowhere,
    /// Every value comes from the generator.
    OnHost(ChaCha8Rng),
    /// The generator gives one key per mask; values are computed from key and position.
    OnDevice(ChaCha8Rng),
}

impl DropoutMask {
    /// No dropout: for validation and prediction.
    pub fn none() -> Self {
        Self { draws: Draws::Nowhere }
    }

    /// Dropout with masks sampled from `rng` on the host.
    pub fn new(rng: ChaCha8Rng) -> Self {
        Self { draws: Draws::OnHost(rng) }
    }

    /// Dropout with masks computed on the device, from keys sampled from `rng`. A batch has millions of values, and a
    /// fast device would wait for the host to sample them. The masks differ from those of [`new`](Self::new) and are
    /// the same on every device.
    pub fn on_device(rng: ChaCha8Rng) -> Self {
        Self { draws: Draws::OnDevice(rng) }
    }

    /// Zeroes each value with `probability` and scales the remaining values by 1 / (1 - probability).
    pub fn apply<const D: usize>(&mut self, input: Tensor<D>, probability: f64) -> Tensor<D> {
        if probability <= 0.0 {
            return input;
        }
        let (shape, device) = (input.shape(), input.device());
        let mask = match &mut self.draws {
            Draws::Nowhere => return input,
            Draws::OnHost(rng) => {
                let mask = draw_mask(rng, probability, shape.num_elements());
                Tensor::from_data(TensorData::new(mask, shape), &device)
            }
            Draws::OnDevice(rng) => {
                let (threshold, scale) = threshold_and_scale(probability);
                let keys = [rng.random(), rng.random()];
                draws(&shape, keys, &device).greater_equal_scalar(threshold).float().mul_scalar(scale)
            }
        };
        input * mask
    }
}

/// `count` values that are 0 with `probability` and 1 / (1 - probability) otherwise.
pub(crate) fn draw_mask(rng: &mut ChaCha8Rng, probability: f64, count: usize) -> Vec<f32> {
    let (threshold, scale) = threshold_and_scale(probability);
    let mut words = vec![0u32; count];
    rng.fill(&mut words);
    words.into_iter().map(|word| if word < threshold { 0.0 } else { scale }).collect()
}

/// Threshold below which a random 32-bit number drops its value, and the scale of the remaining values.
fn threshold_and_scale(probability: f64) -> (u32, f32) {
    ((probability * f64::from(u32::MAX)) as u32, (1.0 / (1.0 - probability)) as f32)
}

/// A pseudorandom number below 2^32 per position, computed from the position and two keys.
fn draws<const D: usize>(shape: &Shape, keys: [u32; 2], device: &Device) -> Tensor<D, Int> {
    // Rows and columns are uploaded separately and added on the device: `arange` of burn 0.22 fails on a GPU for
    // unsigned numbers.
    let (rows, columns) = (shape.num_elements() / shape[D - 1], shape[D - 1]);
    let whole = |numbers: Vec<u32>, shape: [usize; D]| {
        Tensor::<D, Int>::from_data(TensorData::new(numbers, shape), (device, DType::U32))
    };
    let (mut row_shape, mut column_shape) = (shape.dims::<D>(), [1; D]);
    (row_shape[D - 1], column_shape[D - 1]) = (1, columns);
    let rows = whole((0..rows).map(|row| (row * columns) as u32).collect(), row_shape);
    let columns = whole((0..columns as u32).collect(), column_shape);
    keys.into_iter().fold(rows + columns, |numbers, key| mixed(numbers.bitwise_xor_scalar(key)))
}

/// Integer hash: a bijection of 32-bit numbers in which every input bit affects every output bit.
///
/// # Source
/// T. Mueller, <https://stackoverflow.com/a/12996028>.
fn mixed<const D: usize>(numbers: Tensor<D, Int>) -> Tensor<D, Int> {
    let folded = |numbers: Tensor<D, Int>| numbers.clone().bitwise_xor(numbers.bitwise_right_shift_scalar(16));
    folded(folded(folded(numbers).mul_scalar(MIXING)).mul_scalar(MIXING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use rand::SeedableRng;

    fn mask(mut dropout: DropoutMask, probability: f64) -> Vec<f32> {
        let ones = Tensor::<2>::ones([200, 500], &device::cpu());
        dropout.apply(ones, probability).into_data().try_to_vec().expect("f32")
    }

    fn rng(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    #[test]
    fn draws_on_device_equal_integer_arithmetic() {
        let expected = |position: u32| {
            [7u32, 0xfedc_ba98].into_iter().fold(position, |number, key| {
                let fold = |x: u32| x ^ (x >> 16);
                fold(fold(fold(number ^ key).wrapping_mul(MIXING)).wrapping_mul(MIXING))
            })
        };
        let found: Vec<u32> = draws::<2>(&Shape::from([3, 1000]), [7, 0xfedc_ba98], &device::cpu())
            .into_data()
            .try_to_vec()
            .expect("u32");
        assert_eq!(found, (0..3000).map(expected).collect::<Vec<_>>());
    }

    #[test]
    fn dropout_mask_drops_the_given_fraction_and_scales_the_rest() {
        for dropout in [DropoutMask::new(rng(1)), DropoutMask::on_device(rng(1))] {
            let mask = mask(dropout, 0.2);
            let dropped = mask.iter().filter(|&&value| value < 0.5).count();
            // 20,000 of 100,000 expected, standard deviation 126.
            assert!((19_400..20_600).contains(&dropped), "{dropped}");
            assert!(mask.iter().all(|&value| value < 0.5 || (value - 1.25).abs() < 1e-6));
        }
    }

    #[test]
    fn dropout_mask_on_device_depends_on_the_step_and_the_call() {
        assert_eq!(mask(DropoutMask::on_device(rng(1)), 0.5), mask(DropoutMask::on_device(rng(1)), 0.5));
        let ones = Tensor::<1>::ones([20_000], &device::cpu());
        let mut dropout = DropoutMask::on_device(rng(1));
        let masks = [0; 2].map(|_| dropout.apply(ones.clone(), 0.5).into_data().try_to_vec::<f32>().expect("f32"));
        let equal = masks[0].iter().zip(&masks[1]).filter(|(one, other)| (*one - *other).abs() < 0.5).count();
        // 10,000 of 20,000 expected, standard deviation 71.
        assert!((9_650..10_350).contains(&equal), "{equal}");
    }

    #[test]
    fn dropout_mask_none_keeps_every_value() {
        assert!(mask(DropoutMask::none(), 0.5).iter().all(|&value| (value - 1.0).abs() < 1e-6));
    }
}
