//! Pooling, dense layers and output transform as ONNX operators.

use tatabox_dataset::TargetTransform;

use super::graph::{GraphBuilder, integer};
use super::messages::DataType;
use super::weight_source::WeightSource;
use super::{ATTENTION, Features, GENE_FEATURES, OUTPUT, Positions};
use crate::error::ModelError;
use crate::input::{FeatureInterval, FeatureScaling};
use crate::nn::head::MASKED_LOGIT;
use crate::nn::log_distances;

/// Name of the first pooling head; those of assays are [`assay_head`].
pub(super) const HEAD: &str = "head";

/// Name of the pooling head of an assay, counted from 0.
pub(super) fn assay_head(index: usize) -> String {
    format!("assay_heads.{index}")
}

/// Node of the attention weights of a head; those of the first head can be an output.
fn attention_of(head: &str) -> String {
    if head == HEAD { ATTENTION.to_owned() } else { format!("{head}.attention") }
}

/// Attention pooling of a head, `[batch, heads * channels]`. The node [`ATTENTION`] is the weights of the first head.
pub(super) fn attention(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    head: &str,
    features: &Features,
    heads: usize,
    positions: Positions,
) -> Result<String, ModelError> {
    let hidden = dense(graph, weights, &format!("{head}.scoring"), &features.values)?;
    let hidden = graph.node("Tanh", &format!("{head}.scoring.tanh"), &[&hidden], Vec::new());
    let score = weights.take(&format!("{head}.score.weight"))?;
    let score = graph.constant(&format!("{head}.score.weight"), &score.shape, &score.values);
    let scores = graph.dense(&format!("{head}.score"), &hidden, &score, None);
    let scores = graph.transpose(&format!("{head}.by_head"), &scores, &[0, 2, 1]);

    let distances = log_distances(positions.count, positions.bin_bp, positions.tss_index);
    let slopes = weights.take(&format!("{head}.distance_slope"))?.values;
    let penalty: Vec<f32> =
        slopes.iter().flat_map(|slope| distances.iter().map(move |distance| slope * distance)).collect();
    let penalty = graph.constant(&format!("{head}.distance_penalty"), &[1, heads, positions.count], &penalty);
    let logits = graph.node("Sub", &format!("{head}.logits"), &[&scores, &penalty], Vec::new());
    let to_bool = vec![integer("to", i64::from(i32::from(DataType::Bool)))];
    let is_known = graph.node("Cast", &format!("{head}.is_known"), &[&features.known], to_bool);
    let masked = graph.constant(&format!("{head}.masked_logit"), &[1], &[MASKED_LOGIT]);
    let logits = graph.node("Where", &format!("{head}.known_logits"), &[&is_known, &logits, &masked], Vec::new());

    let attention = graph.node("Softmax", &attention_of(head), &[&logits], vec![integer("axis", -1)]);
    let pooled = graph.node("MatMul", &format!("{head}.pooled"), &[&attention, &features.values], Vec::new());
    let shape = graph.integers(&format!("{head}.shape"), &[0, (heads * features.channels) as i64]);
    Ok(graph.node("Reshape", &format!("{head}.flat"), &[&pooled, &shape], Vec::new()))
}

/// Mean over positions with a known base, `[batch, channels]`.
pub(super) fn mean(graph: &mut GraphBuilder, head: &str, features: &Features) -> String {
    let known = graph.transpose(&format!("{head}.known"), &features.known, &[0, 2, 1]);
    let values = graph.node("Mul", &format!("{head}.known_features"), &[&features.values, &known], Vec::new());
    let axis = graph.integers(&format!("{head}.positions"), &[1]);
    let without_axis = || vec![integer("keepdims", 0)];
    let sum = graph.node("ReduceSum", &format!("{head}.sum"), &[&values, &axis], without_axis());
    let count = graph.node("ReduceSum", &format!("{head}.known_positions"), &[&known, &axis], without_axis());
    let one = graph.constant(&format!("{head}.at_least"), &[1], &[1.0]);
    let count = graph.node("Max", &format!("{head}.count"), &[&count, &one], Vec::new());
    graph.node("Div", &format!("{head}.mean"), &[&sum, &count], Vec::new())
}

/// Encoded gene features, `[batch, inputs]`.
pub(super) fn gene_features(graph: &mut GraphBuilder, scaling: &FeatureScaling) -> String {
    let names = scaling.names.join(", ");
    graph.input(GENE_FEATURES, &[scaling.names.len()], &format!("as the data set holds them: {names}"));
    let shape = [scaling.inputs()];
    let mut values = GENE_FEATURES.to_owned();
    if !scaling.intervals.is_empty() {
        let of_intervals = |value: fn(&FeatureInterval) -> f64| {
            scaling.intervals.iter().map(|interval| value(interval) as f32).collect::<Vec<f32>>()
        };
        let features: Vec<i64> = scaling.intervals.iter().map(|interval| interval.feature as i64).collect();
        let features = graph.integers("gene_features.of_interval", &features);
        let low = graph.constant("gene_features.low", &shape, &of_intervals(|interval| interval.low));
        let width =
            graph.constant("gene_features.width", &shape, &of_intervals(|interval| interval.high - interval.low));
        let zero = graph.constant("gene_features.zero", &[], &[0.0]);
        let one = graph.constant("gene_features.one", &[], &[1.0]);
        values = graph.node("Gather", "gene_features.repeated", &[&values, &features], vec![integer("axis", 1)]);
        values = graph.node("Sub", "gene_features.from_low", &[&values, &low], Vec::new());
        values = graph.node("Div", "gene_features.fraction", &[&values, &width], Vec::new());
        values = graph.node("Clip", "gene_features.encoded", &[&values, &zero, &one], Vec::new());
    }
    let mean = graph.constant("gene_features.mean", &shape, &single(&scaling.mean));
    let sd = graph.constant("gene_features.sd", &shape, &single(&scaling.sd));
    let centred = graph.node("Sub", "gene_features.centred", &[&values, &mean], Vec::new());
    graph.node("Div", "gene_features.z_scores", &[&centred, &sd], Vec::new())
}

/// Two dense layers of a head with z-scores `[batch, outputs]` as output.
pub(super) fn regression(
    graph: &mut GraphBuilder,
    weights: &mut WeightSource,
    head: &str,
    pooled: &str,
    gene_features: Option<&str>,
) -> Result<String, ModelError> {
    let pooled = match gene_features {
        Some(features) => {
            &graph.node("Concat", &format!("{head}.with_features"), &[pooled, features], vec![integer("axis", 1)])
        }
        None => pooled,
    };
    let hidden = dense(graph, weights, &format!("{head}.hidden"), pooled)?;
    let hidden = graph.node("Relu", &format!("{head}.hidden.relu"), &[&hidden], Vec::new());
    dense(graph, weights, &format!("{head}.output"), &hidden)
}

/// Transform from z-scores to log2(TPM + 1).
pub(super) fn log2_tpm(graph: &mut GraphBuilder, z_scores: &str, transform: &TargetTransform) {
    let shape = [transform.cell_types.len()];
    let sd = graph.constant("transform.sd", &shape, &single(&transform.sd));
    let mean = graph.constant("transform.mean", &shape, &single(&transform.mean));
    let scaled = graph.node("Mul", "transform.scaled", &[z_scores, &sd], Vec::new());
    graph.node("Add", OUTPUT, &[&scaled, &mean], Vec::new());
}

fn dense(graph: &mut GraphBuilder, weights: &mut WeightSource, layer: &str, input: &str) -> Result<String, ModelError> {
    let (weight, bias) = (format!("{layer}.weight"), format!("{layer}.bias"));
    let values = weights.take(&weight)?;
    let weight = graph.constant(&weight, &values.shape, &values.values);
    let values = weights.take(&bias)?;
    let bias = graph.constant(&bias, &values.shape, &values.values);
    Ok(graph.dense(layer, input, &weight, Some(&bias)))
}

/// Values in single precision.
fn single(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}
