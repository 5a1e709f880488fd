//! Windows and targets of the genes of a data set.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;

use super::epoch_plan::PlannedBatch;
use super::gene_targets::GeneTargets;
use crate::bundle::TrainingConfig;
use crate::cpu::LabelledWindows;
use crate::device::Precision;
use crate::error::ModelError;
use crate::input::{DatasetColumns, EncodedWindows, PromoterWindow, WindowEncoder, WindowView};
use crate::nn::WindowBatch;

/// Batch with measurements, on a device.
pub(crate) struct GeneBatch {
    pub windows: WindowBatch,
    /// `[batch, cell types]`, z-scores; 0 where missing.
    pub targets: Tensor<2>,
    /// `[batch, cell types]`, 1 where measured, 0 where missing.
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

    /// Number of measured values.
    pub fn measurements(&self) -> f32 {
        self.measured.iter().sum()
    }

    /// The batch as the [CPU kernels](crate::cpu) read it.
    pub fn labelled(&self) -> LabelledWindows<'_> {
        LabelledWindows { windows: &self.windows, targets: &self.targets, measured: &self.measured }
    }

    /// Uploads the batch to `device`, to be processed in `precision`.
    pub fn upload(self, device: &Device, precision: Precision) -> GeneBatch {
        let genes = self.windows.windows;
        let matrix = |values: Vec<f32>| {
            let cell_types = values.len() / genes;
            Tensor::from_data(TensorData::new(values, [genes, cell_types]), device)
        };
        GeneBatch {
            targets: matrix(self.targets),
            measured: matrix(self.measured),
            windows: self.windows.upload(device, precision),
        }
    }
}

/// Reader of batches of genes from a data set.
pub(crate) struct GeneReader {
    dataset: PreparedDataset,
    /// Columns of the data set, in the order of the network's outputs.
    cell_types: Vec<usize>,
    inputs: DatasetColumns,
    encoder: WindowEncoder,
}

impl GeneReader {
    /// Reader for the columns `cell_types` of the data set and the auxiliary inputs of `config`.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`] for a gene feature or track that the data set lacks.
    pub fn new(dataset: PreparedDataset, cell_types: Vec<usize>, config: &TrainingConfig) -> Result<Self, ModelError> {
        let inputs = DatasetColumns::of(config.auxiliary_inputs(), &dataset)?;
        let encoder = WindowEncoder::new(&config.network).with_auxiliary_inputs(config.auxiliary_inputs());
        Ok(Self { dataset, cell_types, inputs, encoder })
    }

    pub fn read(&self, planned: &PlannedBatch) -> EncodedBatch {
        let windows = self.planned_windows(planned);
        let windows: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        let GeneTargets { z_scores, measured } = GeneTargets::of(&self.dataset, &planned.genes, &self.cell_types);
        let windows = self.encoder.encode_all(&windows, i64::from(planned.extent.upstream_bp));
        EncodedBatch { windows, targets: z_scores, measured }
    }

    /// Windows of a batch, shifted and mutated as planned. Tracks are shifted with the bases.
    fn planned_windows(&self, planned: &PlannedBatch) -> Vec<PromoterWindow> {
        planned
            .genes
            .par_iter()
            .zip(&planned.shifts_bp)
            .map(|(&gene, &shift_bp)| {
                let mut window = self.inputs.window(&self.dataset, gene, planned.extent, shift_bp);
                if let Some(mutations) = &planned.mutations {
                    mutations.apply(gene, &mut window.bases);
                }
                window
            })
            .collect()
    }
}
