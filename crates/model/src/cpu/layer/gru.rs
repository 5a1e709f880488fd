//! Bidirectional GRU, forward and backward through time.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use crate::cpu::GruWeights;
use crate::cpu::array::{
    Existing, Matrix, Strip, add_scaled, add_small_product, multiply, reset, sigmoid, tanh, vectorised, widest,
};

/// Values of the forward pass that the backward pass needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct GruActivations {
    directions: [DirectionActivations; 2],
    /// `[all positions, 2 * hidden]`
    pub encoded: Vec<f32>,
}

#[derive(Clone, Debug, Default)]
struct DirectionActivations {
    /// `[all positions, 3 * hidden]`: reset, update and new gate, after their activation functions.
    gates: Vec<f32>,
    /// `[all positions, hidden]`: recurrent contribution to the new gate, before the reset gate is applied.
    recurrent_new: Vec<f32>,
    /// `[all positions, hidden]`
    states: Vec<f32>,
}

/// Input of a GRU.
#[derive(Clone, Copy)]
pub(crate) struct GruInput<'a> {
    pub strip: Strip,
    /// `[all positions, channels]`
    pub features: &'a [f32],
    /// `[positions, position channels]`, the same for every window.
    pub position_encoding: &'a [f32],
    /// `[all positions]`, 0 where a position holds only N.
    pub known: Option<&'a [f32]>,
}

impl GruInput<'_> {
    fn position_channels(self) -> usize {
        self.position_encoding.len() / self.strip.positions
    }
}

impl GruWeights {
    /// Runs both directions, in parallel where there are several threads.
    pub fn forward(&self, input: GruInput, activations: &mut GruActivations, threads: usize) {
        let [forward, backward] = &mut activations.directions;
        if threads > 1 {
            rayon::join(|| self.run(input, 0, forward), || self.run(input, 1, backward));
        } else {
            self.run(input, 0, forward);
            self.run(input, 1, backward);
        }
        let states = forward.states.chunks_exact(self.hidden).zip(backward.states.chunks_exact(self.hidden));
        activations.encoded.clear();
        for (forward, backward) in states {
            activations.encoded.extend_from_slice(forward);
            activations.encoded.extend_from_slice(backward);
        }
    }

    fn run(&self, input: GruInput, direction: usize, activations: &mut DirectionActivations) {
        let positions = input.strip.all_positions();
        self.project(input, direction, &mut activations.gates);
        reset(&mut activations.recurrent_new, positions * self.hidden);
        reset(&mut activations.states, positions * self.hidden);
        widest(Scan { weights: self, input, direction, activations });
    }

    /// `[all positions, 3 * hidden]`: contribution of the input to the gates of a direction.
    pub fn project(&self, input: GruInput, direction: usize, gates: &mut Vec<f32>) {
        let (width, strip) = (3 * self.hidden, input.strip);
        let position_channels = input.position_channels();
        let channels = self.input - position_channels;
        let bias = &self.input_bias[direction * width..][..width];
        let mut of_positions = bias.repeat(strip.positions);
        let encoding = Matrix::new(input.position_encoding, strip.positions, position_channels);
        let weight = &self.input_weight[direction * width..];
        let position_weight = Matrix::strided(&weight[channels * 2 * width..], position_channels, width, 2 * width);
        multiply(&mut of_positions, width, encoding, position_weight, Existing::Add);

        gates.clear();
        (0..strip.windows).for_each(|_| gates.extend_from_slice(&of_positions));
        let features = Matrix::new(input.features, strip.all_positions(), channels);
        multiply(gates, width, features, Matrix::strided(weight, channels, width, 2 * width), Existing::Add);
    }

    fn recurrence(&self, direction: usize) -> (&[f32], &[f32]) {
        let width = 3 * self.hidden;
        let weight = &self.hidden_weight[direction * self.hidden * width..][..self.hidden * width];
        (weight, &self.hidden_bias[direction * width..][..width])
    }
}

/// Position that a direction reads at this step.
fn position_of(step: usize, positions: usize, direction: usize) -> usize {
    if direction == 0 { step } else { positions - 1 - step }
}

/// One direction over a strip, for all windows at once.
struct Scan<'a> {
    weights: &'a GruWeights,
    input: GruInput<'a>,
    direction: usize,
    activations: &'a mut DirectionActivations,
}

impl WithSimd for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weights, input, direction, activations } = self;
        let (hidden, width) = (weights.hidden, 3 * weights.hidden);
        let (weight, bias) = weights.recurrence(direction);
        let Strip { windows, positions, .. } = input.strip;
        let mut state = vec![0.0; windows * hidden];
        let mut recurrent = vec![0.0; windows * width];
        for step in 0..positions {
            recurrent.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(bias));
            add_small_product(simd, &mut recurrent, &state, weight, width);
            let rows = state.chunks_exact_mut(hidden).zip(recurrent.chunks_exact(width)).enumerate();
            for (window, (state, recurrent)) in rows {
                let row = window * positions + position_of(step, positions, direction);
                let known = input.known.map_or(1.0, |known| known[row]);
                activations.recurrent_new[row * hidden..][..hidden].copy_from_slice(&recurrent[2 * hidden..]);
                step_gates(&mut activations.gates[row * width..][..width], recurrent, state, known);
                activations.states[row * hidden..][..hidden].copy_from_slice(state);
            }
        }
    }
}

/// Mutants of one window, which differ from it at a few positions.
pub(crate) struct MutantFeatures<'a> {
    pub mutants: usize,
    /// Positions at which they differ.
    pub changed: Range<usize>,
    /// `[mutants, changed, channels]`
    pub features: &'a [f32],
}

impl GruWeights {
    /// Encodes mutants of a window. `input` and `activations` are those of the window; `projections` are the
    /// contributions of its features to the gates of each direction. `encoded` becomes `[mutants, positions, 2 *
    /// hidden]`.
    pub fn encode_mutants(
        &self,
        input: GruInput,
        activations: &GruActivations,
        projections: &[Vec<f32>; 2],
        mutants: &MutantFeatures,
        encoded: &mut Vec<f32>,
    ) {
        encoded.clear();
        (0..mutants.mutants).for_each(|_| encoded.extend_from_slice(&activations.encoded));
        let position_channels = input.position_channels();
        let changed = &mutants.changed;
        let own = GruInput {
            strip: Strip::dense(mutants.mutants, changed.len()),
            features: mutants.features,
            position_encoding: &input.position_encoding
                [changed.start * position_channels..changed.end * position_channels],
            known: None,
        };
        let mut gates = Vec::new();
        for (direction, projection) in projections.iter().enumerate() {
            self.project(own, direction, &mut gates);
            let reference = (&activations.directions[direction], projection.as_slice());
            widest(MutantScan { weights: self, input, direction, reference, mutants, gates: &gates, encoded });
        }
    }
}

/// One direction over mutants of a window, from the first position at which they differ from it.
struct MutantScan<'a> {
    weights: &'a GruWeights,
    input: GruInput<'a>,
    direction: usize,
    /// States of the window, and the contribution of its features to the gates.
    reference: (&'a DirectionActivations, &'a [f32]),
    mutants: &'a MutantFeatures<'a>,
    /// `[mutants, changed, 3 * hidden]`: contribution of the changed features to the gates.
    gates: &'a [f32],
    encoded: &'a mut [f32],
}

impl WithSimd for MutantScan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weights, input, direction, reference: (window, projection), mutants, gates, encoded } = self;
        let (hidden, width) = (weights.hidden, 3 * weights.hidden);
        let (weight, bias) = weights.recurrence(direction);
        let positions = input.strip.positions;
        let MutantFeatures { mutants, changed, .. } = mutants;
        let first_step = if direction == 0 { changed.start } else { positions - changed.end };
        let before = first_step.checked_sub(1).map(|step| position_of(step, positions, direction));
        let start = before.map_or_else(|| vec![0.0; hidden], |row| window.states[row * hidden..][..hidden].to_vec());
        let mut state = start.repeat(*mutants);
        let mut recurrent = vec![0.0; mutants * width];
        let mut own_gates = vec![0.0; width];
        for step in first_step..positions {
            let position = position_of(step, positions, direction);
            recurrent.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(bias));
            add_small_product(simd, &mut recurrent, &state, weight, width);
            let known = input.known.map_or(1.0, |known| known[position]);
            let rows = state.chunks_exact_mut(hidden).zip(recurrent.chunks_exact(width)).enumerate();
            for (mutant, (state, recurrent)) in rows {
                let said = if changed.contains(&position) {
                    &gates[(mutant * changed.len() + position - changed.start) * width..][..width]
                } else {
                    &projection[position * width..][..width]
                };
                own_gates.copy_from_slice(said);
                step_gates(&mut own_gates, recurrent, state, known);
                let row = (mutant * positions + position) * 2 + direction;
                encoded[row * hidden..][..hidden].copy_from_slice(state);
            }
        }
    }
}

/// One step: applies the activation functions of the gates and updates the state.
#[inline(always)]
fn step_gates(gates: &mut [f32], recurrent: &[f32], state: &mut [f32], known: f32) {
    let hidden = state.len();
    let (reset_gate, rest) = gates.split_at_mut(hidden);
    let (update_gate, new_gate) = rest.split_at_mut(hidden);
    let (recurrent_reset, rest) = recurrent.split_at(hidden);
    let (recurrent_update, recurrent_new) = rest.split_at(hidden);
    let from_state = recurrent_reset.iter().zip(recurrent_update).zip(recurrent_new);
    let rows = reset_gate.iter_mut().zip(update_gate).zip(new_gate).zip(from_state).zip(state);
    for ((((reset, update), new), ((to_reset, to_update), to_new)), state) in rows {
        *reset = sigmoid(*reset + to_reset);
        *update = sigmoid(*update + to_update);
        *new = tanh(*new + *reset * to_new);
        *state += known * (1.0 - *update) * (*new - *state);
    }
}

/// Backward pass of the GRU, which needs the recurrent weights transposed.
#[derive(Clone, Debug)]
pub(crate) struct GruGradient {
    /// `[2, 3 * hidden, hidden]`
    transposed: Vec<f32>,
}

impl GruGradient {
    /// Backward pass for the GRU of these weights.
    pub fn of(weights: &GruWeights) -> Self {
        let (hidden, width) = (weights.hidden, 3 * weights.hidden);
        let mut transposed = Vec::with_capacity(weights.hidden_weight.len());
        for direction in 0..2 {
            let (weight, _) = weights.recurrence(direction);
            transposed.extend((0..width).flat_map(|gate| (0..hidden).map(move |unit| weight[unit * width + gate])));
        }
        Self { transposed }
    }

    /// Propagates the gradient of the encoded positions, `[all positions, 2 * hidden]`, to the features. Adds to
    /// `gradient`; the activations are overwritten.
    pub fn backward(
        &self,
        weights: &GruWeights,
        input: GruInput,
        activations: &mut GruActivations,
        encoded: &[f32],
        gradient: &mut GruWeights,
    ) -> Vec<f32> {
        let channels = weights.input - input.position_channels();
        let mut features = vec![0.0; input.strip.all_positions() * channels];
        for direction in 0..2 {
            let through = ScanBack {
                weights,
                transposed: self.transposed.chunks_exact(weights.hidden_weight.len() / 2).nth(direction).unwrap_or(&[]),
                input,
                direction,
                activations: &mut activations.directions[direction],
                encoded,
            };
            widest(through);
            let through = &activations.directions[direction];
            add_recurrent_gradient(weights, input.strip, direction, through, gradient);
            add_input_gradient(weights, input, direction, &through.gates, gradient, &mut features);
        }
        features
    }
}

/// One direction backward through time. Afterwards `gates` holds the gradient of the input's contribution to the gates,
/// and `recurrent_new` that of the state's contribution to the new gate.
struct ScanBack<'a> {
    weights: &'a GruWeights,
    /// `[3 * hidden, hidden]`
    transposed: &'a [f32],
    input: GruInput<'a>,
    direction: usize,
    activations: &'a mut DirectionActivations,
    encoded: &'a [f32],
}

impl WithSimd for ScanBack<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weights, transposed, input, direction, activations, encoded } = self;
        let (hidden, width) = (weights.hidden, 3 * weights.hidden);
        let Strip { windows, positions, .. } = input.strip;
        let start = vec![0.0; hidden];
        let mut state_gradient = vec![0.0; windows * hidden];
        let mut recurrent = vec![0.0; windows * width];
        for step in (0..positions).rev() {
            let rows = state_gradient.chunks_exact_mut(hidden).zip(recurrent.chunks_exact_mut(width)).enumerate();
            for (window, (state_gradient, recurrent)) in rows {
                let row = window * positions + position_of(step, positions, direction);
                let own = &encoded[(2 * row + direction) * hidden..][..hidden];
                add_scaled(state_gradient, own, 1.0);
                let before = if step == 0 {
                    &start[..]
                } else {
                    let row = window * positions + position_of(step - 1, positions, direction);
                    &activations.states[row * hidden..][..hidden]
                };
                let known = input.known.map_or(1.0, |known| known[row]);
                let gates = &mut activations.gates[row * width..][..width];
                let recurrent_new = &mut activations.recurrent_new[row * hidden..][..hidden];
                step_gates_back(gates, recurrent_new, state_gradient, before, known);
                recurrent[..2 * hidden].copy_from_slice(&gates[..2 * hidden]);
                recurrent[2 * hidden..].copy_from_slice(recurrent_new);
            }
            add_small_product(simd, &mut state_gradient, &recurrent, transposed, hidden);
        }
    }
}

/// Gradient of one step: `gates` and `recurrent_new` become their gradients, and `state_gradient` becomes the part of
/// the previous state's gradient that does not pass through the recurrent weights.
#[inline(always)]
fn step_gates_back(
    gates: &mut [f32],
    recurrent_new: &mut [f32],
    state_gradient: &mut [f32],
    before: &[f32],
    known: f32,
) {
    let hidden = before.len();
    let (reset_gate, rest) = gates.split_at_mut(hidden);
    let (update_gate, new_gate) = rest.split_at_mut(hidden);
    let gates = reset_gate.iter_mut().zip(update_gate).zip(new_gate);
    let rows = gates.zip(recurrent_new).zip(state_gradient).zip(before);
    for (((((reset, update), new), recurrent_new), gradient), before) in rows {
        let keep = known * (1.0 - *update);
        let update_gradient = -known * *gradient * (*new - before);
        let new_gradient = *gradient * keep * (1.0 - *new * *new);
        *gradient *= 1.0 - keep;
        let reset_gradient = new_gradient * *recurrent_new;
        *recurrent_new = new_gradient * *reset;
        *reset = reset_gradient * *reset * (1.0 - *reset);
        *update = update_gradient * *update * (1.0 - *update);
        *new = new_gradient;
    }
}

fn add_recurrent_gradient(
    weights: &GruWeights,
    strip: Strip,
    direction: usize,
    through: &DirectionActivations,
    gradient: &mut GruWeights,
) {
    let (hidden, width) = (weights.hidden, 3 * weights.hidden);
    let into = &mut gradient.hidden_weight[direction * hidden * width..][..hidden * width];
    // Each state contributes to the gates of the next position in reading order.
    let (first_state, first_gates) = if direction == 0 { (0, 1) } else { (1, 0) };
    let pairs = strip.positions - 1;
    for window in (0..strip.windows).filter(|_| pairs > 0) {
        let row = window * strip.positions;
        let states = &through.states[(row + first_state) * hidden..];
        let states = Matrix::new(states, pairs, hidden).transposed();
        let gates = Matrix::strided(&through.gates[(row + first_gates) * width..], pairs, 2 * hidden, width);
        multiply(into, width, states, gates, Existing::Add);
        let new = Matrix::new(&through.recurrent_new[(row + first_gates) * hidden..], pairs, hidden);
        multiply(&mut into[2 * hidden..], width, states, new, Existing::Add);
    }
    let bias = &mut gradient.hidden_bias[direction * width..][..width];
    add_rows(&mut bias[..2 * hidden], &through.gates, width);
    add_rows(&mut bias[2 * hidden..], &through.recurrent_new, hidden);
}

vectorised! {
    /// Adds rows that start `stride` values apart to one row.
    fn add_rows<'a>(into: &'a mut [f32], rows: &'a [f32], stride: usize) {
        for row in rows.chunks_exact(stride) {
            add_scaled(into, row, 1.0);
        }
    }
}

fn add_input_gradient(
    weights: &GruWeights,
    input: GruInput,
    direction: usize,
    gates: &[f32],
    gradient: &mut GruWeights,
    features: &mut [f32],
) {
    let (width, strip) = (3 * weights.hidden, input.strip);
    let position_channels = input.position_channels();
    let channels = weights.input - position_channels;
    let mut by_position = vec![0.0; strip.positions * width];
    add_rows(&mut by_position, gates, strip.positions * width);
    add_rows(&mut gradient.input_bias[direction * width..][..width], &by_position, width);
    let gates = Matrix::new(gates, strip.all_positions(), width);
    let into = &mut gradient.input_weight[direction * width..];
    let own_features = Matrix::new(input.features, strip.all_positions(), channels);
    multiply(into, 2 * width, own_features.transposed(), gates, Existing::Add);
    let encoding = Matrix::new(input.position_encoding, strip.positions, position_channels);
    let of_positions = Matrix::new(&by_position, strip.positions, width);
    let into = &mut into[channels * 2 * width..];
    multiply(into, 2 * width, encoding.transposed(), of_positions, Existing::Add);

    let weight = Matrix::strided(&weights.input_weight[direction * width..], channels, width, 2 * width);
    multiply(features, channels, gates, weight.transposed(), Existing::Add);
}
