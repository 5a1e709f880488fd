//! Motif convolutions as ONNX operators.

use super::graph::{GraphBuilder, integer, integer_list, real};
use super::weight_source::WeightSource;
use super::{Features, INPUT};
use crate::batch::NUCLEOTIDES;
use crate::error::ModelError;
use crate::motif_conv::MotifConvConfig;

/// Every stage, after `padding` unknown bases were put before the window.
pub(super) fn convolutions(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    stages: &[MotifConvConfig],
    padding: usize,
) -> Result<Features, ModelError> {
    let mut values = padded(graph, padding);
    let mut known = graph.node("ReduceMax", "known", &[&values], vec![integer_list("axes", &[1])]);
    let mut channels = NUCLEOTIDES;
    for (index, stage) in stages.iter().enumerate() {
        // Without `..`, so that a part that is new must be thought of here.
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

fn padded(graph: &mut GraphBuilder, padding: usize) -> String {
    if padding == 0 {
        return INPUT.to_owned();
    }
    // Begins of all axes, then ends.
    let pads = graph.integers("padding", &[0, 0, padding as i64, 0, 0, 0]);
    graph.node("Pad", "padded", &[INPUT, &pads], Vec::new())
}

/// Averages of the filters that count, then maxima of those that detect.
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

/// Channels `start` up to but without `end`.
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
