//! Exponential moving average of the weights over training steps.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::nn::Network;

/// Steps over which the decay grows to its full value.
const WARM_UP_STEPS: f64 = 10.0;

/// Updates the moving average with the weights of the training network after `step`, counted from 0.
///
/// Single steps of a noisy optimiser scatter around the minimum; their average is closer to it, and its validation
/// score changes less between epochs. The decay is `decay`, and lower during the first steps, so that the initial
/// weights are soon forgotten.
///
/// # Source
/// Polyak and Juditsky 1992, <https://doi.org/10.1137/0330046>, in the exponential form common in deep learning.
pub(crate) fn averaged(average: Network, training: &Network, decay: f64, step: usize) -> Network {
    let step = step as f64;
    let decay = decay.min((1.0 + step) / (WARM_UP_STEPS + step));
    // burn's gradients are a map from parameters to tensors of any rank.
    let mut collected = Weights(GradientsParams::new());
    training.visit(&mut collected);
    average.map(&mut Blend { with: collected.0, decay })
}

struct Weights(GradientsParams);

impl ModuleVisitor for Weights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.register(param.id, param.val().inner());
    }
}

struct Blend {
    with: GradientsParams,
    decay: f64,
}

impl ModuleMapper for Blend {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.with.remove::<D>(param.id) {
            Some(weights) => param.map(|average| average * self.decay + weights * (1.0 - self.decay)),
            None => param,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nn::{NetworkConfig, Preset};

    /// Sum of all weights, which is linear in the weights.
    struct Sum(f64);

    impl ModuleVisitor for Sum {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0 += f64::from(param.val().sum().into_scalar::<f32>());
        }
    }

    fn sum(network: &Network) -> f64 {
        let mut sum = Sum(0.0);
        network.visit(&mut sum);
        sum.0
    }

    struct AddOne;

    impl ModuleMapper for AddOne {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|weights| weights + 1.0)
        }
    }

    #[test]
    fn averaged_weights_move_by_one_minus_decay() {
        let config = NetworkConfig::preset(Preset::Small, 60, 1);
        let average = config.build(42, &device::cpu().autodiff()).valid();
        let training = average.clone().map(&mut AddOne).train();
        let weights = average.num_params() as f64;
        let before = sum(&average);
        // Step 990 has the full decay of 0.75: every weight moves by 0.25.
        let moved = sum(&averaged(average.clone(), &training, 0.75, 990)) - before;
        assert!((moved / weights - 0.25).abs() < 1e-4, "{}", moved / weights);
        // Step 0 has a decay of 1 / 10.
        let moved = sum(&averaged(average, &training, 0.75, 0)) - before;
        assert!((moved / weights - 0.9).abs() < 1e-4, "{}", moved / weights);
    }
}
