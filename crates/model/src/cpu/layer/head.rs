//! Pooling and dense layers, forward and backward.

use super::attention::AttentionActivations;
use crate::cpu::array::{Existing, Matrix, Strip, add_scaled, multiply, reset, vectorised};
use crate::cpu::{DenseWeights, HeadWeights};

/// Input of the head.
#[derive(Clone, Copy)]
pub(crate) struct HeadInput<'a> {
    pub strip: Strip,
    /// `[all positions, channels]`
    pub encoded: &'a [f32],
    /// `[positions]`, [`log_distances`](crate::nn::position_encoding::log_distances) from the TSS.
    pub log_distances: &'a [f32],
    /// `[all positions]`, 0 where a position holds only N.
    pub known: Option<&'a [f32]>,
    /// `[windows, features]`
    pub gene_features: Option<&'a [f32]>,
}

impl HeadInput<'_> {
    /// Channels per position.
    pub fn channels(self) -> usize {
        self.encoded.len() / self.strip.all_positions()
    }
}

/// Values of the forward pass that the backward pass needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadActivations {
    pub attention: AttentionActivations,
    /// `[windows, pooled values]`
    pooled: Vec<f32>,
    /// `[windows, pooled values + features]`; empty for a network without gene features.
    with_features: Vec<f32>,
    /// `[windows, hidden units]` after ReLU and dropout.
    hidden: Vec<f32>,
    /// `[windows, cell types]`
    pub predictions: Vec<f32>,
    /// Dropout factors of the pooled values and of the hidden units.
    pub keep_mask: [Option<Vec<f32>>; 2],
}

impl HeadActivations {
    /// Input of the hidden layer.
    fn hidden_input(&self) -> &[f32] {
        if self.with_features.is_empty() { &self.pooled } else { &self.with_features }
    }
}

impl HeadWeights {
    /// Number of pooled values per window.
    pub fn pooled_values(&self) -> usize {
        self.hidden.input - self.gene_features
    }

    /// Pools the positions and predicts every cell type.
    pub fn forward(&self, input: HeadInput, activations: &mut HeadActivations, threads: usize) {
        let windows = input.strip.windows;
        let HeadActivations { attention, pooled, with_features, keep_mask, .. } = activations;
        reset(pooled, windows * self.pooled_values());
        match &self.attention {
            Some(weights) => weights.forward(input, attention, pooled, threads),
            None => average(input, pooled),
        }
        apply_dropout(pooled, keep_mask[0].as_deref());
        with_features.clear();
        if let Some(features) = input.gene_features {
            let features = features.chunks_exact(self.gene_features);
            for (pooled, features) in pooled.chunks_exact(self.pooled_values()).zip(features) {
                with_features.extend_from_slice(pooled);
                with_features.extend_from_slice(features);
            }
        }
        let mut hidden = std::mem::take(&mut activations.hidden);
        self.hidden.forward(activations.hidden_input(), windows, &mut hidden);
        let HeadActivations { predictions, keep_mask, .. } = activations;
        for value in &mut hidden {
            *value = value.max(0.0);
        }
        apply_dropout(&mut hidden, keep_mask[1].as_deref());
        self.output.forward(&hidden, windows, predictions);
        activations.hidden = hidden;
    }

    /// Propagates the gradient of the predictions to the encoded positions. Adds to `gradient`.
    pub fn backward(
        &self,
        input: HeadInput,
        activations: &HeadActivations,
        predictions: &[f32],
        gradient: &mut Self,
    ) -> Vec<f32> {
        let HeadActivations { attention, hidden, keep_mask, .. } = activations;
        let windows = input.strip.windows;
        let mut hidden_gradient = self.output.backward(hidden, predictions, windows, &mut gradient.output);
        // Dropped units are 0 as well, and so is their gradient.
        let passed = hidden_gradient.iter_mut().zip(hidden);
        passed.filter(|(_, hidden)| **hidden <= 0.0).for_each(|(value, _)| *value = 0.0);
        apply_dropout(&mut hidden_gradient, keep_mask[1].as_deref());
        let hidden_input = activations.hidden_input();
        let mut pooled_gradient = self.hidden.backward(hidden_input, &hidden_gradient, windows, &mut gradient.hidden);
        if self.gene_features > 0 {
            // Gene features need no gradient.
            let rows = pooled_gradient.chunks_exact(self.hidden.input);
            pooled_gradient = rows.flat_map(|row| &row[..self.pooled_values()]).copied().collect();
        }
        apply_dropout(&mut pooled_gradient, keep_mask[0].as_deref());
        match (&self.attention, &mut gradient.attention) {
            (Some(weights), Some(gradient)) => weights.backward(input, attention, &pooled_gradient, gradient),
            _ => spread_average(input, &pooled_gradient),
        }
    }
}

fn apply_dropout(values: &mut [f32], keep_mask: Option<&[f32]>) {
    if let Some(keep_mask) = keep_mask {
        values.iter_mut().zip(keep_mask).for_each(|(value, keep_mask)| *value *= keep_mask);
    }
}

/// Mean over the known positions of each window.
fn average(input: HeadInput, pooled: &mut [f32]) {
    for_each_fraction(input, |row, window, fraction| {
        let channels = input.channels();
        let encoded = &input.encoded[row * channels..][..channels];
        add_scaled(&mut pooled[window * channels..][..channels], encoded, fraction);
    });
}

fn spread_average(input: HeadInput, pooled: &[f32]) -> Vec<f32> {
    let mut encoded = vec![0.0; input.encoded.len()];
    for_each_fraction(input, |row, window, fraction| {
        let channels = input.channels();
        let encoded = &mut encoded[row * channels..][..channels];
        add_scaled(encoded, &pooled[window * channels..][..channels], fraction);
    });
    encoded
}

/// Calls `visit` with each row, its window, and its weight in the window's mean.
fn for_each_fraction(input: HeadInput, mut visit: impl FnMut(usize, usize, f32)) {
    let positions = input.strip.positions;
    for window in 0..input.strip.windows {
        let rows = window * positions..(window + 1) * positions;
        let known = |row: usize| input.known.map_or(1.0, |known| known[row]);
        let fraction = 1.0 / rows.clone().map(known).sum::<f32>().max(1.0);
        rows.for_each(|row| visit(row, window, known(row) * fraction));
    }
}

impl DenseWeights {
    /// Dense layer; `out` becomes `[rows, output]`.
    pub fn forward(&self, input: &[f32], rows: usize, out: &mut Vec<f32>) {
        out.clear();
        (0..rows).for_each(|_| out.extend_from_slice(&self.bias));
        let input = Matrix::new(input, rows, self.input);
        multiply(out, self.output, input, Matrix::new(&self.weight, self.input, self.output), Existing::Add);
    }

    /// Propagates the gradient of the output to the input. Adds to `gradient`.
    pub fn backward(&self, input: &[f32], out: &[f32], rows: usize, gradient: &mut Self) -> Vec<f32> {
        let mut input_gradient = vec![0.0; rows * self.input];
        self.add_backward(input, out, rows, gradient, &mut input_gradient);
        input_gradient
    }

    /// Like [`backward`](Self::backward), adding to `input_gradient`.
    pub fn add_backward(
        &self,
        input: &[f32],
        out: &[f32],
        rows: usize,
        gradient: &mut Self,
        input_gradient: &mut [f32],
    ) {
        add_rows(&mut gradient.bias, out);
        let out = Matrix::new(out, rows, self.output);
        let input = Matrix::new(input, rows, self.input).transposed();
        multiply(&mut gradient.weight, self.output, input, out, Existing::Add);
        let weight = Matrix::new(&self.weight, self.input, self.output).transposed();
        multiply(input_gradient, self.input, out, weight, Existing::Add);
    }
}

vectorised! {
    fn add_rows<'a>(into: &'a mut [f32], rows: &'a [f32]) {
        for row in rows.chunks_exact(into.len()) {
            add_scaled(into, row, 1.0);
        }
    }
}
