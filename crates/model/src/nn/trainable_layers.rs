//! Trainable and frozen layers of a network.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::network::Network;

/// Layers that are trained; the others are frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrainableLayers {
    /// The output layer, with one output per cell type.
    Output,
    /// All layers.
    All,
}

impl TrainableLayers {
    /// Whether convolutions and GRU are trained.
    pub fn has_trunk(self) -> bool {
        self == Self::All
    }

    /// Gradients of the trainable layers alone. The optimiser leaves a weight without a gradient unchanged, including
    /// its weight decay.
    ///
    /// # Panics
    /// For the output layer of a network that has no trunk to freeze, which a valid configuration does not request.
    pub fn keep(self, network: &Network, mut gradients: GradientsParams) -> GradientsParams {
        match (self, network) {
            (Self::All, _) => gradients,
            (Self::Output, Network::Convolutional(network)) => {
                let mut kept = Kept { from: &mut gradients, gradients: GradientsParams::new() };
                network.heads().for_each(|head| head.output().visit(&mut kept));
                kept.gradients
            }
            (Self::Output, Network::KmerMlp(_)) => unreachable!("a valid configuration never freezes a k-mer network"),
        }
    }
}

/// Visitor that moves the gradients of the visited weights.
struct Kept<'a> {
    from: &'a mut GradientsParams,
    gradients: GradientsParams,
}

impl ModuleVisitor for Kept<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.from.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nn::architecture::Architecture;
    use crate::nn::network_config::{NetworkConfig, Preset};

    /// A gradient of ones for every weight.
    struct Ones(GradientsParams);

    impl ModuleVisitor for Ones {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.register(param.id, param.val().ones_like());
        }
    }

    #[test]
    fn trainable_layers_keep_only_their_gradients() {
        for architecture in [Architecture::Hybrid, Architecture::CnnGru] {
            let config = NetworkConfig::preset(Preset::Small, 60, 2).with_architecture(architecture);
            let network = config.build(42, &device::cpu());
            let kept = |part: TrainableLayers| {
                let mut ones = Ones(GradientsParams::new());
                network.visit(&mut ones);
                (ones.0.len(), part.keep(&network, ones.0).len())
            };
            let (all, kept_all) = kept(TrainableLayers::All);
            assert_eq!(all, kept_all, "{architecture}");
            assert_eq!(kept(TrainableLayers::Output).1, 2, "{architecture}: weights and biases of the output layer");
        }
    }
}
