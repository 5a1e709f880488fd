//! Operation counts: operations and bytes per window, layer by layer.

use crate::nn::{KMER_FEATURES, NUCLEOTIDES, NetworkConfig, POSITION_CHANNELS};

/// Bases per table row. A convolution over one-hot bases is a sum of weights selected by the bases; the sums of three
/// neighbours are precomputed.
const TABLE_BASES: usize = 3;

/// Bytes per f32.
const VALUE_BYTES: usize = 4;

/// Operations per window.
///
/// Only matrix products are counted. ReLU, pooling, normalisation and the gates of the GRU take a few operations per
/// output value, about a hundredth of the total.
///
/// # Examples
/// ```
/// use tatabox_model::{FlopCount, NetworkConfig, Preset};
///
/// let count = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
/// assert_eq!(count.padded_bp, 11_008);
/// assert_eq!(count.multiply_adds(), 137_270_960);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlopCount {
    /// Bases of the window, padded to a multiple of the network's pooling.
    pub padded_bp: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerFlops>,
}

/// Operations of one layer per window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    /// Name of the layer, as in the file of weights.
    pub name: String,
    /// Multiply-adds of the dense computation.
    pub multiply_adds: usize,
    /// Additions that replace them where the layer reads one-hot bases; 0 elsewhere.
    pub table_additions: usize,
    /// Number of weights, including biases.
    pub weights: usize,
    /// Number of output values.
    pub outputs: usize,
    /// Whether the layer reads the window itself, which needs no gradient.
    pub is_first: bool,
}

impl FlopCount {
    /// Counts the operations of the network of `config` on windows of `window_bp` bases.
    pub fn new(config: &NetworkConfig, window_bp: usize) -> Self {
        let total_pool = config.total_pool().max(1);
        let padded_bp = window_bp.next_multiple_of(total_pool).max(total_pool);
        let mut layers = Vec::new();
        if config.architecture.reads_bases() {
            let mut channels = count_stages(config, padded_bp, &mut layers);
            let positions = padded_bp / total_pool;
            if config.architecture.has_gru() {
                channels = count_gru(config, positions, channels, &mut layers);
            }
            for (index, outputs) in config.outputs_per_head().into_iter().enumerate() {
                let (head, gene_features) = match index.checked_sub(1) {
                    None => ("head".to_owned(), config.gene_features),
                    Some(assay) => (format!("assay_heads.{assay}"), 0),
                };
                let mut pooled = channels;
                if config.architecture.has_attention() {
                    pooled = count_attention(config, &head, positions, channels, &mut layers);
                }
                let hidden = config.head_hidden;
                layers.push(LayerFlops::dense(format!("{head}.hidden"), 1, pooled + gene_features, hidden));
                layers.push(LayerFlops::dense(format!("{head}.output"), 1, hidden, outputs));
            }
        } else {
            let first = 2 * config.head_hidden;
            layers.push(LayerFlops::dense("first", 1, KMER_FEATURES, first));
            layers.push(LayerFlops::dense("hidden", 1, first + config.gene_features, config.head_hidden));
            layers.push(LayerFlops::dense("output", 1, config.head_hidden, config.outputs));
        }
        if let Some(first) = layers.first_mut() {
            first.is_first = true;
        }
        Self { padded_bp, layers }
    }

    /// Multiply-adds of the dense computation.
    pub fn multiply_adds(&self) -> usize {
        self.sum(|layer| layer.multiply_adds)
    }

    /// Operations of a prediction: multiply-adds, and the additions that replace some of them. Both are one instruction
    /// per vector register.
    pub fn operations(&self) -> usize {
        self.sum(LayerFlops::operations)
    }

    /// Operations of a training step: forward pass, gradient of the weights, and gradient of the input, which the first
    /// layer does not need.
    pub fn training_operations(&self) -> usize {
        self.sum(|layer| layer.operations() * if layer.is_first { 2 } else { 3 })
    }

    /// Like [`training_operations`](Self::training_operations), with the dense computation of every layer.
    pub fn training_multiply_adds(&self) -> usize {
        self.sum(|layer| layer.multiply_adds * if layer.is_first { 2 } else { 3 })
    }

    /// Number of weights, including biases.
    pub fn weights(&self) -> usize {
        self.sum(|layer| layer.weights)
    }

    /// Bytes of the window as one-hot f32.
    pub fn one_hot_bytes(&self) -> usize {
        NUCLEOTIDES * self.padded_bp * VALUE_BYTES
    }

    /// Bytes of the window as one code per base.
    pub fn code_bytes(&self) -> usize {
        self.padded_bp
    }

    fn sum(&self, count: impl Fn(&LayerFlops) -> usize) -> usize {
        self.layers.iter().map(count).sum()
    }
}

impl LayerFlops {
    /// Operations of a prediction on the CPU.
    pub fn operations(&self) -> usize {
        if self.table_additions > 0 { self.table_additions } else { self.multiply_adds }
    }

    /// Bytes of the weights.
    pub fn weight_bytes(&self) -> usize {
        self.weights * VALUE_BYTES
    }

    /// Bytes of the output.
    pub fn output_bytes(&self) -> usize {
        self.outputs * VALUE_BYTES
    }

    /// Dense layer with a bias, from `input` to `output` channels per position.
    fn dense(name: impl Into<String>, positions: usize, input: usize, output: usize) -> Self {
        Self {
            name: name.into(),
            multiply_adds: positions * input * output,
            table_additions: 0,
            weights: (input + 1) * output,
            outputs: positions * output,
            is_first: false,
        }
    }
}

/// Counts the convolutional stages and returns the channels of the last one.
fn count_stages(config: &NetworkConfig, padded_bp: usize, layers: &mut Vec<LayerFlops>) -> usize {
    let (mut channels, mut length) = (config.base_channels(), padded_bp);
    for (index, stage) in config.stages.iter().enumerate() {
        let mut conv =
            LayerFlops::dense(format!("stages.{index}.conv"), length, channels * stage.kernel, stage.filters);
        // Signal tracks are not one of four letters, so they have no tables.
        if index == 0 && config.tracks == 0 {
            conv.table_additions = length * stage.kernel.div_ceil(TABLE_BASES) * stage.filters;
        }
        layers.push(conv);
        length /= stage.pool.max(1);
        channels = stage.filters;
        // Applied after pooling; one scale and one offset per channel.
        layers.push(LayerFlops {
            name: format!("stages.{index}.norm"),
            multiply_adds: 0,
            table_additions: 0,
            weights: 2 * channels,
            outputs: length * channels,
            is_first: false,
        });
    }
    channels
}

/// Counts the GRU and returns its channels.
fn count_gru(config: &NetworkConfig, positions: usize, channels: usize, layers: &mut Vec<LayerFlops>) -> usize {
    let (hidden, gates) = (config.gru_hidden, 3 * config.gru_hidden);
    layers.push(LayerFlops::dense("gru.input", positions, channels + POSITION_CHANNELS, 2 * gates));
    layers.push(LayerFlops {
        outputs: positions * 2 * hidden,
        weights: 2 * (hidden + 1) * gates,
        ..LayerFlops::dense("gru.hidden", 2 * positions, hidden, gates)
    });
    2 * hidden
}

/// Counts the attention and returns the channels of the pooled promoter.
fn count_attention(
    config: &NetworkConfig,
    head: &str,
    positions: usize,
    channels: usize,
    layers: &mut Vec<LayerFlops>,
) -> usize {
    let (heads, scoring) = (config.attention_heads, channels / 2);
    layers.push(LayerFlops::dense(format!("{head}.scoring"), positions, channels, scoring));
    layers.push(LayerFlops {
        weights: scoring * heads,
        ..LayerFlops::dense(format!("{head}.score"), positions, scoring, heads)
    });
    // Slope of each head on the distance, then the weighted sum of the positions.
    layers.push(LayerFlops {
        name: format!("{head}.distance_slope"),
        multiply_adds: heads * positions * (1 + channels),
        table_additions: 0,
        weights: heads,
        outputs: heads * channels,
        is_first: false,
    });
    heads * channels
}

#[cfg(test)]
mod tests {
    use burn::module::Module;

    use super::*;
    use crate::device;
    use crate::nn::{Architecture, Preset};

    #[test]
    fn flop_count_base_network_at_11_kb_matches_hand_calculation() {
        let count = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
        assert_eq!(count.padded_bp, 11_008); // 172 x 64
        let counted: Vec<(&str, usize)> =
            count.layers.iter().map(|layer| (layer.name.as_str(), layer.multiply_adds)).collect();
        let expected = [
            ("stages.0.conv", 11_008 * 4 * 15 * 64),
            ("stages.0.norm", 0),
            ("stages.1.conv", 1_376 * 64 * 7 * 96),
            ("stages.1.norm", 0),
            ("stages.2.conv", 344 * 96 * 5 * 128),
            ("stages.2.norm", 0),
            ("gru.input", 172 * 134 * 384),
            ("gru.hidden", 172 * 2 * 64 * 192),
            ("head.scoring", 172 * 128 * 64),
            ("head.score", 172 * 64 * 4),
            ("head.distance_slope", 172 * 4 + 172 * 4 * 128),
            ("head.hidden", 512 * 128),
            ("head.output", 128 * 8),
        ];
        assert_eq!(counted, expected);
        assert_eq!(count.multiply_adds(), 137_270_960);
        // The first convolution, 42,270,720 multiply-adds, becomes five rows of 64 values per base.
        assert_eq!(count.layers[0].table_additions, 11_008 * 5 * 64);
        assert_eq!(count.operations(), 137_270_960 - 42_270_720 + 3_522_560);
        // Three times 95,000,240, and twice the first layer.
        assert_eq!(count.training_operations(), 3 * 95_000_240 + 2 * 3_522_560);
        assert_eq!(count.training_multiply_adds(), 3 * 95_000_240 + 2 * 42_270_720);
    }

    #[test]
    fn flop_count_bytes_are_those_of_f32() {
        let count = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
        assert_eq!((count.one_hot_bytes(), count.code_bytes()), (176_128, 11_008));
        let [conv, norm] = [&count.layers[0], &count.layers[1]];
        // 15 x 4 x 64 weights and 64 biases; pooled by 8 before they are normalised.
        assert_eq!((conv.weight_bytes(), conv.output_bytes()), (4 * 3_904, 4 * 11_008 * 64));
        assert_eq!((norm.weight_bytes(), norm.output_bytes()), (4 * 128, 4 * 1_376 * 64));
    }

    #[test]
    fn flop_count_weights_equal_the_network() {
        for (preset, window_bp) in [(Preset::Small, 60), (Preset::Small, 300), (Preset::Base, 11_000)] {
            for architecture in Architecture::ALL {
                let config = NetworkConfig::preset(preset, window_bp, 3).with_architecture(architecture);
                let tracks = if architecture.reads_bases() { 3 } else { 0 };
                let heads = config.clone().with_auxiliary_inputs(8, 0).with_heads(vec![2, 1]);
                let heads = if architecture.reads_bases() { heads } else { config.clone() };
                for config in [config.clone(), config.with_auxiliary_inputs(8, tracks), heads] {
                    let network = config.build(42, &device::cpu());
                    assert_eq!(FlopCount::new(&config, window_bp).weights(), network.num_params(), "{architecture}");
                }
            }
        }
    }

    #[test]
    fn flop_count_kmer_mlp_is_independent_of_length() {
        let config = NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(Architecture::KmerMlp);
        let count = FlopCount::new(&config, 300);
        assert_eq!(count.multiply_adds(), 1_364 * 128 + 128 * 64 + 64 * 2);
        assert_eq!(count.training_operations(), 2 * 1_364 * 128 + 3 * (128 * 64 + 64 * 2));
        assert_eq!(count.layers, FlopCount::new(&config, 11_000).layers);
    }
}
