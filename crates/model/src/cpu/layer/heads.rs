//! Pooling heads of a network, which share the encoded positions and have outputs of their own.

use super::head::{HeadActivations, HeadInput};
use crate::cpu::HeadWeights;

/// Intermediate results of all heads.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadsActivations {
    pub heads: Vec<HeadActivations>,
    /// Heads that are computed; empty for all. The predictions of the others are 0.
    computed: Vec<bool>,
    /// `[windows, outputs]` of all heads; empty for a single head.
    joined: Vec<f32>,
}

impl HeadsActivations {
    /// `[windows, outputs]`, heads in order.
    pub fn predictions(&self) -> &[f32] {
        match self.heads.as_slice() {
            [head] => &head.predictions,
            _ => &self.joined,
        }
    }

    /// `[windows, heads, positions]` of the first head; empty without attention.
    pub fn attention(&self) -> &[f32] {
        self.heads.first().map_or(&[], |head| &head.attention.weights)
    }

    /// Computes every head.
    pub fn compute_all(&mut self) {
        self.computed.clear();
    }

    /// Computes only some heads.
    pub fn compute(&mut self, heads: Vec<bool>) {
        self.computed = heads;
    }

    /// Whether a head is computed.
    pub fn computes(&self, head: usize) -> bool {
        self.computed.get(head).copied().unwrap_or(true)
    }

    /// Adjusts the number of heads.
    pub fn resize(&mut self, heads: usize) {
        self.heads.resize_with(heads, HeadActivations::default);
    }
}

/// Number of outputs of all heads.
pub(crate) fn outputs_of(weights: &[HeadWeights]) -> usize {
    weights.iter().map(|head| head.output.output).sum()
}

/// Predicts every output.
pub(crate) fn forward(weights: &[HeadWeights], input: HeadInput, activations: &mut HeadsActivations, threads: usize) {
    activations.resize(weights.len());
    for (index, head) in weights.iter().enumerate() {
        if activations.computes(index) {
            head.forward(of_head(head, input), &mut activations.heads[index], threads);
        }
    }
    if weights.len() > 1 {
        join(weights, input.strip.windows, activations);
    }
}

/// Propagates the gradient of the predictions, `[windows, outputs]`, to the encoded positions. Adds to `gradient`.
pub(crate) fn backward(
    weights: &[HeadWeights],
    input: HeadInput,
    activations: &HeadsActivations,
    predictions: &[f32],
    gradient: &mut [HeadWeights],
) -> Vec<f32> {
    if let ([head], [gradient]) = (weights, &mut *gradient) {
        return head.backward(of_head(head, input), &activations.heads[0], predictions, gradient);
    }
    let (outputs, mut first) = (outputs_of(weights), 0);
    let mut encoded: Option<Vec<f32>> = None;
    for (index, (head, gradient)) in weights.iter().zip(gradient).enumerate() {
        let own = first..first + head.output.output;
        first = own.end;
        if !activations.computes(index) {
            continue;
        }
        let rows = predictions.chunks_exact(outputs).flat_map(|row| &row[own.clone()]);
        let own: Vec<f32> = rows.copied().collect();
        let of_this_head = head.backward(of_head(head, input), &activations.heads[index], &own, gradient);
        match &mut encoded {
            None => encoded = Some(of_this_head),
            Some(sum) => sum.iter_mut().zip(of_this_head).for_each(|(sum, value)| *sum += value),
        }
    }
    encoded.unwrap_or_else(|| vec![0.0; input.encoded.len()])
}

/// Input of one head: only a head with weights for the gene features reads them.
fn of_head<'a>(head: &HeadWeights, input: HeadInput<'a>) -> HeadInput<'a> {
    HeadInput { gene_features: input.gene_features.filter(|_| head.gene_features > 0), ..input }
}

/// Writes the predictions of all heads to rows of one table.
fn join(weights: &[HeadWeights], windows: usize, activations: &mut HeadsActivations) {
    let outputs = outputs_of(weights);
    let mut joined = std::mem::take(&mut activations.joined);
    joined.clear();
    joined.resize(windows * outputs, 0.0);
    let mut first = 0;
    for (index, head) in weights.iter().enumerate() {
        let width = head.output.output;
        if activations.computes(index) {
            let own = activations.heads[index].predictions.chunks_exact(width);
            for (row, own) in joined.chunks_exact_mut(outputs).zip(own) {
                row[first..first + width].copy_from_slice(own);
            }
        }
        first += width;
    }
    activations.joined = joined;
}
