//! The bidirectional GRU as an ONNX operator.

use super::graph::{GraphBuilder, integer, word};
use super::weight_source::WeightSource;
use super::{Features, Positions};
use crate::error::ModelError;
use crate::exchange::WeightTensor;
use crate::nn::{POSITION_CHANNELS, encode_positions};

const DIRECTIONS: usize = 2;
/// The operator has update, reset, new where we have reset, update, new.
const GATES: [usize; 3] = [1, 0, 2];
/// Place of the update gate in the order of the operator.
const UPDATE: usize = 0;
/// What is added to the update gate where no base is known. Its sigmoid is 1 to the last digit whatever else is added,
/// and a GRU whose update gate is 1 keeps its state: the operator has no mask, and needs none.
const HOLD: f32 = 1e4;

/// The GRU over features and position channels; where no base is known it keeps its state.
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
    // [positions, batch, channels], as the operator reads.
    let values = graph.transpose("gru.features", &features.values, &[1, 0, 2]);
    let known = graph.transpose("gru.known", &features.known, &[2, 0, 1]);
    // Also what gives the constant its batch; where nothing is known the encoding is not read.
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
        word("direction", "bidirectional"),
        integer("hidden_size", hidden as i64),
        // The reset gate multiplies the product, bias included, as in PyTorch.
        integer("linear_before_reset", 1),
    ];
    let states = graph.node("GRU", "gru", &[&input, &input_weight, &hidden_weight, &bias], attributes);
    // [positions, direction, batch, hidden] -> [batch, positions, direction * hidden]
    let states = graph.transpose("gru.by_window", &states, &[2, 0, 1, 3]);
    let shape = graph.integers("gru.shape", &[0, positions.count as i64, (DIRECTIONS * hidden) as i64]);
    let values = graph.node("Reshape", "gru.encoded", &[&states, &shape], Vec::new());
    Ok(Features { values, channels: DIRECTIONS * hidden, known: features.known })
}

/// `[input, directions * gates]` to `[directions, gates, input + 1]`, with a column for what is unknown.
fn input_weight(ours: &WeightTensor, channels: usize, hidden: usize) -> Vec<f32> {
    let columns = DIRECTIONS * GATES.len() * hidden;
    let mut values = Vec::with_capacity((channels + 1) * columns);
    for direction in 0..DIRECTIONS {
        for (place, gate) in GATES.into_iter().enumerate() {
            for unit in 0..hidden {
                let column = (direction * GATES.len() + gate) * hidden + unit;
                values.extend((0..channels).map(|channel| ours.values[channel * columns + column]));
                values.push(if place == UPDATE { HOLD } else { 0.0 });
            }
        }
    }
    values
}

/// `[directions, hidden, gates]` to `[directions, gates, hidden]`.
fn hidden_weight(ours: &WeightTensor, hidden: usize) -> Vec<f32> {
    let columns = GATES.len() * hidden;
    let mut values = Vec::with_capacity(ours.values.len());
    for of_direction in ours.values.chunks_exact(hidden * columns) {
        for gate in GATES {
            for unit in 0..hidden {
                values.extend((0..hidden).map(|from| of_direction[from * columns + gate * hidden + unit]));
            }
        }
    }
    values
}

/// Of each direction the biases of the input, then those of the state.
fn bias(input: &WeightTensor, state: &WeightTensor, hidden: usize) -> Vec<f32> {
    let gates = GATES.len() * hidden;
    let in_order = |ours: &[f32]| GATES.map(|gate| ours[gate * hidden..(gate + 1) * hidden].to_vec()).concat();
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

    /// One hidden unit and two channels: columns r z n forwards, then r z n backwards.
    #[test]
    fn gates_change_places_and_an_unknown_position_closes_the_update_gate() {
        let expected =
            [[1.0, 7.0, HOLD], [0.0, 6.0, 0.0], [2.0, 8.0, 0.0], [4.0, 10.0, HOLD], [3.0, 9.0, 0.0], [5.0, 11.0, 0.0]];
        assert_eq!(input_weight(&counted(&[2, 6]), 2, 1), expected.concat());
        assert_eq!(hidden_weight(&counted(&[2, 1, 3]), 1), [1.0, 0.0, 2.0, 4.0, 3.0, 5.0]);
        let biases = bias(&counted(&[6]), &counted(&[2, 1, 3]), 1);
        assert_eq!(biases, [1.0, 0.0, 2.0, 1.0, 0.0, 2.0, 4.0, 3.0, 5.0, 4.0, 3.0, 5.0]);
    }

    /// Two hidden units: ours is a row a unit read, the operator's a row a unit written.
    #[test]
    fn weights_of_the_state_are_transposed() {
        let values = hidden_weight(&counted(&[2, 2, 6]), 2);
        // Update of unit 0 reads units 0 and 1: columns 2 of rows 0 and 1.
        assert_eq!(values[..4], [2.0, 8.0, 3.0, 9.0]);
    }
}
