//! Loss and gradients of a training step, on the CPU kernels or by automatic differentiation.

mod autodiff_gradients;
mod batch_gradients;
mod cpu_gradients;
mod device_worker;
mod epoch_loss;
mod loss_scaling;

pub(crate) use autodiff_gradients::AutodiffGradients;
pub(crate) use batch_gradients::BatchGradients;
pub(crate) use cpu_gradients::{CpuGradients, loss_and_gradients};
pub(crate) use device_worker::BatchTask;
pub(crate) use epoch_loss::{EpochLoss, StepLoss};
