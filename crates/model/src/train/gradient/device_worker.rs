//! Loss and gradients of a batch, on this thread or on the thread of another device.

use std::panic;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};

use super::loss_scaling::{loss_scale, unscaled};
use crate::device::Precision;
use crate::nn::Network;
use crate::nn::{BatchLoss, DropoutMask};
use crate::train::batch::EncodedBatch;

/// Part of a training step for one device.
pub(crate) struct BatchTask {
    pub network: Network,
    pub batch: EncodedBatch,
    pub dropout: DropoutMask,
    pub precision: Precision,
    pub loss: BatchLoss,
    /// Fraction of the step's measurements in this batch.
    pub fraction: f32,
}

impl BatchTask {
    /// Contribution of the batch to the loss of the step, and its gradient. `device` has automatic differentiation and
    /// holds the network.
    pub fn run(mut self, device: &Device) -> (Tensor<1>, GradientsParams) {
        let batch = self.batch.upload(device, self.precision);
        let output = self.network.run(&batch.windows, &mut self.dropout);
        let mut loss = self.loss.masked(output.predictions, batch.targets, batch.measured);
        if self.fraction < 1.0 {
            loss = loss * self.fraction;
        }
        let gradients = (loss.clone() * loss_scale(self.precision)).backward();
        let gradients = GradientsParams::from_grads(gradients, &self.network);
        (loss.inner(), unscaled(self.precision, gradients, &self.network))
    }
}

/// Thread that works on its own device.
pub(crate) struct DeviceWorker {
    tasks: Sender<BatchTask>,
    results: Receiver<(Tensor<1>, GradientsParams)>,
    thread: Option<JoinHandle<()>>,
}

impl DeviceWorker {
    pub fn new(device: Device) -> Self {
        let (tasks, tasks_in) = channel::<BatchTask>();
        let (results_out, results) = channel();
        let work = move || {
            for mut task in tasks_in {
                task.network = task.network.fork(&device);
                // The receiver is gone once the run is over.
                if results_out.send(task.run(&device)).is_err() {
                    return;
                }
            }
        };
        Self { tasks, results, thread: Some(thread::spawn(work)) }
    }

    /// Starts a task; the network is copied to the worker's device.
    pub fn start(&mut self, task: BatchTask) {
        if self.tasks.send(task).is_err() {
            self.fail();
        }
    }

    /// Result of the task started first.
    ///
    /// # Panics
    /// With the panic of the worker, if it panicked.
    pub fn result(&mut self) -> (Tensor<1>, GradientsParams) {
        self.results.recv().unwrap_or_else(|_| self.fail())
    }

    fn fail(&mut self) -> ! {
        if let Some(Err(cause)) = self.thread.take().map(JoinHandle::join) {
            panic::resume_unwind(cause);
        }
        unreachable!("a worker runs until it is dropped")
    }
}
