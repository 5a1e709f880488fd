//! Automatic differentiation of the recurrence.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, TensorMetadata};
use burn::tensor::{Shape, Slice};

use super::GruScan;

#[derive(Debug)]
struct Scan;

/// Values of the forward pass that the backward pass needs.
#[derive(Clone, Debug)]
struct ScanState<B: Backend> {
    gates: FloatTensor<B>,
    known: FloatTensor<B>,
    weight: FloatTensor<B>,
    states: FloatTensor<B>,
    recurrent: FloatTensor<B>,
}

impl<B: Backend + GruScan> Backward<B, 3> for Scan {
    type State = ScanState<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [gates_node, weight_node, bias_node] = ops.parents;
        let ScanState { gates, known, weight, states, recurrent } = ops.state;
        let gradient = grads.consume::<B>(&ops.node);
        let (gates_gradient, products) = B::gru_backward(gradient, gates, recurrent, states.clone(), known, weight);

        let [positions, directions, batch, columns] = products.shape().dims();
        let products = B::float_permute(products, &[1, 0, 2, 3]);
        let products = B::float_reshape(products, Shape::from([directions, positions * batch, columns]));
        if let Some(node) = gates_node {
            grads.register::<B>(node.id, gates_gradient);
        }
        if let Some(node) = bias_node {
            grads.register::<B>(node.id, B::float_sum_dim(products.clone(), 1));
        }
        if let Some(node) = weight_node {
            let before = states_before::<B>(states);
            grads.register::<B>(node.id, B::float_matmul(before, products));
        }
    }
}

/// State before each position, zeros before the first: `[2, hidden, positions * batch]`.
fn states_before<B: Backend>(states: FloatTensor<B>) -> FloatTensor<B> {
    let [positions, directions, batch, hidden] = states.shape().dims();
    let start = B::float_zeros(Shape::from([1, directions, batch, hidden]), &states.device(), states.dtype().into());
    let all_but_last = Slice::from(0..positions - 1);
    let before = B::float_cat(vec![start, B::float_slice(states, &[all_but_last])], 0);
    let before = B::float_permute(before, &[1, 3, 0, 2]);
    B::float_reshape(before, Shape::from([directions, hidden, positions * batch]))
}

impl<B: Backend + GruScan, C: CheckpointStrategy> GruScan for Autodiff<B, C> {
    fn gru_states(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let parents = [gates.node(), weight.node(), bias.node()];
        let (gates, known) = (gates.into_primitive(), known.into_primitive());
        let (weight, bias) = (weight.into_primitive(), bias.into_primitive());
        match Scan.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(preparation) => {
                let (states, recurrent) = B::gru_forward(gates.clone(), known.clone(), weight.clone(), bias);
                let state = ScanState { gates, known, weight, states: states.clone(), recurrent };
                preparation.finish(state, states)
            }
            OpsKind::UnTracked(preparation) => preparation.finish(B::gru_states(gates, known, weight, bias)),
        }
    }

    /// Not differentiable.
    fn gru_forward(
        gates: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (states, recurrent) = B::gru_forward(
            gates.into_primitive(),
            known.into_primitive(),
            weight.into_primitive(),
            bias.into_primitive(),
        );
        (Self::from_inner(states), Self::from_inner(recurrent))
    }

    /// Not differentiable.
    fn gru_backward(
        gradient: FloatTensor<Self>,
        gates: FloatTensor<Self>,
        recurrent: FloatTensor<Self>,
        states: FloatTensor<Self>,
        known: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gates, products) = B::gru_backward(
            gradient.into_primitive(),
            gates.into_primitive(),
            recurrent.into_primitive(),
            states.into_primitive(),
            known.into_primitive(),
            weight.into_primitive(),
        );
        (Self::from_inner(gates), Self::from_inner(products))
    }
}
