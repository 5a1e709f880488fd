//! Motif convolutions as ONNX operators.

use super::graph::{GraphBuilder, integer, integer_list, real};
use super::weight_source::WeightSource;
use super::{Features, INPUT, TRACKS};
use crate::error::ModelError;
use crate::input::{AuxiliaryInputs, TrackScaling};
use crate::nn::{MotifConvConfig, NUCLEOTIDES};

/// All convolutional stages, over the window padded with `padding` unknown bases at its start. `inputs` defines the
/// scaling of signal tracks.
pub(super) fn convolutions(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    stages: &[MotifConvConfig],
    inputs: &AuxiliaryInputs,
    padding: usize,
) -> Result<Features, ModelError> {
    let known_bases = |graph: &mut GraphBuilder, name: &str, bases: &str| {
        graph.node("ReduceMax", name, &[bases], vec![integer_list("axes", &[1])])
    };
    let (mut values, mut known);
    if inputs.tracks.is_empty() {
        values = padded(graph, "padded", INPUT, padding);
        known = known_bases(graph, "known", &values);
    } else {
        let any_base = known_bases(graph, "any_base", INPUT);
        let tracks = tracks(graph, inputs, &any_base);
        let bases = graph.node("Concat", "base_channels", &[INPUT, &tracks], vec![integer("axis", 1)]);
        values = padded(graph, "padded", &bases, padding);
        known = padded(graph, "known", &any_base, padding);
    }
    let mut channels = NUCLEOTIDES + inputs.tracks.len();
    for (index, stage) in stages.iter().enumerate() {
        // Without `..`, so that a new field does not compile until the export handles it.
        let MotifConvConfig { filters, kernel, pool, detectors: _, norm_epsilon: _ } = stage;
        let name = format!("stages.{index}");
        let bias = weights.take(&format!("{name}.conv.bias"))?;
        let weight = weights.take(&format!("{name}.conv.weight"))?;
        let weight = graph.constant(&format!("{name}.conv.weight"), &weight.shape, &weight.values);
        let bias = graph.constant(&format!("{name}.conv.bias"), &bias.shape, &bias.values);
        let half = (kernel / 2) as i64;
        let padding = vec![integer_list("kernel_shape", &[*kernel as i64]), integer_list("pads", &[half, half])];
        let motifs = graph.node("Conv", &format!("{name}.conv"), &[&values, &weight, &bias], padding);
        let motifs = graph.node("Relu", &format!("{name}.relu"), &[&motifs], Vec::new());
        let motifs = pooled_motifs(graph, &name, motifs, stage);
        known = pooled(graph, "MaxPool", &format!("{name}.known"), known, *pool);

        let by_position = graph.transpose(&format!("{name}.by_position"), &motifs, &[0, 2, 1]);
        let normalised = normalised(graph, weights, &name, &by_position, stage.norm_epsilon())?;
        let by_channel = graph.transpose(&format!("{name}.by_channel"), &normalised, &[0, 2, 1]);
        values = graph.node("Mul", &format!("{name}.features"), &[&by_channel, &known], Vec::new());
        channels = *filters;
    }
    let values = graph.transpose("features", &values, &[0, 2, 1]);
    Ok(Features { values, channels, known })
}

fn padded(graph: &mut GraphBuilder, name: &str, values: &str, padding: usize) -> String {
    if padding == 0 {
        return values.to_owned();
    }
    // Padding at the start of each axis, then at the end.
    let of_name = if name == "padded" { "padding".to_owned() } else { format!("{name}.padding") };
    let pads = graph.integers(&of_name, &[0, 0, padding as i64, 0, 0, 0]);
    graph.node("Pad", name, &[values, &pads], Vec::new())
}

/// Signal tracks as z-scores, 0 before the first and after the last known base.
fn tracks(graph: &mut GraphBuilder, inputs: &AuxiliaryInputs, any_base: &str) -> String {
    let shape = [inputs.tracks.len(), 1];
    let constant = |graph: &mut GraphBuilder, name: &str, of: fn(&TrackScaling) -> f64| {
        let values: Vec<f32> = inputs.tracks.iter().map(|track| of(track) as f32).collect();
        graph.constant(name, &shape, &values)
    };
    let mean = constant(graph, "tracks.mean", |track| track.mean);
    let sd = constant(graph, "tracks.sd", |track| track.sd);
    let centred = graph.node("Sub", "tracks.centred", &[TRACKS, &mean], Vec::new());
    let z_scores = graph.node("Div", "tracks.z_scores", &[&centred, &sd], Vec::new());
    // Cumulative number of known bases from either end.
    let axis = graph.integers("tracks.axis", &[2]);
    let before = graph.node("CumSum", "tracks.known_before", &[any_base, &axis], Vec::new());
    let after = graph.node("CumSum", "tracks.known_behind", &[any_base, &axis], vec![integer("reverse", 1)]);
    let one = graph.constant("tracks.one", &[1], &[1.0]);
    let inside = graph.node("Min", "tracks.inside", &[&before, &after, &one], Vec::new());
    graph.node("Mul", "tracks.known", &[&z_scores, &inside], Vec::new())
}

/// Pooling of the filters: mean pooling of counters, then max pooling of detectors.
fn pooled_motifs(graph: &mut GraphBuilder, stage: &str, motifs: String, config: &MotifConvConfig) -> String {
    let (filters, pool, detectors) = (config.filters as i64, config.pool, config.detectors());
    let (counters, name) = (filters - detectors as i64, format!("{stage}.pool"));
    match (counters, detectors) {
        (_, 0) => pooled(graph, "AveragePool", &name, motifs, pool),
        (0, _) => pooled(graph, "MaxPool", &name, motifs, pool),
        _ => {
            let counted = channels(graph, &format!("{stage}.counters"), &motifs, 0, counters);
            let detected = channels(graph, &format!("{stage}.detectors"), &motifs, counters, filters);
            let counted = pooled(graph, "AveragePool", &format!("{name}.counters"), counted, pool);
            let detected = pooled(graph, "MaxPool", &format!("{name}.detectors"), detected, pool);
            graph.node("Concat", &name, &[&counted, &detected], vec![integer("axis", 1)])
        }
    }
}

/// Channels `start..end`.
fn channels(graph: &mut GraphBuilder, name: &str, values: &str, start: i64, end: i64) -> String {
    let starts = graph.integers(&format!("{name}.start"), &[start]);
    let ends = graph.integers(&format!("{name}.end"), &[end]);
    let axes = graph.integers(&format!("{name}.axis"), &[1]);
    graph.node("Slice", name, &[values, &starts, &ends, &axes], Vec::new())
}

fn pooled(graph: &mut GraphBuilder, operator: &str, name: &str, input: String, pool: usize) -> String {
    if pool == 1 {
        return input;
    }
    let pool = pool as i64;
    graph.node(operator, name, &[&input], vec![integer_list("kernel_shape", &[pool]), integer_list("strides", &[pool])])
}

fn normalised(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    stage: &str,
    input: &str,
    epsilon: f64,
) -> Result<String, ModelError> {
    let scale = weights.take(&format!("{stage}.norm.gamma"))?;
    let offset = weights.take(&format!("{stage}.norm.beta"))?;
    let scale = graph.constant(&format!("{stage}.norm.scale"), &scale.shape, &scale.values);
    let offset = graph.constant(&format!("{stage}.norm.offset"), &offset.shape, &offset.values);
    let attributes = vec![integer("axis", -1), real("epsilon", epsilon as f32)];
    Ok(graph.node("LayerNormalization", &format!("{stage}.norm"), &[input, &scale, &offset], attributes))
}
