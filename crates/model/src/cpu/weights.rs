//! Weights of a network as plain arrays.

use burn::module::Param;
use burn::nn::Linear;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};

use crate::nn::head::{AttentionHead, PoolingHead};
use crate::nn::{ConvolutionalNetwork, GruEncoder, MotifConv};

/// Weights in the order in which they are multiplied. Gradients have the same layout.
#[derive(Clone, Debug)]
pub(crate) struct NetworkWeights {
    pub stages: Vec<StageWeights>,
    pub gru: Option<GruWeights>,
    /// Pooling heads in the order of the outputs, at least one.
    pub heads: Vec<HeadWeights>,
}

/// Weights of one convolutional stage.
#[derive(Clone, Debug)]
pub(crate) struct StageWeights {
    pub channels_in: usize,
    pub filters: usize,
    pub kernel: usize,
    pub pool: usize,
    /// Number of filters, the first ones, that are pooled by their mean; the others are pooled by their maximum.
    pub counters: usize,
    pub dropout: f64,
    /// Epsilon of the normalisation.
    pub epsilon: f32,
    /// `[kernel, channels_in, filters]`
    pub motifs: Vec<f32>,
    /// `[filters]`: bias of the convolution.
    pub bias: Vec<f32>,
    /// `[filters]`: scale of the normalised channels.
    pub scale: Vec<f32>,
    /// `[filters]`: offset of the normalised channels.
    pub offset: Vec<f32>,
}

/// Weights of the bidirectional GRU; directions and gates in the order of [`GruEncoder`].
#[derive(Clone, Debug)]
pub(crate) struct GruWeights {
    pub input: usize,
    pub hidden: usize,
    /// `[input, 2 * 3 * hidden]`
    pub input_weight: Vec<f32>,
    /// `[2 * 3 * hidden]`
    pub input_bias: Vec<f32>,
    /// `[2, hidden, 3 * hidden]`
    pub hidden_weight: Vec<f32>,
    /// `[2, 3 * hidden]`
    pub hidden_bias: Vec<f32>,
}

/// Weights of a pooling head.
#[derive(Clone, Debug)]
pub(crate) struct HeadWeights {
    pub dropout: f64,
    /// Number of gene features, which are the last inputs of `hidden`.
    pub gene_features: usize,
    /// Attention weights; `None` for mean pooling.
    pub attention: Option<AttentionWeights>,
    pub hidden: DenseWeights,
    pub output: DenseWeights,
}

/// Weights of attention pooling.
#[derive(Clone, Debug)]
pub(crate) struct AttentionWeights {
    pub scoring: DenseWeights,
    /// `[scoring units, heads]`
    pub score: Vec<f32>,
    /// `[heads]`
    pub distance_slope: Vec<f32>,
}

/// Weights of a dense layer.
#[derive(Clone, Debug)]
pub(crate) struct DenseWeights {
    pub input: usize,
    pub output: usize,
    /// `[input, output]`
    pub weight: Vec<f32>,
    /// `[output]`
    pub bias: Vec<f32>,
}

impl NetworkWeights {
    /// Copies the weights of a network from its device.
    pub fn of(network: &ConvolutionalNetwork) -> Self {
        Self {
            stages: network.stages.iter().map(StageWeights::of).collect(),
            gru: network.gru.as_ref().map(GruWeights::of),
            heads: network.heads().map(HeadWeights::of).collect(),
        }
    }

    /// The same shape, all zeros.
    pub fn zeros_like(&self) -> Self {
        let mut zeros = self.clone();
        zeros.arrays_mut().into_iter().for_each(|array| array.fill(0.0));
        zeros
    }

    /// Adds the arrays of `other`, one by one.
    pub fn add(&mut self, other: &mut Self) {
        for (into, from) in self.arrays_mut().into_iter().zip(other.arrays_mut()) {
            into.iter_mut().zip(from.iter()).for_each(|(into, from)| *into += from);
        }
    }

    /// Registers gradients of this layout under the parameters of the network.
    pub fn into_gradients(self, network: &ConvolutionalNetwork, device: &Device) -> GradientsParams {
        let mut gradients = Gradients { registered: GradientsParams::new(), device };
        for (stage, weights) in network.stages.iter().zip(self.stages) {
            gradients.register_stage(stage, weights);
        }
        if let (Some(gru), Some(weights)) = (&network.gru, self.gru) {
            gradients.register(&gru.input_weight, weights.input_weight);
            gradients.register(&gru.input_bias, weights.input_bias);
            gradients.register(&gru.hidden_weight, weights.hidden_weight);
            gradients.register(&gru.hidden_bias, weights.hidden_bias);
        }
        for (head, weights) in network.heads().zip(self.heads) {
            gradients.register_head(head, weights);
        }
        gradients.registered
    }

    fn arrays_mut(&mut self) -> Vec<&mut Vec<f32>> {
        let mut arrays = Vec::new();
        for stage in &mut self.stages {
            arrays.extend([&mut stage.motifs, &mut stage.bias, &mut stage.scale, &mut stage.offset]);
        }
        if let Some(gru) = &mut self.gru {
            arrays.extend([&mut gru.input_weight, &mut gru.input_bias]);
            arrays.extend([&mut gru.hidden_weight, &mut gru.hidden_bias]);
        }
        for head in &mut self.heads {
            if let Some(attention) = &mut head.attention {
                arrays.extend([&mut attention.scoring.weight, &mut attention.scoring.bias]);
                arrays.extend([&mut attention.score, &mut attention.distance_slope]);
            }
            for dense in [&mut head.hidden, &mut head.output] {
                arrays.extend([&mut dense.weight, &mut dense.bias]);
            }
        }
        arrays
    }
}

impl StageWeights {
    fn of(stage: &MotifConv) -> Self {
        let [filters, channels_in, kernel] = stage.conv.weight.dims();
        let weight = values(&stage.conv.weight);
        let mut motifs = vec![0.0; weight.len()];
        for (index, to) in motif_order(filters, channels_in, kernel).enumerate() {
            motifs[to] = weight[index];
        }
        Self {
            channels_in,
            filters,
            kernel,
            pool: stage.pool_size,
            counters: filters - stage.detectors,
            dropout: stage.dropout,
            epsilon: stage.norm_epsilon as f32,
            motifs,
            bias: optional_values(stage.conv.bias.as_ref(), filters),
            scale: values(&stage.norm.gamma),
            offset: optional_values(stage.norm.beta.as_ref(), filters),
        }
    }
}

impl GruWeights {
    fn of(gru: &GruEncoder) -> Self {
        let [input, _] = gru.input_weight.dims();
        Self {
            input,
            hidden: gru.hidden,
            input_weight: values(&gru.input_weight),
            input_bias: values(&gru.input_bias),
            hidden_weight: values(&gru.hidden_weight),
            hidden_bias: values(&gru.hidden_bias),
        }
    }
}

impl HeadWeights {
    fn of(head: &PoolingHead) -> Self {
        let (attention, hidden, output) = match head {
            PoolingHead::Attention(head) => (Some(AttentionWeights::of(head)), &head.hidden, &head.output),
            PoolingHead::Mean(head) => (None, &head.hidden, &head.output),
        };
        let (dropout, gene_features) = match head {
            PoolingHead::Attention(head) => (head.dropout, head.gene_features),
            PoolingHead::Mean(head) => (head.dropout, head.gene_features),
        };
        let (hidden, output) = (DenseWeights::of(hidden), DenseWeights::of(output));
        Self { dropout, gene_features, attention, hidden, output }
    }
}

impl AttentionWeights {
    fn of(head: &AttentionHead) -> Self {
        Self {
            scoring: DenseWeights::of(&head.scoring),
            score: values(&head.score.weight),
            distance_slope: values(&head.distance_slope),
        }
    }
}

impl DenseWeights {
    fn of(layer: &Linear) -> Self {
        let [input, output] = layer.weight.dims();
        Self { input, output, weight: values(&layer.weight), bias: optional_values(layer.bias.as_ref(), output) }
    }
}

fn values<const D: usize>(weights: &Param<Tensor<D>>) -> Vec<f32> {
    weights.val().into_data().convert::<f32>().try_to_vec().expect("converted to f32")
}

fn optional_values(weights: Option<&Param<Tensor<1>>>, length: usize) -> Vec<f32> {
    weights.map_or_else(|| vec![0.0; length], values)
}

/// Index in `[kernel, channels, filters]` of each weight of burn's `[filters, channels, kernel]`.
fn motif_order(filters: usize, channels: usize, kernel: usize) -> impl Iterator<Item = usize> {
    (0..filters).flat_map(move |filter| {
        (0..channels).flat_map(move |channel| (0..kernel).map(move |tap| (tap * channels + channel) * filters + filter))
    })
}

struct Gradients<'a> {
    registered: GradientsParams,
    device: &'a Device,
}

impl Gradients<'_> {
    fn register<const D: usize>(&mut self, weights: &Param<Tensor<D>>, gradient: Vec<f32>) {
        let data = TensorData::new(gradient, weights.dims());
        self.registered.register(weights.id, Tensor::<D>::from_data(data, self.device));
    }

    fn register_optional(&mut self, weights: Option<&Param<Tensor<1>>>, gradient: Vec<f32>) {
        if let Some(weights) = weights {
            self.register(weights, gradient);
        }
    }

    fn register_dense(&mut self, layer: &Linear, gradient: DenseWeights) {
        self.register(&layer.weight, gradient.weight);
        self.register_optional(layer.bias.as_ref(), gradient.bias);
    }

    fn register_head(&mut self, head: &PoolingHead, gradient: HeadWeights) {
        let (hidden, output) = match head {
            PoolingHead::Attention(head) => {
                if let Some(attention) = gradient.attention {
                    self.register_dense(&head.scoring, attention.scoring);
                    self.register(&head.score.weight, attention.score);
                    self.register(&head.distance_slope, attention.distance_slope);
                }
                (&head.hidden, &head.output)
            }
            PoolingHead::Mean(head) => (&head.hidden, &head.output),
        };
        self.register_dense(hidden, gradient.hidden);
        self.register_dense(output, gradient.output);
    }

    fn register_stage(&mut self, stage: &MotifConv, gradient: StageWeights) {
        let order = motif_order(gradient.filters, gradient.channels_in, gradient.kernel);
        self.register(&stage.conv.weight, order.map(|from| gradient.motifs[from]).collect());
        self.register_optional(stage.conv.bias.as_ref(), gradient.bias);
        self.register(&stage.norm.gamma, gradient.scale);
        self.register_optional(stage.norm.beta.as_ref(), gradient.offset);
    }
}
