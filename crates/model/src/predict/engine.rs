//! Prediction engines: CPU kernels or burn layers.

use super::window_prediction::WindowPrediction;
use crate::bundle::TrainedModel;
use crate::cpu::{CpuNetwork, Scratch, WindowOutput};
use crate::device::SelectedDevice;
use crate::input::{EncodedWindows, WindowBatcher, WindowEncoder, WindowView};
use crate::nn::{DropoutMask, Network};

/// Windows per batch of the burn layers.
const LAYER_WINDOWS: usize = 32;

/// Engine that runs the network of one trained model.
pub(crate) enum PredictionEngine {
    /// CPU kernels.
    Cpu { network: Box<CpuNetwork>, encoder: WindowEncoder, scratch: Scratch },
    /// Burn layers, on other devices and for networks without convolutions.
    Layers(WindowBatcher),
}

/// Grouping of windows for matrix products. Products of different shapes round sums differently, by about 1e-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Batching {
    /// Groups that minimise the total time.
    Fast,
    /// Groups of one size. On the CPU, a prediction is then bit-identical whatever other windows are predicted with it,
    /// and whatever the number of threads.
    BatchInvariant {
        /// Maximum number of windows per group.
        at_most: usize,
    },
}

/// Windows of one length for one or more networks. Networks with equal encoders share the encoded windows.
pub(crate) struct Crops<'a> {
    windows: &'a [WindowView<'a>],
    /// Index of the TSS base in each window; it may be outside.
    tss_index: i64,
    encoded: Option<(&'a WindowEncoder, EncodedWindows)>,
}

impl<'a> Crops<'a> {
    /// Windows of one length.
    pub fn new(windows: &'a [WindowView<'a>], tss_index: i64) -> Self {
        Self { windows, tss_index, encoded: None }
    }

    fn encoded(&mut self, encoder: &'a WindowEncoder) -> &EncodedWindows {
        if self.encoded.as_ref().is_some_and(|(other, _)| *other != encoder) {
            self.encoded = None;
        }
        let encode = || (encoder, encoder.encode_all(self.windows, self.tss_index));
        &self.encoded.get_or_insert_with(encode).1
    }
}

impl PredictionEngine {
    /// Engine for a loaded model on a device.
    pub fn new(model: &TrainedModel, device: &SelectedDevice) -> Self {
        let (config, inputs) = (&model.config.network, model.config.auxiliary_inputs());
        match &model.network {
            Network::Convolutional(network) if config.runs_on_cpu_kernels(device, device.precision) => Self::Cpu {
                network: Box::new(CpuNetwork::of(network)),
                encoder: WindowEncoder::new(config).with_auxiliary_inputs(inputs),
                scratch: Scratch::default(),
            },
            _ => {
                let batcher = WindowBatcher::new(config, device.device.clone()).with_auxiliary_inputs(inputs);
                Self::Layers(batcher.with_precision(device.precision))
            }
        }
    }

    /// Minimum number of windows of `length` bases for which [`Batching::BatchInvariant`] is batch invariant.
    pub fn batch_invariant_windows(&self, length: usize, at_most: usize) -> usize {
        match self {
            Self::Cpu { network, .. } => network.strip_windows(length).min(at_most),
            Self::Layers(_) => LAYER_WINDOWS,
        }
    }

    /// Predicts each window with `model`, for which the engine was created.
    pub fn predict<'a>(
        &'a self,
        model: &TrainedModel,
        crops: &mut Crops<'a>,
        batching: Batching,
    ) -> Vec<WindowPrediction> {
        match self {
            Self::Cpu { network, encoder, scratch } => {
                let windows = crops.encoded(encoder);
                let heads = model.config.network.attention_heads;
                let z_scores = |output: &WindowOutput| output.predictions.iter().map(|&z| f64::from(z)).collect();
                let prediction = |output: WindowOutput| {
                    let attention = mean_over_heads(&output.attention, heads);
                    prediction(model, z_scores(&output), attention, windows.tss_index)
                };
                let outputs = match batching {
                    Batching::Fast => network.predict(windows, scratch),
                    Batching::BatchInvariant { at_most } => network.predict_batch_invariant(windows, at_most, scratch),
                };
                outputs.into_iter().map(prediction).collect()
            }
            Self::Layers(batcher) => crops
                .windows
                .chunks(LAYER_WINDOWS)
                .flat_map(|windows| predict_by_layers(model, batcher, windows, crops.tss_index))
                .collect(),
        }
    }
}

fn predict_by_layers(
    model: &TrainedModel,
    batcher: &WindowBatcher,
    windows: &[WindowView],
    tss_index: i64,
) -> Vec<WindowPrediction> {
    let batch = batcher.batch_of(windows, tss_index);
    let output = model.network.run(&batch, &mut DropoutMask::none());
    let z_scores: Vec<f64> = output.predictions.into_data().iter::<f64>().collect();
    let attention: Vec<f32> =
        output.attention.map(|attention| attention.into_data().iter::<f32>().collect()).unwrap_or_default();
    let (heads, values) = (model.config.network.attention_heads, attention.len() / windows.len());
    z_scores
        .chunks(model.config.cell_types.len())
        .enumerate()
        .map(|(window, z_scores)| {
            let attention = mean_over_heads(&attention[window * values..(window + 1) * values], heads);
            prediction(model, z_scores.to_vec(), attention, batch.tss_index)
        })
        .collect()
}

fn prediction(model: &TrainedModel, z_scores: Vec<f64>, attention: Vec<f64>, tss_index: i64) -> WindowPrediction {
    let log2_tpm = z_scores.into_iter().enumerate();
    WindowPrediction {
        log2_tpm: log2_tpm.map(|(cell_type, z)| model.transform.to_log2(cell_type, z)).collect(),
        log2_tpm_sd: None,
        attention,
        attention_start_bp: -tss_index,
    }
}

/// Attention `[heads, positions]`, averaged over heads to one weight per position.
fn mean_over_heads(attention: &[f32], heads: usize) -> Vec<f64> {
    let positions = attention.len() / heads.max(1);
    let mut mean = vec![0.0; positions];
    for weights in attention.chunks_exact(positions.max(1)) {
        mean.iter_mut().zip(weights).for_each(|(mean, &weight)| *mean += f64::from(weight) / heads as f64);
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{NetworkConfig, Preset};

    #[test]
    fn crops_equal_encoders_share_encoded_windows() {
        let encoder = |preset| WindowEncoder::new(&NetworkConfig::preset(preset, 300, 1));
        let small = [encoder(Preset::Small), encoder(Preset::Small)];
        let mut long = NetworkConfig::preset(Preset::Small, 300, 1);
        long.stages[0].pool *= 4;
        let other = WindowEncoder::new(&long);
        let window = [0, 1, 2, 3, 0];
        let windows = [WindowView::of(&window)];
        let mut crops = Crops::new(&windows, 2);
        let first = crops.encoded(&small[0]).codes.as_ptr();
        assert_eq!(crops.encoded(&small[1]).codes.as_ptr(), first);
        // Padded to multiples of the total pool size: 8 bp and 32 bp.
        assert_eq!(crops.encoded(&small[1]).length(), 8);
        assert_eq!(crops.encoded(&other).length(), 32);
    }

    #[test]
    fn mean_over_heads_weights_heads_equally() {
        assert_eq!(mean_over_heads(&[1.0, 0.0, 0.5, 0.5], 2), [0.75, 0.25]);
        assert!(mean_over_heads(&[], 0).is_empty());
    }
}
