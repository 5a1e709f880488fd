//! Attention pooling, forward and backward.

use rayon::prelude::*;

use super::head::HeadInput;
use crate::cpu::AttentionWeights;
use crate::cpu::array::{Existing, Matrix, dot, exp, multiply, reset, sum, tanh, vectorised};

/// Values of the forward pass that the backward pass needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttentionActivations {
    /// `[all positions, scoring units]`
    scored: Vec<f32>,
    /// `[windows, heads, positions]`, summing to 1 over positions.
    pub weights: Vec<f32>,
}

impl AttentionWeights {
    /// Number of heads.
    pub fn heads(&self) -> usize {
        self.distance_slope.len()
    }

    /// Computes the attention weights and adds the weighted sum of the positions to `pooled`, `[windows, heads *
    /// channels]` of zeros.
    pub fn forward(
        &self,
        input: HeadInput,
        activations: &mut AttentionActivations,
        pooled: &mut [f32],
        threads: usize,
    ) {
        let AttentionActivations { scored, weights } = activations;
        let (heads, channels, strip) = (self.heads(), input.channels(), input.strip);
        self.score(input, scored, threads);
        let mut logits = vec![0.0; strip.all_positions() * heads];
        let scored = Matrix::new(scored, strip.all_positions(), self.scoring.output);
        multiply(&mut logits, heads, scored, Matrix::new(&self.score, self.scoring.output, heads), Existing::Replace);

        reset(weights, strip.all_positions() * heads);
        let rows = strip.positions * heads;
        let windows = weights.chunks_exact_mut(rows).zip(pooled.chunks_exact_mut(heads * channels)).enumerate();
        for (window, (weights, pooled)) in windows {
            let first = window * strip.positions;
            let known = input.known.map(|known| &known[first..first + strip.positions]);
            let logits = &logits[first * heads..][..rows];
            for (head, weights) in weights.chunks_exact_mut(strip.positions).enumerate() {
                let slope = self.distance_slope[head];
                let logits = logits[head..].iter().step_by(heads).zip(input.log_distances);
                weights.iter_mut().zip(logits).for_each(|(weight, (logit, far))| *weight = logit - slope * far);
                softmax(weights, known);
            }
            let encoded = Matrix::new(&input.encoded[first * channels..], strip.positions, channels);
            multiply(pooled, channels, Matrix::new(weights, heads, strip.positions), encoded, Existing::Replace);
        }
    }

    fn score(&self, input: HeadInput, scored: &mut Vec<f32>, threads: usize) {
        let (units, channels, rows) = (self.scoring.output, input.channels(), input.strip.all_positions());
        reset(scored, rows * units);
        let weight = Matrix::new(&self.scoring.weight, channels, units);
        let block = rows.div_ceil(threads);
        scored.par_chunks_mut(block * units).enumerate().for_each(|(index, scored)| {
            let rows = scored.len() / units;
            let encoded = Matrix::new(&input.encoded[index * block * channels..], rows, channels);
            multiply(scored, units, encoded, weight, Existing::Replace);
            squash(scored, &self.scoring.bias);
        });
    }

    /// Propagates the gradient of the pooled values to the encoded positions. Adds to `gradient`.
    pub fn backward(
        &self,
        input: HeadInput,
        activations: &AttentionActivations,
        pooled: &[f32],
        gradient: &mut Self,
    ) -> Vec<f32> {
        let (heads, channels, strip) = (self.heads(), input.channels(), input.strip);
        let rows = strip.positions * heads;
        let mut encoded_gradient = vec![0.0; input.encoded.len()];
        let mut logits = vec![0.0; strip.all_positions() * heads];
        let mut along = vec![0.0; rows];
        for window in 0..strip.windows {
            let first = window * strip.positions;
            let weights = &activations.weights[window * rows..][..rows];
            let encoded = Matrix::new(&input.encoded[first * channels..], strip.positions, channels);
            let pooled = Matrix::new(&pooled[window * heads * channels..], heads, channels);
            multiply(&mut along, strip.positions, pooled, encoded.transposed(), Existing::Replace);
            let heads_along = along.chunks_exact_mut(strip.positions).zip(weights.chunks_exact(strip.positions));
            for (head, (along, weights)) in heads_along.enumerate() {
                softmax_back(along, weights);
                gradient.distance_slope[head] -= dot(along, input.log_distances);
                let logits = logits[first * heads + head..].iter_mut().step_by(heads);
                logits.zip(along).for_each(|(logit, along)| *logit = *along);
            }
            let weights = Matrix::new(weights, heads, strip.positions).transposed();
            let into = &mut encoded_gradient[first * channels..];
            multiply(into, channels, weights, pooled, Existing::Add);
        }
        self.score_back(input, activations, &logits, gradient, &mut encoded_gradient);
        encoded_gradient
    }

    fn score_back(
        &self,
        input: HeadInput,
        activations: &AttentionActivations,
        logits: &[f32],
        gradient: &mut Self,
        encoded: &mut [f32],
    ) {
        let (heads, units, rows) = (self.heads(), self.scoring.output, input.strip.all_positions());
        let logits = Matrix::new(logits, rows, heads);
        let scored = Matrix::new(&activations.scored, rows, units);
        multiply(&mut gradient.score, heads, scored.transposed(), logits, Existing::Add);
        let mut scored_gradient = vec![0.0; rows * units];
        let score = Matrix::new(&self.score, units, heads);
        multiply(&mut scored_gradient, units, logits, score.transposed(), Existing::Replace);
        unsquash(&mut scored_gradient, &activations.scored);
        self.scoring.add_backward(input.encoded, &scored_gradient, rows, &mut gradient.scoring, encoded);
    }
}

vectorised! {
    /// Adds the bias and applies the hyperbolic tangent.
    fn squash<'a>(rows: &'a mut [f32], bias: &'a [f32]) {
        for row in rows.chunks_exact_mut(bias.len()) {
            row.iter_mut().zip(bias).for_each(|(value, bias)| *value = tanh(*value + bias));
        }
    }
}

vectorised! {
    /// Derivative of the hyperbolic tangent, from its values.
    fn unsquash<'a>(values: &'a mut [f32], tangents: &'a [f32]) {
        values.iter_mut().zip(tangents).for_each(|(value, tangent)| *value *= 1.0 - tangent * tangent);
    }
}

vectorised! {
    /// Softmax over the positions of a window; 0 where a position holds only N.
    fn softmax<'a>(values: &'a mut [f32], known: Option<&'a [f32]>) {
        if let Some(known) = known {
            let masked = values.iter_mut().zip(known).filter(|(_, known)| **known < 0.5);
            masked.for_each(|(value, _)| *value = f32::NEG_INFINITY);
        }
        let highest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if highest == f32::NEG_INFINITY {
            // Without any known position, all weights are equal, as with burn's equally masked logits.
            values.fill(0.0);
        } else {
            for value in &mut *values {
                *value -= highest;
            }
        }
        for value in &mut *values {
            *value = if *value < -87.0 { 0.0 } else { exp(*value) };
        }
        let scale = 1.0 / sum(values);
        for value in &mut *values {
            *value *= scale;
        }
    }
}

vectorised! {
    /// Gradient of the softmax, in place.
    fn softmax_back<'a>(values: &'a mut [f32], weights: &'a [f32]) {
        let mean = dot(values, weights);
        values.iter_mut().zip(weights).for_each(|(value, weight)| *value = weight * (*value - mean));
    }
}
