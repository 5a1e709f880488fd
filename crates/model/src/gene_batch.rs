//! Windows and targets of data-set genes as tensors.

use burn::tensor::{Device, Tensor, TensorData};
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_sequence::UNKNOWN;

use crate::batch::{WindowBatch, WindowBatcher};
use crate::epoch_plan::PlannedBatch;
use crate::network_config::NetworkConfig;

/// A batch with what was measured.
pub(crate) struct GeneBatch {
    pub windows: WindowBatch,
    /// `[batch, cell types]`, z-scores; 0 where missing.
    pub targets: Tensor<2>,
    /// `[batch, cell types]`, 1 where measured, 0 where missing.
    pub measured: Tensor<2>,
}

/// Reads genes of a data set into batches.
pub(crate) struct GeneBatcher<'a> {
    dataset: &'a PreparedDataset,
    /// Columns of the data set, in the order of the network's outputs.
    cell_types: Vec<usize>,
    windows: WindowBatcher,
    device: Device,
}

impl<'a> GeneBatcher<'a> {
    pub fn new(dataset: &'a PreparedDataset, cell_types: Vec<usize>, network: &NetworkConfig, device: &Device) -> Self {
        Self { dataset, cell_types, windows: WindowBatcher::new(network, device.clone()), device: device.clone() }
    }

    pub fn batch(&self, planned: &PlannedBatch) -> GeneBatch {
        let codes: Vec<Vec<u8>> = planned
            .genes
            .iter()
            .zip(&planned.shifts_bp)
            .map(|(&gene, &shift_bp)| {
                let mut codes = shifted_codes(self.dataset, gene, planned.extent, shift_bp);
                if let Some(mutations) = &planned.mutations {
                    mutations.apply(gene, &mut codes);
                }
                codes
            })
            .collect();
        let windows: Vec<&[u8]> = codes.iter().map(Vec::as_slice).collect();

        let mut targets = Vec::with_capacity(planned.genes.len() * self.cell_types.len());
        let mut measured = Vec::with_capacity(targets.capacity());
        for &gene in &planned.genes {
            for &cell_type in &self.cell_types {
                let log2_tpm = f64::from(self.dataset.log2_tpm(gene, cell_type));
                let known = log2_tpm.is_finite();
                let z = if known { self.dataset.transform().to_z(cell_type, log2_tpm) } else { 0.0 };
                targets.push(z as f32);
                measured.push(f32::from(u8::from(known)));
            }
        }
        let shape = [planned.genes.len(), self.cell_types.len()];
        GeneBatch {
            windows: self.windows.batch(&windows, i64::from(planned.extent.upstream_bp)),
            targets: Tensor::from_data(TensorData::new(targets, shape), &self.device),
            measured: Tensor::from_data(TensorData::new(measured, shape), &self.device),
        }
    }
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
