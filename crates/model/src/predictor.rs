//! Predictions of a trained model.

use std::collections::BTreeMap;
use std::ops::Range;

use tatabox_dataset::Extent;
use tatabox_sequence::{Sequence, UNKNOWN};

use crate::batch::WindowBatcher;
use crate::device::SelectedDevice;
use crate::dropout::DropoutMask;
use crate::encoded_windows::WindowEncoder;
use crate::fused::{FusedNetwork, Scratch, WindowOutput};
use crate::network::Network;
use crate::run_directory::TrainedModel;

/// Windows that go through the layers of the tensor library together.
const LAYER_WINDOWS: usize = 32;

/// Windows asked for at a time, for each thread.
const WINDOWS_A_THREAD: usize = 16;

/// Known bases are cropped to in steps of this share of the window, so that windows of nearly equal extent share a
/// batch.
const CROP_STEPS: usize = 16;

/// A trained model and what it takes to run it.
pub struct Predictor {
    model: TrainedModel,
    engine: Engine,
}

/// What runs the network.
enum Engine {
    /// The CPU, window by window.
    Fused { network: Box<FusedNetwork>, encoder: WindowEncoder, scratch: Scratch },
    /// The tensor library, on a device of its own or for networks that read no bases.
    Layers(WindowBatcher),
}

/// What the model says of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowPrediction {
    /// log2(TPM + 1), one for each of [`Predictor::cell_types`].
    pub log2_tpm: Vec<f64>,
    /// Weight of each pooled position, the mean over the attention heads; empty of a model without attention.
    pub attention: Vec<f64>,
    /// Position of the first attention weight's first base, in bp from the TSS.
    pub attention_start_bp: i64,
}

impl Predictor {
    /// Makes a loaded model ready.
    pub fn new(model: TrainedModel, device: &SelectedDevice) -> Self {
        let config = &model.config.network;
        let engine = match &model.network {
            Network::Convolutional(network) if config.runs_fused(device, device.precision) => Engine::Fused {
                network: Box::new(FusedNetwork::of(network)),
                encoder: WindowEncoder::new(config),
                scratch: Scratch::default(),
            },
            _ => {
                let batcher = WindowBatcher::new(config, device.device.clone());
                Engine::Layers(batcher.with_precision(device.precision))
            }
        };
        Self { model, engine }
    }

    /// The model.
    pub fn model(&self) -> &TrainedModel {
        &self.model
    }

    /// Names of the outputs.
    pub fn cell_types(&self) -> &[String] {
        &self.model.config.cell_types
    }

    /// Bases the model reads around the TSS.
    pub fn extent(&self) -> Extent {
        self.model.config.data.extent
    }

    /// Bases under one attention weight.
    pub fn bin_bp(&self) -> usize {
        self.model.config.network.total_pool()
    }

    /// The part of a promoter that the model reads: cut to the model's extent, N where the sequence does not reach.
    /// `tss_offset` is the 0-based index of the TSS base.
    pub fn window(&self, promoter: &Sequence, tss_offset: usize) -> Vec<u8> {
        self.extent().cut(promoter.codes(), tss_offset)
    }

    /// Windows that keep every thread busy when they are predicted together.
    pub fn best_batch(&self) -> usize {
        WINDOWS_A_THREAD * rayon::current_num_threads().max(2)
    }

    /// Predicts windows as [`window`](Self::window) makes them, in their order. Padding is cropped off and costs
    /// nothing.
    pub fn predict(&self, windows: &[Vec<u8>]) -> Vec<WindowPrediction> {
        let mut by_range: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (index, window) in windows.iter().enumerate() {
            let range = self.known_range(window);
            by_range.entry((range.start, range.end)).or_default().push(index);
        }
        let mut predictions = vec![None; windows.len()];
        for ((start, end), indices) in by_range {
            let crops: Vec<&[u8]> = indices.iter().map(|&index| &windows[index][start..end]).collect();
            for (index, prediction) in indices.into_iter().zip(self.predict_crops(&crops, start)) {
                predictions[index] = Some(prediction);
            }
        }
        predictions.into_iter().flatten().collect()
    }

    /// The bases to run: from the first known to the last, rounded outwards.
    fn known_range(&self, window: &[u8]) -> Range<usize> {
        let step = (window.len() / CROP_STEPS).max(1).next_multiple_of(self.bin_bp());
        let first = window.iter().position(|&base| base != UNKNOWN).unwrap_or(0);
        let last = window.iter().rposition(|&base| base != UNKNOWN).unwrap_or(0);
        // Counted from the window's end, where the pooled positions are anchored.
        let from_end = |index: usize| window.len() - index;
        let start = window.len().saturating_sub(from_end(first).next_multiple_of(step));
        let end = window.len() - from_end(last + 1) / step * step;
        start..end
    }

    fn predict_crops(&self, crops: &[&[u8]], start: usize) -> Vec<WindowPrediction> {
        let tss_index = i64::from(self.extent().upstream_bp) - start as i64;
        match &self.engine {
            Engine::Fused { network, encoder, scratch } => {
                let windows = encoder.encode(crops, tss_index);
                let heads = self.model.config.network.attention_heads;
                let z_scores = |output: &WindowOutput| output.predictions.iter().map(|&z| f64::from(z)).collect();
                let prediction = |output: WindowOutput| {
                    let attention = mean_over_heads(&output.attention, heads);
                    self.prediction(z_scores(&output), attention, windows.tss_index)
                };
                network.predict(&windows, scratch).into_iter().map(prediction).collect()
            }
            Engine::Layers(batcher) => crops
                .chunks(LAYER_WINDOWS)
                .flat_map(|crops| self.predict_by_layers(batcher, crops, tss_index))
                .collect(),
        }
    }

    fn predict_by_layers(&self, batcher: &WindowBatcher, crops: &[&[u8]], tss_index: i64) -> Vec<WindowPrediction> {
        let batch = batcher.batch(crops, tss_index);
        let output = self.model.network.forward(&batch, &mut DropoutMask::none());
        let z_scores: Vec<f64> = output.predictions.into_data().iter::<f64>().collect();
        let attention: Vec<f32> =
            output.attention.map(|attention| attention.into_data().iter::<f32>().collect()).unwrap_or_default();
        let (heads, values) = (self.model.config.network.attention_heads, attention.len() / crops.len());
        z_scores
            .chunks(self.cell_types().len())
            .enumerate()
            .map(|(window, z_scores)| {
                let attention = mean_over_heads(&attention[window * values..(window + 1) * values], heads);
                self.prediction(z_scores.to_vec(), attention, batch.tss_index)
            })
            .collect()
    }

    fn prediction(&self, z_scores: Vec<f64>, attention: Vec<f64>, tss_index: i64) -> WindowPrediction {
        let log2_tpm = z_scores.into_iter().enumerate();
        WindowPrediction {
            log2_tpm: log2_tpm.map(|(cell_type, z)| self.model.transform.to_log2(cell_type, z)).collect(),
            attention,
            attention_start_bp: -tss_index,
        }
    }
}

/// `[heads, positions]` to one weight a position.
fn mean_over_heads(attention: &[f32], heads: usize) -> Vec<f64> {
    let positions = attention.len() / heads.max(1);
    let mut mean = vec![0.0; positions];
    for weights in attention.chunks_exact(positions.max(1)) {
        mean.iter_mut().zip(weights).for_each(|(mean, &weight)| *mean += f64::from(weight) / heads as f64);
    }
    mean
}
