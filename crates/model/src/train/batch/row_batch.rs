//! Windows and targets of rows of a data set: genes and rows of assays.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset, TargetTransform};
use tatabox_sequence::complement;

use super::epoch_plan::{PlannedBatch, PlannedRow};
use super::row_targets::{RowTargets, insert_of, output_weights};
use crate::bundle::TrainingConfig;
use crate::cpu::LabelledWindows;
use crate::device::Precision;
use crate::error::ModelError;
use crate::input::{DatasetColumns, EncodedWindows, PromoterWindow, WindowEncoder, WindowView};
use crate::nn::WindowBatch;

/// Batch with measurements, on a device.
pub(crate) struct RowBatch {
    pub windows: WindowBatch,
    /// `[batch, cell types]`, z-scores; 0 where missing.
    pub targets: Tensor<2>,
    /// `[batch, cell types]`, weight in the loss, 0 where missing.
    pub measured: Tensor<2>,
}

/// Batch with measurements, in main memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EncodedBatch {
    windows: EncodedWindows,
    targets: Vec<f32>,
    measured: Vec<f32>,
}

impl EncodedBatch {
    /// Batch in which every target is measured as 0.
    pub fn of_zeros(windows: EncodedWindows, cell_types: usize) -> Self {
        let values = windows.windows * cell_types;
        Self { windows, targets: vec![0.0; values], measured: vec![1.0; values] }
    }

    /// Number of measured values, or the sum of their weights.
    pub fn measurements(&self) -> f32 {
        self.measured.iter().sum()
    }

    /// The batch as the [CPU kernels](crate::cpu) read it.
    pub fn labelled(&self) -> LabelledWindows<'_> {
        LabelledWindows { windows: &self.windows, targets: &self.targets, measured: &self.measured }
    }

    /// Uploads the batch to `device`, to be processed in `precision`.
    pub fn upload(self, device: &Device, precision: Precision) -> RowBatch {
        let genes = self.windows.windows;
        let matrix = |values: Vec<f32>| {
            let cell_types = values.len() / genes;
            Tensor::from_data(TensorData::new(values, [genes, cell_types]), device)
        };
        RowBatch {
            targets: matrix(self.targets),
            measured: matrix(self.measured),
            windows: self.windows.upload(device, precision),
        }
    }
}

/// Reader of batches of genes from a data set.
pub(crate) struct RowReader {
    dataset: PreparedDataset,
    /// Columns of the targets of the data set, in the order of the network's outputs.
    targets: Vec<usize>,
    /// Weight of each of them in the loss.
    weights: Vec<f32>,
    transform: TargetTransform,
    inputs: DatasetColumns,
    encoder: WindowEncoder,
}

impl RowReader {
    /// Reader for the columns `targets` of the data set and the auxiliary inputs of `config`.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`] for a gene feature or track that the data set lacks.
    pub fn new(dataset: PreparedDataset, targets: Vec<usize>, config: &TrainingConfig) -> Result<Self, ModelError> {
        let inputs = DatasetColumns::of(config.auxiliary_inputs(), &dataset)?;
        let encoder = WindowEncoder::new(&config.network).with_auxiliary_inputs(config.auxiliary_inputs());
        let (transform, weights) = (dataset.target_transform(), output_weights(config));
        Ok(Self { dataset, targets, weights, transform, inputs, encoder })
    }

    pub fn read(&self, planned: &PlannedBatch) -> EncodedBatch {
        let windows = self.planned_windows(planned);
        let windows: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        let rows: Vec<usize> = planned.rows.iter().map(|row| row.row).collect();
        let RowTargets { z_scores, weights } =
            RowTargets::weighted(&self.dataset, &self.transform, &rows, &self.targets, &self.weights);
        let windows = self.encoder.encode_all(&windows, i64::from(planned.extent.upstream_bp));
        EncodedBatch { windows, targets: z_scores, measured: weights }
    }

    /// Windows of a batch, shifted and mutated as planned. Tracks are shifted with the bases.
    fn planned_windows(&self, planned: &PlannedBatch) -> Vec<PromoterWindow> {
        planned
            .rows
            .par_iter()
            .map(|planned_row| {
                let &PlannedRow { row, shift_bp, .. } = planned_row;
                let mut window = self.inputs.window(&self.dataset, row, planned.extent, shift_bp);
                match insert_of(&self.dataset, row) {
                    Some(insert) => self.change_insert(planned_row, planned.extent, insert, &mut window.bases),
                    None => mutate(planned_row, &mut window.bases),
                }
                window
            })
            .collect()
    }

    /// Turns and mutates the insert of a construct; its flanks stay.
    fn change_insert(&self, planned: &PlannedRow, extent: Extent, insert: Range<usize>, bases: &mut [u8]) {
        if !planned.reverse_complement && planned.mutations.is_none() {
            return;
        }
        let geometry = self.dataset.geometry();
        let mut whole = Vec::new();
        self.dataset.window_codes(planned.row, 0..geometry.len(), &mut whole);
        let codes = &mut whole[insert];
        if planned.reverse_complement {
            codes.reverse();
            for code in codes.iter_mut() {
                *code = complement(*code);
            }
        }
        mutate(planned, codes);
        bases.copy_from_slice(&extent.cut(&whole, geometry.upstream_bp as usize));
    }
}

fn mutate(planned: &PlannedRow, codes: &mut [u8]) {
    if let Some(mutations) = &planned.mutations {
        mutations.apply(planned.row, codes);
    }
}
