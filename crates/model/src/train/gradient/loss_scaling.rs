//! Scaling of the loss in half precision.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::device::Precision;
use crate::nn::Network;

/// Loss scale in half precision, where the gradient of a single position would otherwise underflow to 0. A power of
/// two, so that dividing gradients by it is exact.
const HALF_LOSS_SCALE: f32 = 4096.0;

/// Factor by which the loss is multiplied before it is differentiated.
pub(crate) fn loss_scale(precision: Precision) -> f32 {
    match precision {
        Precision::F32 | Precision::Bf16 => 1.0,
        Precision::F16 => HALF_LOSS_SCALE,
    }
}

/// Divides the gradients of `network` by the scale of the loss.
pub(crate) fn unscaled(precision: Precision, gradients: GradientsParams, network: &Network) -> GradientsParams {
    let mut scaling = Scaling { gradients, factor: 1.0 / loss_scale(precision) };
    if scaling.factor < 1.0 {
        network.visit(&mut scaling);
    }
    scaling.gradients
}

struct Scaling {
    gradients: GradientsParams,
    factor: f32,
}

impl ModuleVisitor for Scaling {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.factor);
        }
    }
}
