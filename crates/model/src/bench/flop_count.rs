//! What a network costs: the arithmetic and the bytes of one window, layer by layer.

use crate::nn::{KMER_FEATURES, NUCLEOTIDES, NetworkConfig, POSITION_CHANNELS};

/// Bases that one row of a table stands for. A convolution over one-hot bases is a sum of weights that the bases
/// choose; the sums of three neighbours are worked out once and looked up.
const TABLE_BASES: usize = 3;

/// Bytes of an f32.
const VALUE_BYTES: usize = 4;

/// The arithmetic of one window.
///
/// Only products of matrices are counted. ReLU, pooling, normalisation and the gates of the GRU are a few operations for
/// each value that leaves a layer, a hundredth of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlopCount {
    /// Bases of the window, padded to a multiple of the network's pooling.
    pub padded_bp: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerFlops>,
}

/// What one layer computes for one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    /// The layer, named as in the file of weights.
    pub name: String,
    /// Multiply-adds as the layer is written.
    pub multiply_adds: usize,
    /// Additions that take their place where the layer reads one-hot bases; 0 elsewhere.
    pub table_additions: usize,
    /// Weights, biases included.
    pub weights: usize,
    /// Values that leave the layer.
    pub outputs: usize,
    /// Whether it reads the window itself, into which no gradient has to go.
    pub is_first: bool,
}

impl FlopCount {
    /// Counts the network of `config` on windows of `window_bp` bases.
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
            if config.architecture.has_attention() {
                channels = count_attention(config, positions, channels, &mut layers);
            }
            layers.push(LayerFlops::dense("head.hidden", 1, channels + config.gene_features, config.head_hidden));
            layers.push(LayerFlops::dense("head.output", 1, config.head_hidden, config.outputs));
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

    /// Multiply-adds as the network is written.
    pub fn multiply_adds(&self) -> usize {
        self.sum(|layer| layer.multiply_adds)
    }

    /// Operations of a prediction: multiply-adds, and the additions that replace some of them. Either is one
    /// instruction on as many values as a register holds.
    pub fn operations(&self) -> usize {
        self.sum(LayerFlops::operations)
    }

    /// Operations of a training step: forward, the gradient of the weights and the gradient of the input, which the
    /// first layer does not need.
    pub fn training_operations(&self) -> usize {
        self.sum(|layer| layer.operations() * if layer.is_first { 2 } else { 3 })
    }

    /// As [`training_operations`](Self::training_operations), every layer as it is written.
    pub fn training_multiply_adds(&self) -> usize {
        self.sum(|layer| layer.multiply_adds * if layer.is_first { 2 } else { 3 })
    }

    /// Weights, biases included.
    pub fn weights(&self) -> usize {
        self.sum(|layer| layer.weights)
    }

    /// Bytes of the window as one-hot f32.
    pub fn one_hot_bytes(&self) -> usize {
        NUCLEOTIDES * self.padded_bp * VALUE_BYTES
    }

    /// Bytes of the window as one code a base.
    pub fn code_bytes(&self) -> usize {
        self.padded_bp
    }

    fn sum(&self, count: impl Fn(&LayerFlops) -> usize) -> usize {
        self.layers.iter().map(count).sum()
    }
}

impl LayerFlops {
    /// Operations of a prediction, as the CPU runs them.
    pub fn operations(&self) -> usize {
        if self.table_additions > 0 { self.table_additions } else { self.multiply_adds }
    }

    /// Bytes of the weights.
    pub fn weight_bytes(&self) -> usize {
        self.weights * VALUE_BYTES
    }

    /// Bytes of what leaves the layer.
    pub fn output_bytes(&self) -> usize {
        self.outputs * VALUE_BYTES
    }

    /// A layer that takes `input` channels of each position to `output`, with a bias.
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

/// Returns the channels that leave the last stage.
fn count_stages(config: &NetworkConfig, padded_bp: usize, layers: &mut Vec<LayerFlops>) -> usize {
    let (mut channels, mut length) = (config.base_channels(), padded_bp);
    for (index, stage) in config.stages.iter().enumerate() {
        let mut conv =
            LayerFlops::dense(format!("stages.{index}.conv"), length, channels * stage.kernel, stage.filters);
        // Tracks are no letters, and have no tables.
        if index == 0 && config.tracks == 0 {
            conv.table_additions = length * stage.kernel.div_ceil(TABLE_BASES) * stage.filters;
        }
        layers.push(conv);
        length /= stage.pool.max(1);
        channels = stage.filters;
        // Pooled on the way in; a scale and an offset a channel.
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

/// Returns the channels that leave the GRU.
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

/// Returns the channels of the pooled promoter.
fn count_attention(config: &NetworkConfig, positions: usize, channels: usize, layers: &mut Vec<LayerFlops>) -> usize {
    let (heads, scoring) = (config.attention_heads, channels / 2);
    layers.push(LayerFlops::dense("head.scoring", positions, channels, scoring));
    layers.push(LayerFlops { weights: scoring * heads, ..LayerFlops::dense("head.score", positions, scoring, heads) });
    // The slope of each head on the distance, then the weighted sum of the positions.
    layers.push(LayerFlops {
        name: "head.distance_slope".to_owned(),
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
    fn the_base_network_at_11_kb_worked_by_hand() {
        let arithmetic = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
        assert_eq!(arithmetic.padded_bp, 11_008); // 172 x 64
        let counted: Vec<(&str, usize)> =
            arithmetic.layers.iter().map(|layer| (layer.name.as_str(), layer.multiply_adds)).collect();
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
        assert_eq!(arithmetic.multiply_adds(), 137_270_960);
        // The first convolution, 42,270,720 multiply-adds, becomes five rows of 64 values a base.
        assert_eq!(arithmetic.layers[0].table_additions, 11_008 * 5 * 64);
        assert_eq!(arithmetic.operations(), 137_270_960 - 42_270_720 + 3_522_560);
        // Three times 95,000,240, and twice the first layer.
        assert_eq!(arithmetic.training_operations(), 3 * 95_000_240 + 2 * 3_522_560);
        assert_eq!(arithmetic.training_multiply_adds(), 3 * 95_000_240 + 2 * 42_270_720);
    }

    #[test]
    fn bytes_are_those_of_f32_values() {
        let arithmetic = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
        assert_eq!((arithmetic.one_hot_bytes(), arithmetic.code_bytes()), (176_128, 11_008));
        let [conv, norm] = [&arithmetic.layers[0], &arithmetic.layers[1]];
        // 15 x 4 x 64 weights and 64 biases; pooled by 8 before they are normalised.
        assert_eq!((conv.weight_bytes(), conv.output_bytes()), (4 * 3_904, 4 * 11_008 * 64));
        assert_eq!((norm.weight_bytes(), norm.output_bytes()), (4 * 128, 4 * 1_376 * 64));
    }

    #[test]
    fn weights_are_counted_as_the_network_has_them() {
        for (preset, window_bp) in [(Preset::Small, 60), (Preset::Small, 300), (Preset::Base, 11_000)] {
            for architecture in Architecture::ALL {
                let config = NetworkConfig::preset(preset, window_bp, 3).with_architecture(architecture);
                let tracks = if architecture.reads_bases() { 3 } else { 0 };
                for config in [config.clone(), config.with_auxiliary_inputs(8, tracks)] {
                    let network = config.build(42, &device::cpu());
                    assert_eq!(FlopCount::new(&config, window_bp).weights(), network.num_params(), "{architecture}");
                }
            }
        }
    }

    #[test]
    fn a_perceptron_on_kmers_costs_the_same_at_every_length() {
        let config = NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(Architecture::KmerMlp);
        let arithmetic = FlopCount::new(&config, 300);
        assert_eq!(arithmetic.multiply_adds(), 1_364 * 128 + 128 * 64 + 64 * 2);
        assert_eq!(arithmetic.training_operations(), 2 * 1_364 * 128 + 3 * (128 * 64 + 64 * 2));
        assert_eq!(arithmetic.layers, FlopCount::new(&config, 11_000).layers);
    }
}
