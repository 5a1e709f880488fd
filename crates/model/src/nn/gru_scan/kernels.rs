//! GRU recurrence as two kernels, each of which iterates over all positions.

use burn::backend::TensorMetadata;
use burn::tensor::Shape;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

/// States of every position, and their products with the hidden weights.
///
/// One cube processes one window and one direction with three times `hidden` units; each unit keeps a column of the
/// hidden weights in registers. Only the state passes through shared memory from position to position.
pub(super) fn forward(
    gates: CubeTensor,
    known: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    let [gates, known, weight, bias] = [gates, known, weight, bias].map(into_contiguous);
    let [positions, directions, batch, columns] = gates.shape().dims();
    let hidden = columns / 3;
    let states = like(&gates, [positions, directions, batch, hidden]);
    let recurrent = like(&gates, [positions, directions, batch, columns]);
    scan_forward::launch::<f32>(
        &gates.client.clone(),
        CubeCount::Static((directions * batch) as u32, 1, 1),
        CubeDim::new_1d(columns as u32),
        gates.into_tensor_arg(),
        known.into_tensor_arg(),
        weight.into_tensor_arg(),
        bias.into_tensor_arg(),
        states.clone().into_tensor_arg(),
        recurrent.clone().into_tensor_arg(),
        hidden,
    );
    (states, recurrent)
}

/// Gradients of the gates' inputs and of the products with the hidden weights, from the gradient of the states.
pub(super) fn backward(
    gradient: CubeTensor,
    gates: CubeTensor,
    recurrent: CubeTensor,
    states: CubeTensor,
    known: CubeTensor,
    weight: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    let tensors = [gradient, gates, recurrent, states, known, weight].map(into_contiguous);
    let [gradient, gates, recurrent, states, known, weight] = tensors;
    let [_, directions, batch, columns] = gates.shape().dims();
    let gates_gradient = like(&gates, gates.shape().dims::<4>());
    let recurrent_gradient = like(&gates, gates.shape().dims::<4>());
    scan_backward::launch::<f32>(
        &gates.client.clone(),
        CubeCount::Static((directions * batch) as u32, 1, 1),
        CubeDim::new_1d(columns as u32),
        gradient.into_tensor_arg(),
        gates.into_tensor_arg(),
        recurrent.into_tensor_arg(),
        states.into_tensor_arg(),
        known.into_tensor_arg(),
        weight.into_tensor_arg(),
        gates_gradient.clone().into_tensor_arg(),
        recurrent_gradient.clone().into_tensor_arg(),
        columns / 3,
    );
    (gates_gradient, recurrent_gradient)
}

fn like(tensor: &CubeTensor, shape: [usize; 4]) -> CubeTensor {
    empty_device_contiguous_dtype(tensor.client.clone(), tensor.device.clone(), Shape::from(shape), tensor.dtype)
}

#[cube]
fn sigmoid<F: Float>(x: F) -> F {
    F::new(1.0) / (F::new(1.0) + (F::new(0.0) - x).exp())
}

/// Position of a unit in the launch: one cube per row and direction, one unit per column of the weights.
#[derive(CubeType)]
struct ScanUnit {
    /// Column of the weights.
    column: usize,
    /// Row of the batch; the second half of the rows is the reverse direction.
    row: usize,
    /// Rows of both directions.
    rows: usize,
    /// 0 forward, 1 reverse.
    direction: usize,
}

#[cube]
fn scan_unit() -> ScanUnit {
    let row = CUBE_POS_X as usize;
    let rows = CUBE_COUNT_X as usize;
    ScanUnit { column: UNIT_POS_X as usize, row, rows, direction: row / (rows / 2) }
}

/// Forward kernel; shapes as in [`GruScan`](super::GruScan). The unit of column `c` computes the product with column
/// `c` of the weights.
#[cube(launch)]
fn scan_forward<F: Float>(
    gates: &Tensor<F>,
    known: &Tensor<F>,
    weight: &Tensor<F>,
    bias: &Tensor<F>,
    states: &mut Tensor<F>,
    recurrent: &mut Tensor<F>,
    #[comptime] hidden: usize,
) {
    let columns = comptime!(3 * hidden);
    let scan = scan_unit();
    let column = scan.column;
    let rows = scan.rows;
    let positions = gates.shape(0);

    let mut state = Shared::new_slice(hidden);
    // Inputs and products of r and z are only needed as sums; those of n are needed separately.
    let mut summed = Shared::new_slice(columns);
    let mut new_input = Shared::new_slice(hidden);
    let mut weights = Array::<F>::new(hidden);
    #[unroll]
    for unit in 0..hidden {
        weights[unit] = weight[(scan.direction * hidden + unit) * columns + column];
    }
    let bias = bias[scan.direction * columns + column];
    if column < hidden {
        state[column] = F::new(0.0);
    }
    sync_cube();

    for position in 0..positions {
        let place = position * rows + scan.row;
        let gate = gates[place * columns + column];
        let mut product = bias;
        #[unroll]
        for unit in 0..hidden {
            product += state[unit] * weights[unit];
        }
        recurrent[place * columns + column] = product;
        if column < 2 * hidden {
            summed[column] = gate + product;
        } else {
            summed[column] = product;
            new_input[column - 2 * hidden] = gate;
        }
        sync_cube();

        if column < hidden {
            let reset = sigmoid::<F>(summed[column]);
            let update = sigmoid::<F>(summed[hidden + column]);
            let new = (new_input[column] + reset * summed[2 * hidden + column]).tanh();
            let before = state[column];
            let after = before + (F::new(1.0) - update) * known[place] * (new - before);
            states[place * hidden + column] = after;
            state[column] = after;
        }
        sync_cube();
    }
}

/// Backward kernel, from the last position to the first. The unit of column `gate * hidden + u` sums the gradients that
/// the products of that gate propagate to unit `u` of the previous state; units below `hidden` also differentiate the
/// gates.
#[cube(launch)]
fn scan_backward<F: Float>(
    gradient: &Tensor<F>,
    gates: &Tensor<F>,
    recurrent: &Tensor<F>,
    states: &Tensor<F>,
    known: &Tensor<F>,
    weight: &Tensor<F>,
    gates_gradient: &mut Tensor<F>,
    recurrent_gradient: &mut Tensor<F>,
    #[comptime] hidden: usize,
) {
    let columns = comptime!(3 * hidden);
    let scan = scan_unit();
    let column = scan.column;
    let rows = scan.rows;
    let positions = gates.shape(0);
    let gate = column / hidden;
    let unit = column % hidden;
    let one = F::new(1.0);

    let mut products = Shared::new_slice(columns);
    let mut propagated = Shared::new_slice(columns);
    let mut weights = Array::<F>::new(hidden);
    #[unroll]
    for other in 0..hidden {
        weights[other] = weight[(scan.direction * hidden + unit) * columns + gate * hidden + other];
    }
    // Gradient of the state after `position` from all later positions.
    let mut later = F::new(0.0);

    for step in 0..positions {
        let position = positions - 1 - step;
        let place = position * rows + scan.row;
        if column < hidden {
            let first = place * columns + column;
            let new_product = recurrent[first + 2 * hidden];
            let reset = sigmoid::<F>(gates[first] + recurrent[first]);
            let update = sigmoid::<F>(gates[first + hidden] + recurrent[first + hidden]);
            let new = (gates[first + 2 * hidden] + reset * new_product).tanh();
            let mut before = F::new(0.0);
            if position > 0 {
                before = states[(place - rows) * hidden + column];
            }
            let known = known[place];
            let moved = (one - update) * known;

            let after_gradient = gradient[place * hidden + column] + later;
            let new_gradient = after_gradient * moved * (one - new * new);
            let update_gradient = after_gradient * (before - new) * known * update * (one - update);
            let reset_gradient = new_gradient * new_product * reset * (one - reset);
            let product_gradient = new_gradient * reset;
            later = after_gradient * (one - moved);

            gates_gradient[first] = reset_gradient;
            gates_gradient[first + hidden] = update_gradient;
            gates_gradient[first + 2 * hidden] = new_gradient;
            recurrent_gradient[first] = reset_gradient;
            recurrent_gradient[first + hidden] = update_gradient;
            recurrent_gradient[first + 2 * hidden] = product_gradient;
            products[column] = reset_gradient;
            products[hidden + column] = update_gradient;
            products[2 * hidden + column] = product_gradient;
        }
        sync_cube();

        let mut sum = F::new(0.0);
        #[unroll]
        for other in 0..hidden {
            sum += products[gate * hidden + other] * weights[other];
        }
        propagated[column] = sum;
        sync_cube();

        if column < hidden {
            later += propagated[column] + propagated[hidden + column] + propagated[2 * hidden + column];
        }
    }
}
