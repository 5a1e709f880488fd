//! A trained model as ONNX, which other programs run without this one.

mod description;
mod graph;
mod head;
mod mean_of_members;
mod messages;
mod recurrent;
mod trunk;
mod weight_source;

use prost::Message;

use crate::bundle::TrainedModel;
use crate::error::ModelError;
use crate::nn::NetworkConfig;
use crate::predict::Predictor;
use description::Description;
use graph::GraphBuilder;
use mean_of_members::mean_of_members;
use messages::{GraphProto, ModelProto, OperatorSetIdProto};
use weight_source::WeightSource;

const FORMAT: &str = "ONNX";
/// Version of the file format that came with the operators.
const IR_VERSION: i64 = 8;
/// Version of the operators: the first that has layer normalisation.
const OPSET: i64 = 17;

const INPUT: &str = "sequence";
const GENE_FEATURES: &str = "gene_features";
const TRACKS: &str = "tracks";
const OUTPUT: &str = "log2_tpm";
const ATTENTION: &str = "attention";

/// What is written beside the network itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnnxOptions {
    /// Whether the weight that each attention head gives each position is an output too.
    pub attention: bool,
}

impl Predictor {
    /// The model as the bytes of an ONNX file; of an ensemble the mean of its members.
    ///
    /// Unknown bases are honoured as our own prediction does: a position of N alone leaves each convolution as zeros,
    /// passes the state of the GRU on and gets no attention.
    ///
    /// # Shapes
    /// - input `sequence`: `[batch, 4, length]`, channels A, C, G, T, the bases of the model's extent; N is all zeros
    /// - input `gene_features`, of a model that reads them: `[batch, features]`, as the data set holds them
    /// - input `tracks`, of a model that reads them: `[batch, tracks, length]`, along the bases, as the data set holds them
    /// - output `log2_tpm`: `[batch, cell types]`
    /// - output `attention`, where asked for: `[batch, heads, positions]`, summing to 1 over positions
    ///
    /// # Errors
    /// [`ModelError::NotExportable`] for a network that reads no bases, attention of a network that has none, and weights
    /// that this export does not know.
    ///
    /// # Source
    /// <https://onnx.ai/onnx/operators>, opset 17.
    pub fn to_onnx(&self, options: OnnxOptions) -> Result<Vec<u8>, ModelError> {
        let mut graphs: Vec<GraphProto> =
            self.members().iter().map(|member| graph_of(member, options)).collect::<Result<_, _>>()?;
        let graph = if graphs.len() == 1 { graphs.remove(0) } else { mean_of_members(graphs) };
        let description = Description::new(self);
        let model = ModelProto {
            ir_version: IR_VERSION,
            producer_name: "tatabox".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            doc_string: description.text(),
            metadata_props: description.entries(),
            graph: Some(graph),
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        };
        Ok(model.encode_to_vec())
    }
}

fn not_exportable(reason: impl Into<String>) -> ModelError {
    ModelError::NotExportable { format: FORMAT, reason: reason.into() }
}

fn graph_of(model: &TrainedModel, options: OnnxOptions) -> Result<GraphProto, ModelError> {
    // Without `..`, so that a part that is new must be thought of here. Dropout plays no part in a prediction.
    let NetworkConfig {
        architecture,
        stages,
        gru_hidden,
        attention_heads,
        head_hidden: _,
        outputs,
        trunk_dropout: _,
        head_dropout: _,
        gene_features,
        tracks,
    } = &model.config.network;
    if !architecture.reads_bases() {
        return Err(not_exportable(format!("{architecture} reads k-mer frequencies and not bases; use safetensors")));
    }
    if options.attention && !architecture.has_attention() {
        return Err(not_exportable(format!("{architecture} has no attention")));
    }
    let extent = model.config.data.extent;
    let window_bp = extent.total_bp() as usize;
    let total_pool = model.config.network.total_pool();
    let padding = window_bp.next_multiple_of(total_pool) - window_bp;
    let positions = Positions {
        count: (window_bp + padding) / total_pool,
        bin_bp: total_pool,
        tss_index: padding as i64 + i64::from(extent.upstream_bp),
    };

    let mut weights = WeightSource::of(&model.network)?;
    let mut graph = GraphBuilder::default();
    graph.input(INPUT, &[4, window_bp], "one-hot, channels A, C, G, T; an unknown base is 0 in all four");
    let inputs = model.config.auxiliary_inputs();
    if *tracks > 0 {
        let names = inputs.track_names().join(", ");
        graph.input(TRACKS, &[*tracks, window_bp], &format!("along the bases, as the data set holds them: {names}"));
    }
    let gene_features = (*gene_features > 0).then(|| head::gene_features(&mut graph, inputs));
    let gene_features = gene_features.as_deref();
    let mut features = trunk::convolutions(&mut graph, &mut weights, stages, inputs, padding)?;
    if architecture.has_gru() {
        features = recurrent::gru(&mut graph, &mut weights, features, *gru_hidden, positions)?;
    }
    let z_scores = if architecture.has_attention() {
        let attention = head::attention(&mut graph, &mut weights, &features, *attention_heads, positions)?;
        if options.attention {
            let doc = "weight of each position in each head, positions from the 5' end";
            graph.output(ATTENTION, &[*attention_heads, positions.count], doc);
        }
        head::regression(&mut graph, &mut weights, &attention, gene_features)?
    } else {
        let mean = head::mean(&mut graph, &features);
        head::regression(&mut graph, &mut weights, &mean, gene_features)?
    };
    head::log2_tpm(&mut graph, &z_scores, &model.transform);
    graph.output(OUTPUT, &[*outputs], "log2(TPM + 1), a column a cell type");
    weights.finish()?;
    Ok(graph.finish("tatabox"))
}

/// The positions that convolutions leave.
#[derive(Clone, Copy, Debug)]
struct Positions {
    count: usize,
    bin_bp: usize,
    /// Index of the TSS base in the padded window.
    tss_index: i64,
}

/// Encoded positions, and which of them hold a known base.
#[derive(Debug)]
struct Features {
    /// `[batch, positions, channels]`
    values: String,
    channels: usize,
    /// `[batch, 1, positions]`, 1 where a base is known
    known: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use tatabox_dataset::Extent;

    use super::*;
    use crate::bundle::{RunDirectory, untrained_model};
    use crate::device::{DeviceChoice, cpu};
    use crate::exchange::imported_model::{ImportFiles, ImportedModel};
    use crate::nn::{Architecture, Preset};

    fn on_cpu(model: TrainedModel) -> Predictor {
        Predictor::new(model, &DeviceChoice::Cpu.select().expect("the CPU"))
    }

    fn exported(architecture: Architecture, window_bp: u32, attention: bool) -> Result<GraphProto, ModelError> {
        exported_with((0, 0), architecture, window_bp, attention)
    }

    /// Of a network that reads so many gene features and tracks.
    fn exported_with(
        (gene_features, tracks): (usize, usize),
        architecture: Architecture,
        window_bp: u32,
        attention: bool,
    ) -> Result<GraphProto, ModelError> {
        let network =
            NetworkConfig::preset(Preset::Small, window_bp as usize, 2).with_auxiliary_inputs(gene_features, tracks);
        let network = network.with_architecture(architecture);
        let extent = Extent { upstream_bp: window_bp - 50, downstream_bp: 50 };
        let bytes = on_cpu(untrained_model(network, extent, &cpu())?).to_onnx(OnnxOptions { attention })?;
        Ok(ModelProto::decode(bytes.as_slice()).expect("what was encoded").graph.expect("a graph"))
    }

    #[test]
    fn every_name_is_given_once_and_before_it_is_read() {
        for architecture in Architecture::ALL.into_iter().filter(|architecture| architecture.reads_bases()) {
            // With padding and without, with gene features and tracks and without.
            for (window_bp, gene_features, tracks) in [(300, 0, 0), (304, 0, 0), (300, 3, 0), (304, 0, 2), (300, 1, 1)]
            {
                let inputs = (gene_features, tracks);
                let one = exported_with(inputs, architecture, window_bp, false).expect("exportable");
                let graph = mean_of_members(vec![one.clone(), one]);
                let inputs: Vec<_> = graph.input.iter().map(|input| input.name.as_str()).collect();
                let expected = [(INPUT, 1), (TRACKS, tracks), (GENE_FEATURES, gene_features)];
                let expected: Vec<&str> =
                    expected.iter().filter(|(_, count)| *count > 0).map(|(name, _)| *name).collect();
                assert_eq!(inputs, expected);
                let mut given: BTreeSet<String> = inputs.into_iter().map(str::to_owned).collect();
                for constant in &graph.initializer {
                    assert!(given.insert(constant.name.clone()), "{architecture}: {}", constant.name);
                }
                for node in &graph.node {
                    assert!(node.input.iter().all(|input| given.contains(input)), "{architecture}: {node:?}");
                    assert!(given.insert(node.output[0].clone()), "{architecture}: {node:?}");
                }
                let outputs: Vec<_> = graph.output.iter().map(|output| output.name.as_str()).collect();
                assert_eq!(outputs, [OUTPUT]);
                assert!(given.contains(OUTPUT));
                let pads = graph.node.iter().filter(|node| node.op_type == "Pad").count();
                let is_padded = window_bp == 300 && architecture.has_convolutions();
                let of_member = if tracks > 0 { 2 } else { 1 };
                assert_eq!(pads, 2 * of_member * usize::from(is_padded), "304 is a multiple of the pool, 8");
            }
        }
    }

    #[test]
    fn attention_is_an_output_where_it_is_asked_for() {
        let graph = exported(Architecture::Hybrid, 300, true).expect("exportable");
        let outputs: Vec<_> = graph.output.iter().map(|output| output.name.as_str()).collect();
        assert_eq!(outputs, [ATTENTION, OUTPUT]);
        let message = exported(Architecture::Cnn, 300, true).expect_err("none").to_string();
        assert_eq!(message, "cannot be exported as ONNX: cnn has no attention");
        let message = exported(Architecture::KmerMlp, 300, false).expect_err("reads no bases").to_string();
        assert!(message.contains("k-mer frequencies"), "{message}");
    }

    /// `tests/golden/exchange.py` had this file checked and run by onnxruntime.
    #[test]
    fn the_graph_is_the_one_that_onnxruntime_ran() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exchange");
        let files =
            ImportFiles { config: Some(golden.join("config.json")), transform: Some(golden.join("transform.json")) };
        let imported = ImportedModel::read(&golden.join("state_dict.safetensors"), &files).expect("readable");
        let folder = tempfile::tempdir().expect("folder");
        let run = RunDirectory::new(folder.path(), "golden");
        let record = untrained_model(imported.config.network.clone(), imported.config.data.extent, &cpu());
        imported.write(&run, record.expect("valid").record, false).expect("written");
        let model = TrainedModel::load(run.path(), &cpu()).expect("loads");
        let decoded = |bytes: &[u8]| ModelProto::decode(bytes).expect("ONNX").graph.expect("a graph");
        let ours = decoded(&on_cpu(model).to_onnx(OnnxOptions { attention: true }).expect("exportable"));
        let theirs = decoded(&std::fs::read(golden.join("model.onnx")).expect("there"));
        assert!(ours == theirs, "make the golden files anew if this is meant");
    }
}
