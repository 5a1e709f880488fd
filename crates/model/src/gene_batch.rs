//! Windows and targets of data-set genes as tensors.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_sequence::UNKNOWN;

use crate::batch::WindowBatch;
use crate::encoded_windows::{EncodedWindows, WindowEncoder};
use crate::epoch_plan::PlannedBatch;
use crate::fused::LabelledWindows;
use crate::gene_targets::GeneTargets;
use crate::network_config::NetworkConfig;
use crate::precision::Precision;

/// A batch with what was measured.
pub(crate) struct GeneBatch {
    pub windows: WindowBatch,
    /// `[batch, cell types]`, z-scores; 0 where missing.
    pub targets: Tensor<2>,
    /// `[batch, cell types]`, 1 where measured, 0 where missing.
    pub measured: Tensor<2>,
}

/// A batch as any thread can read it, before it goes to a device.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EncodedBatch {
    windows: EncodedWindows,
    targets: Vec<f32>,
    measured: Vec<f32>,
}

impl EncodedBatch {
    /// Windows of which every target is measured as 0.
    pub fn of_zeros(windows: EncodedWindows, cell_types: usize) -> Self {
        let values = windows.windows * cell_types;
        Self { windows, targets: vec![0.0; values], measured: vec![1.0; values] }
    }

    /// Values that were measured.
    pub fn measurements(&self) -> f32 {
        self.measured.iter().sum()
    }

    /// The batch as the [fused](crate::fused) network takes it.
    pub fn labelled(&self) -> LabelledWindows<'_> {
        LabelledWindows { windows: &self.windows, targets: &self.targets, measured: &self.measured }
    }

    /// Brings the batch to `device`, to be worked on in `precision`.
    pub fn upload(self, device: &Device, precision: Precision) -> GeneBatch {
        let genes = self.windows.windows;
        let matrix = |values: Vec<f32>| {
            let cell_types = values.len() / genes;
            Tensor::from_data(TensorData::new(values, [genes, cell_types]), device)
        };
        GeneBatch {
            targets: matrix(self.targets),
            measured: matrix(self.measured),
            windows: WindowBatch::new(self.windows, device, precision),
        }
    }
}

/// Reads genes of a data set into batches.
pub(crate) struct GeneReader {
    dataset: PreparedDataset,
    /// Columns of the data set, in the order of the network's outputs.
    cell_types: Vec<usize>,
    encoder: WindowEncoder,
}

impl GeneReader {
    pub fn new(dataset: PreparedDataset, cell_types: Vec<usize>, network: &NetworkConfig) -> Self {
        Self { dataset, cell_types, encoder: WindowEncoder::new(network) }
    }

    pub fn read(&self, planned: &PlannedBatch) -> EncodedBatch {
        let codes = planned_codes(&self.dataset, planned);
        let windows: Vec<&[u8]> = codes.iter().map(Vec::as_slice).collect();
        let GeneTargets { z_scores, measured } = GeneTargets::of(&self.dataset, &planned.genes, &self.cell_types);
        let windows = self.encoder.encode(&windows, i64::from(planned.extent.upstream_bp));
        EncodedBatch { windows, targets: z_scores, measured }
    }
}

/// The bases that a batch shows of each gene: shifted, and mutated where the plan says so.
pub(crate) fn planned_codes(dataset: &PreparedDataset, planned: &PlannedBatch) -> Vec<Vec<u8>> {
    planned
        .genes
        .par_iter()
        .zip(&planned.shifts_bp)
        .map(|(&gene, &shift_bp)| {
            let mut codes = shifted_codes(dataset, gene, planned.extent, shift_bp);
            if let Some(mutations) = &planned.mutations {
                mutations.apply(gene, &mut codes);
            }
            codes
        })
        .collect()
}

/// The bases of `extent` around the TSS of a gene, moved by `shift_bp`; N beyond the stored window.
pub(crate) fn shifted_codes(dataset: &PreparedDataset, gene: usize, extent: Extent, shift_bp: i64) -> Vec<u8> {
    let geometry = dataset.geometry();
    let stored = geometry.len() as i64;
    let start = i64::from(geometry.upstream_bp) - i64::from(extent.upstream_bp) + shift_bp;
    let end = start + i64::from(extent.total_bp());
    let inside = start.clamp(0, stored) as usize..end.clamp(0, stored) as usize;

    let mut inner = Vec::new();
    dataset.window_codes(gene, inside, &mut inner);
    let before = (-start).clamp(0, i64::from(extent.total_bp())) as usize;
    let mut codes = vec![UNKNOWN; before];
    codes.append(&mut inner);
    codes.resize(extent.total_bp() as usize, UNKNOWN);
    codes
}
