//! ONNX export of a trained model.

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
/// Version of the file format that was released with opset 17.
const IR_VERSION: i64 = 8;
/// Version of the operators: the first one with layer normalisation.
const OPSET: i64 = 17;

const INPUT: &str = "sequence";
const GENE_FEATURES: &str = "gene_features";
const TRACKS: &str = "tracks";
const OUTPUT: &str = "log2_tpm";
const ATTENTION: &str = "attention";

/// Options of the ONNX export.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnnxOptions {
    /// Whether to add the attention weights per head and position as an output.
    pub attention: bool,
}

impl Predictor {
    /// Exports the model as the bytes of an ONNX file; an ensemble as the mean of its members.
    ///
    /// The graph masks unknown bases as this crate does: positions with N only are zero after each convolution, keep
    /// the state of the GRU and get no attention.
    ///
    /// # Shapes
    /// - input `sequence`: `[batch, 4, length]`, one-hot bases of the extent, channels A, C, G, T; N is zero in all
    /// - input `gene_features`, if the model reads them: `[batch, features]`, unscaled as in the data set
    /// - input `tracks`, if the model reads them: `[batch, tracks, length]`, unscaled as in the data set
    /// - output `log2_tpm`: `[batch, cell types]`
    /// - output `attention`, if requested: `[batch, heads, positions]`, summing to 1 over positions
    ///
    /// # Examples
    /// ```
    /// # use tatabox_dataset::{Extent, TargetTransform};
    /// # use tatabox_model::{DeviceChoice, NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig};
    /// # use tatabox_model::{Predictor, TrainingData};
    /// # use tatabox_sequence::WindowGeometry;
    /// use tatabox_model::OnnxOptions;
    ///
    /// # let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
    /// # let (name, geometry) = ("example".to_owned(), WindowGeometry::new(50, 10)?);
    /// # let data = TrainingData { name, checksum: String::new(), geometry, extent, simulated: true };
    /// # let network = NetworkConfig::preset(Preset::Small, 60, 1);
    /// # let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
    /// # let device = DeviceChoice::Cpu.select()?;
    /// # let network = config.network.init(config.seed, &device.device)?;
    /// # let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![0.0], sd: vec![1.0] };
    /// # let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
    /// let predictor = Predictor::new(model, &device);
    /// let bytes = predictor.to_onnx(OnnxOptions { attention: true })?;
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("model.onnx"), &bytes)?;
    /// # assert!(bytes.len() > 10_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError::NotExportable`] for an architecture that reads no bases, and for the attention of an architecture
    /// without attention.
    ///
    /// # Source
    /// <https://onnx.ai/onnx/operators>, opset 17.
    pub fn to_onnx(&self, options: OnnxOptions) -> Result<Vec<u8>, ModelError> {
        if !self.members_share_outputs() {
            let outputs = self.cell_types().join(", ");
            return Err(not_exportable(format!("not every network of the model has exactly the outputs {outputs}")));
        }
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
    // Without `..`, so that a new field does not compile until the export handles it. Dropout does not affect
    // predictions.
    let NetworkConfig {
        architecture,
        stages,
        gru_hidden,
        attention_heads,
        head_hidden: _,
        outputs,
        heads: _,
        trunk_dropout: _,
        head_dropout: _,
        gene_features: _,
        tracks,
    } = &model.config.network;
    if !architecture.reads_bases() {
        return Err(not_exportable(format!(
            "the architecture {architecture} reads k-mer frequencies instead of bases; use safetensors"
        )));
    }
    if options.attention && !architecture.has_attention() {
        return Err(not_exportable(format!("the architecture {architecture} has no attention")));
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
    let gene_features = inputs.gene_features.as_ref().map(|scaling| head::gene_features(&mut graph, scaling));
    let gene_features = gene_features.as_deref();
    let mut features = trunk::convolutions(&mut graph, &mut weights, stages, inputs, padding)?;
    if architecture.has_gru() {
        features = recurrent::gru(&mut graph, &mut weights, features, *gru_hidden, positions)?;
    }
    let assay_heads = model.config.network.outputs_per_head().len() - 1;
    let mut by_head = Vec::new();
    for name in std::iter::once(head::HEAD.to_owned()).chain((0..assay_heads).map(head::assay_head)) {
        let pooled = if architecture.has_attention() {
            head::attention(&mut graph, &mut weights, &name, &features, *attention_heads, positions)?
        } else {
            head::mean(&mut graph, &name, &features)
        };
        let gene_features = gene_features.filter(|_| name == head::HEAD);
        by_head.push(head::regression(&mut graph, &mut weights, &name, &pooled, gene_features)?);
    }
    if options.attention {
        let doc = "weight of each position in each head, positions from the 5' end";
        graph.output(ATTENTION, &[*attention_heads, positions.count], doc);
    }
    let z_scores = if let [only] = by_head.as_slice() {
        only.clone()
    } else {
        let by_head: Vec<&str> = by_head.iter().map(String::as_str).collect();
        graph.node("Concat", "heads", &by_head, vec![graph::integer("axis", 1)])
    };
    head::log2_tpm(&mut graph, &z_scores, &model.transform);
    graph.output(OUTPUT, &[*outputs], "log2(TPM + 1), a column a cell type");
    weights.finish()?;
    Ok(graph.finish("tatabox"))
}

/// Positions after the convolutions.
#[derive(Clone, Copy, Debug)]
struct Positions {
    count: usize,
    bin_bp: usize,
    /// Index of the TSS base in the padded window.
    tss_index: i64,
}

/// Encoded positions and their mask of known bases.
#[derive(Debug)]
struct Features {
    /// `[batch, positions, channels]`
    values: String,
    channels: usize,
    /// `[batch, 1, positions]`, 1 for positions with a known base
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

    /// Graph of an untrained network with gene features and tracks as auxiliary inputs.
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
        Ok(ModelProto::decode(bytes.as_slice()).expect("encoded above").graph.expect("a graph"))
    }

    #[test]
    fn onnx_graph_names_are_unique_and_defined_before_use() {
        for architecture in Architecture::ALL.into_iter().filter(|architecture| architecture.reads_bases()) {
            // With and without padding, gene features and tracks.
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
                let mut defined: BTreeSet<String> = inputs.into_iter().map(str::to_owned).collect();
                for constant in &graph.initializer {
                    assert!(defined.insert(constant.name.clone()), "{architecture}: {}", constant.name);
                }
                for node in &graph.node {
                    assert!(node.input.iter().all(|input| defined.contains(input)), "{architecture}: {node:?}");
                    assert!(defined.insert(node.output[0].clone()), "{architecture}: {node:?}");
                }
                let outputs: Vec<_> = graph.output.iter().map(|output| output.name.as_str()).collect();
                assert_eq!(outputs, [OUTPUT]);
                assert!(defined.contains(OUTPUT));
                let pads = graph.node.iter().filter(|node| node.op_type == "Pad").count();
                let is_padded = window_bp == 300 && architecture.has_convolutions();
                let of_member = if tracks > 0 { 2 } else { 1 };
                assert_eq!(pads, 2 * of_member * usize::from(is_padded), "304 is a multiple of the pool, 8");
            }
        }
    }

    #[test]
    fn onnx_attention_is_an_output_if_requested() {
        let graph = exported(Architecture::Hybrid, 300, true).expect("exportable");
        let outputs: Vec<_> = graph.output.iter().map(|output| output.name.as_str()).collect();
        assert_eq!(outputs, [ATTENTION, OUTPUT]);
        let message = exported(Architecture::Cnn, 300, true).expect_err("none").to_string();
        assert_eq!(message, "cannot be exported as ONNX: the architecture cnn has no attention");
        let message = exported(Architecture::KmerMlp, 300, false).expect_err("reads no bases").to_string();
        assert!(message.contains("k-mer frequencies"), "{message}");
    }

    /// `tests/golden/exchange.py` checks this file with onnx and runs it with onnxruntime.
    #[test]
    fn onnx_graph_equals_golden_file() {
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
        let exported = decoded(&on_cpu(model).to_onnx(OnnxOptions { attention: true }).expect("exportable"));
        let expected = decoded(&std::fs::read(golden.join("model.onnx")).expect("readable"));
        assert!(exported == expected, "the graph differs from model.onnx; run exchange.py if the change is intended");
    }
}
