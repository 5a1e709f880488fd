//! Gradients by automatic differentiation of the tensor library, on any device.

use std::sync::Arc;

use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;
use tatabox_dataset::PreparedDataset;

use super::batch_gradients::BatchGradients;
use super::device_worker::{BatchTask, DeviceWorker};
use super::epoch_loss::StepLoss;
use crate::bundle::TrainingConfig;
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::nn::{DropoutMask, Network, TrainableLayers};
use crate::train::batch::{BatchLoader, EncodedBatch, PlannedBatch, RowReader};

/// Forward and backward passes through the network's layers.
///
/// With several devices, each processes a part of every batch on a copy of the network; the first device sums the
/// gradients and performs the optimiser step.
///
/// # Source
/// The strategy `MultiDevice` with `OptimMainDevice` of burn-train 0.22, built from the same parts of burn.
pub(crate) struct AutodiffGradients<'a> {
    config: &'a TrainingConfig,
    reader: Arc<RowReader>,
    loader: BatchLoader,
    device: Device,
    /// Workers of the other devices.
    workers: Vec<DeviceWorker>,
    /// Whether the device executes a queue; then losses stay on it and dropout masks are computed there.
    is_queued: bool,
}

impl<'a> AutodiffGradients<'a> {
    /// Gradients on `device` for the columns `cell_types` of the data set.
    ///
    /// # Errors
    /// [`ModelError::PrecisionUnsupported`]; [`ModelError::MissingAuxiliaryInputs`].
    pub fn new(
        dataset: &PreparedDataset,
        config: &'a TrainingConfig,
        cell_types: &[usize],
        device: &SelectedDevice,
    ) -> Result<Self, ModelError> {
        device.check_precision(config.precision())?;
        let reader = Arc::new(RowReader::new(dataset.clone(), cell_types.to_vec(), config)?);
        Ok(Self {
            config,
            loader: BatchLoader::new(Arc::clone(&reader)),
            reader,
            device: device.device.clone(),
            workers: device.others.iter().map(|other| DeviceWorker::new(other.clone().autodiff())).collect(),
            is_queued: device.is_queued(),
        })
    }

    /// One task per batch, each with its own dropout masks.
    fn tasks(&self, network: &Network, batches: Vec<EncodedBatch>, dropout: &ChaCha8Rng) -> Vec<BatchTask> {
        let measured: f32 = batches.iter().map(EncodedBatch::measurements).sum();
        let task = |(stream, batch): (u64, EncodedBatch)| {
            let mut dropout = dropout.clone();
            if stream > 0 {
                dropout.set_stream(stream);
            }
            let dropout = if self.is_queued { DropoutMask::on_device(dropout) } else { DropoutMask::new(dropout) };
            BatchTask {
                fraction: batch.measurements() / measured.max(1.0),
                network: network.clone(),
                precision: self.config.precision(),
                loss: self.config.loss(),
                batch,
                dropout,
            }
        };
        (0..).zip(batches).map(task).collect()
    }
}

impl BatchGradients for AutodiffGradients<'_> {
    fn announce(&mut self, plan: &[PlannedBatch]) {
        let devices = 1 + self.workers.len();
        self.loader.start(plan.iter().map(|planned| planned.parts(devices)).collect());
    }

    fn loss_and_gradients(
        &mut self,
        network: &Network,
        _planned: &PlannedBatch,
        dropout: ChaCha8Rng,
        _trained: TrainableLayers,
    ) -> Result<(StepLoss, GradientsParams), ModelError> {
        let batches = self.loader.next();
        let mut tasks = self.tasks(network, batches, &dropout).into_iter();
        let first = tasks.next().expect("a batch has a gene");
        let busy = self.workers.iter_mut().zip(tasks).map(|(worker, task)| worker.start(task)).count();
        let (mut loss, mut gradients) = first.run(&self.device.clone().autodiff());
        if busy > 0 {
            let mut sum = GradientsAccumulator::new();
            sum.accumulate(network, gradients);
            for worker in &mut self.workers[..busy] {
                let (other_loss, other) = worker.result();
                loss = loss + other_loss.to_device(&self.device);
                sum.accumulate(network, other.to_device(&self.device, network));
            }
            gradients = sum.grads();
        }
        let loss = if self.is_queued {
            StepLoss::OnDevice(loss)
        } else {
            StepLoss::Known(f64::from(loss.into_scalar::<f32>()))
        };
        Ok((loss, gradients))
    }

    fn predict(&mut self, network: &Network, genes: &[usize]) -> Result<Vec<f64>, ModelError> {
        // Read at the end, so that a device with a queue receives the next batch while it works on the previous one.
        let predictions = genes.chunks(self.config.batch_size).map(|genes| {
            let batch = self.reader.read(&PlannedBatch::unchanged(genes, self.config.data.extent));
            let batch = batch.upload(&self.device, self.config.precision());
            network.run(&batch.windows, &mut DropoutMask::none()).predictions
        });
        Ok(Tensor::cat(predictions.collect(), 0).into_data().iter::<f64>().collect())
    }
}
