//! Bidirectional GRU as an ONNX operator.

use super::graph::{GraphBuilder, integer, string};
use super::weight_source::WeightSource;
use super::{Features, Positions};
use crate::error::ModelError;
use crate::exchange::WeightTensor;
use crate::nn::{POSITION_CHANNELS, encode_positions};

const DIRECTIONS: usize = 2;
/// Gates in the order of the operator (update, reset, new), as indices into the order of this crate (reset, update,
/// new).
const GATES: [usize; 3] = [1, 0, 2];
/// Index of the update gate in the order of the operator.
const UPDATE: usize = 0;
/// Value added to the update gate at positions without a known base. It saturates the gate at 1, so the GRU keeps its
/// state. This replaces a mask, which the operator does not have.
const HOLD: f32 = 1e4;

/// GRU over features and position channels, which keeps its state at positions without a known base.
pub(super) fn gru(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    features: Features,
    hidden: usize,
    positions: Positions,
) -> Result<Features, ModelError> {
    let encoding = encode_positions(positions.count, positions.bin_bp, positions.tss_index);
    let encoding = graph.constant("position_encoding", &[positions.count, 1, POSITION_CHANNELS], &encoding);
    let one = graph.constant("one", &[1], &[1.0]);
    // The operator reads [positions, batch, channels].
    let values = graph.transpose("gru.features", &features.values, &[1, 0, 2]);
    let known = graph.transpose("gru.known", &features.known, &[2, 0, 1]);
    // The product broadcasts the constant over the batch. The encoding of masked positions is not used.
    let encoding = graph.node("Mul", "gru.positions", &[&known, &encoding], Vec::new());
    let unknown = graph.node("Sub", "gru.unknown", &[&one, &known], Vec::new());
    let input = graph.node("Concat", "gru.input", &[&values, &encoding, &unknown], vec![integer("axis", 2)]);

    let channels = features.channels + POSITION_CHANNELS;
    let input_weight = input_weight(&weights.take("gru.input_weight")?, channels, hidden);
    let hidden_weight = hidden_weight(&weights.take("gru.hidden_weight")?, hidden);
    let bias = bias(&weights.take("gru.input_bias")?, &weights.take("gru.hidden_bias")?, hidden);
    let gates = GATES.len() * hidden;
    let input_weight = graph.constant("gru.input_weight", &[DIRECTIONS, gates, channels + 1], &input_weight);
    let hidden_weight = graph.constant("gru.hidden_weight", &[DIRECTIONS, gates, hidden], &hidden_weight);
    let bias = graph.constant("gru.bias", &[DIRECTIONS, 2 * gates], &bias);
    let attributes = vec![
        string("direction", "bidirectional"),
        integer("hidden_size", hidden as i64),
        // As in PyTorch, the reset gate multiplies the hidden product including its bias.
        integer("linear_before_reset", 1),
    ];
    let states = graph.node("GRU", "gru", &[&input, &input_weight, &hidden_weight, &bias], attributes);
    // [positions, direction, batch, hidden] -> [batch, positions, direction * hidden]
    let states = graph.transpose("gru.by_window", &states, &[2, 0, 1, 3]);
    let shape = graph.integers("gru.shape", &[0, positions.count as i64, (DIRECTIONS * hidden) as i64]);
    let values = graph.node("Reshape", "gru.encoded", &[&states, &shape], Vec::new());
    Ok(Features { values, channels: DIRECTIONS * hidden, known: features.known })
}

/// Input weights `[input, directions * gates]` as `[directions, gates, input + 1]`; the last column reads the mask of
/// unknown positions.
fn input_weight(weight: &WeightTensor, channels: usize, hidden: usize) -> Vec<f32> {
    let columns = DIRECTIONS * GATES.len() * hidden;
    let mut values = Vec::with_capacity((channels + 1) * columns);
    for direction in 0..DIRECTIONS {
        for (index, gate) in GATES.into_iter().enumerate() {
            for unit in 0..hidden {
                let column = (direction * GATES.len() + gate) * hidden + unit;
                values.extend((0..channels).map(|channel| weight.values[channel * columns + column]));
                values.push(if index == UPDATE { HOLD } else { 0.0 });
            }
        }
    }
    values
}

/// Hidden weights `[directions, hidden, gates]` as `[directions, gates, hidden]`.
fn hidden_weight(weight: &WeightTensor, hidden: usize) -> Vec<f32> {
    let columns = GATES.len() * hidden;
    let mut values = Vec::with_capacity(weight.values.len());
    for of_direction in weight.values.chunks_exact(hidden * columns) {
        for gate in GATES {
            for unit in 0..hidden {
                values.extend((0..hidden).map(|from| of_direction[from * columns + gate * hidden + unit]));
            }
        }
    }
    values
}

/// Biases per direction: those of the input, then those of the hidden state.
fn bias(input: &WeightTensor, state: &WeightTensor, hidden: usize) -> Vec<f32> {
    let gates = GATES.len() * hidden;
    let in_order = |bias: &[f32]| GATES.map(|gate| bias[gate * hidden..(gate + 1) * hidden].to_vec()).concat();
    let pairs = input.values.chunks_exact(gates).zip(state.values.chunks_exact(gates));
    pairs.flat_map(|(input, state)| [in_order(input), in_order(state)].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(shape: &[usize]) -> WeightTensor {
        let values = (0..shape.iter().product::<usize>()).map(|value| value as f32).collect();
        WeightTensor { shape: shape.to_vec(), values }
    }

    /// One hidden unit and two channels: columns r, z, n of the forward direction, then of the backward direction.
    #[test]
    fn gru_weights_are_reordered_and_mask_saturates_update_gate() {
        let expected =
            [[1.0, 7.0, HOLD], [0.0, 6.0, 0.0], [2.0, 8.0, 0.0], [4.0, 10.0, HOLD], [3.0, 9.0, 0.0], [5.0, 11.0, 0.0]];
        assert_eq!(input_weight(&counted(&[2, 6]), 2, 1), expected.concat());
        assert_eq!(hidden_weight(&counted(&[2, 1, 3]), 1), [1.0, 0.0, 2.0, 4.0, 3.0, 5.0]);
        let biases = bias(&counted(&[6]), &counted(&[2, 1, 3]), 1);
        assert_eq!(biases, [1.0, 0.0, 2.0, 1.0, 0.0, 2.0, 4.0, 3.0, 5.0, 4.0, 3.0, 5.0]);
    }

    /// Two hidden units: rows are source units in this crate and target units in the operator.
    #[test]
    fn hidden_weight_is_transposed() {
        let values = hidden_weight(&counted(&[2, 2, 6]), 2);
        // The update gates of units 0 and 1 are columns 2 and 3 of the source units 0 and 1.
        assert_eq!(values[..4], [2.0, 8.0, 3.0, 9.0]);
    }
}
