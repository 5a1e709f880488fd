//! GRU recurrence on a GPU: one kernel for all positions of both directions.
//!
//! Step by step, an 11 kb promoter would take thousands of kernel launches per pass, and the GPU would mostly wait for
//! the host.

mod differentiation;
mod kernels;

use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, DispatchDevice, backend_extension};
use burn::tensor::{Device, Shape, Tensor};
use burn_cubecl::CubeBackend;

/// Largest number of units per cube on every GPU.
const MAX_UNITS: usize = 1024;

/// Recurrence of [`GruEncoder`](super::gru_encoder::GruEncoder).
///
/// # Shapes
/// - `gates`: `[positions, 2, batch, 3 * hidden]`, the products of the input with its weights, in reading order
/// - `known`: `[positions, 2, batch]`, 0 where the state passes through unchanged
/// - `weight`: `[2, hidden, 3 * hidden]`; `bias`: `[2, 1, 3 * hidden]`
/// - states: `[positions, 2, batch, hidden]`; recurrent products: as `gates`
#[backend_extension(Cube, Fusion, Autodiff)]
pub(crate) trait GruScan: Backend {
    /// State after each position; differentiable with respect to everything but `known`.
    #[fusion(dtype = gates, shape = states_shape(gates))]
    fn gru_states(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// States and recurrent products.
    #[fusion(meta = |gates, _known, _weight, _bias| (TensorSpec::new(states_shape(&gates.shape), gates.dtype), gates.clone()))]
    fn gru_forward(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Gradients of gates and recurrent products, from the gradient of the states.
    #[fusion(meta = |_gradient, gates, _recurrent, _states, _known, _weight| (gates.clone(), gates.clone()))]
    fn gru_backward(
        gradient: FloatTensor<Self>,
        gates: FloatTensor<Self>,
        recurrent: FloatTensor<Self>,
        states: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl GruScan for CubeBackend {
    fn gru_states(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        kernels::forward(gates, known, weight, bias).0
    }

    fn gru_forward(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        kernels::forward(gates, known, weight, bias)
    }

    fn gru_backward(
        gradient: FloatTensor<Self>,
        gates: FloatTensor<Self>,
        recurrent: FloatTensor<Self>,
        states: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        kernels::backward(gradient, gates, recurrent, states, known, weight)
    }
}

/// Whether `device` runs the kernels for states of this size.
pub(crate) fn is_available(device: &Device, hidden: usize) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Cube(_)) && 3 * hidden <= MAX_UNITS
}

/// State after each position; shapes as in [`GruScan`]. `known` is `None` where every position is known.
pub(crate) fn scan(gates: Tensor<4>, known: Option<Tensor<3>>, weight: Tensor<3>, bias: Tensor<3>) -> Tensor<4> {
    let [positions, directions, batch, _] = gates.dims();
    let known = known.unwrap_or_else(|| Tensor::ones([positions, directions, batch], &gates.device()));
    Tensor::from_dispatch(Dispatch::gru_states(
        gates.into_dispatch(),
        known.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

fn states_shape(gates: &Shape) -> Shape {
    let [positions, directions, batch, columns] = gates.dims();
    Shape::from([positions, directions, batch, columns / 3])
}
