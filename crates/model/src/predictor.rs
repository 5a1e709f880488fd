//! Predictions of a trained model.

use std::collections::BTreeMap;
use std::ops::Range;

use burn::tensor::Tensor;
use tatabox_dataset::Extent;
use tatabox_sequence::{Sequence, UNKNOWN};

use crate::batch::WindowBatcher;
use crate::device::SelectedDevice;
use crate::dropout::DropoutMask;
use crate::run_directory::TrainedModel;

/// Windows that go through the network together.
pub(crate) const BATCH_WINDOWS: usize = 32;

/// Known bases are cropped to in steps of this share of the window, so that windows of nearly equal extent share a
/// batch.
const CROP_STEPS: usize = 16;

/// A trained model and what it takes to run it.
pub struct Predictor {
    model: TrainedModel,
    batcher: WindowBatcher,
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
        let batcher = WindowBatcher::new(&model.config.network, device.device.clone());
        Self { model, batcher }
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
        let extent = self.extent();
        let codes = promoter.codes();
        let start = tss_offset as i64 - i64::from(extent.upstream_bp);
        (start..start + i64::from(extent.total_bp()))
            .map(|index| usize::try_from(index).ok().and_then(|index| codes.get(index)).copied().unwrap_or(UNKNOWN))
            .collect()
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
            for indices in indices.chunks(BATCH_WINDOWS) {
                let crops: Vec<&[u8]> = indices.iter().map(|&index| &windows[index][start..end]).collect();
                for (&index, prediction) in indices.iter().zip(self.predict_crops(&crops, start)) {
                    predictions[index] = Some(prediction);
                }
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
        let upstream = i64::from(self.extent().upstream_bp);
        let batch = self.batcher.batch(crops, upstream - start as i64);
        let attention_start_bp = -batch.tss_index;
        let output = self.model.network.forward(&batch, &mut DropoutMask::none());
        let attention = output.attention.map_or_else(|| vec![Vec::new(); crops.len()], mean_over_heads);
        let z_scores: Vec<f64> = output.predictions.into_data().iter::<f64>().collect();
        z_scores
            .chunks(self.cell_types().len())
            .zip(attention)
            .map(|(z_scores, attention)| WindowPrediction {
                log2_tpm: z_scores
                    .iter()
                    .enumerate()
                    .map(|(cell_type, &z)| self.model.transform.to_log2(cell_type, z))
                    .collect(),
                attention,
                attention_start_bp,
            })
            .collect()
    }
}

/// `[batch, heads, positions]` to one row a window.
fn mean_over_heads(attention: Tensor<3>) -> Vec<Vec<f64>> {
    let attention = attention.mean_dim(1).squeeze_dim::<2>(1);
    let positions = attention.dims()[1];
    let weights: Vec<f64> = attention.into_data().iter::<f64>().collect();
    weights.chunks(positions).map(<[f64]>::to_vec).collect()
}
