//! CPU kernels: inference and training of the convolutional networks without the tensor library.
//!
//! A tensor library writes each intermediate result of a batch to memory; at 11 kb that takes longer than the
//! computation. Here a window passes through the whole network before the next one, within the caches of one core. The
//! first convolution is a sum of [table rows](layer::MotifTables), unless it also reads signal tracks. The other
//! convolutions are matrix products over overlapping rows. ReLU, pooling and normalisation run in place, and both
//! directions of the GRU are loops over small products.
//!
//! The reference is [`ConvolutionalNetwork`](crate::nn::ConvolutionalNetwork); the tests compare outputs and gradients
//! of both.

pub(crate) mod array;
mod backward;
mod base_channels;
mod batch_gradient;
mod inference;
mod input_gradient;
pub(crate) mod layer;
mod mutagenesis;
mod network;
mod scratch;
mod step_dropout;
#[cfg(test)]
mod tests;
mod weights;

pub(crate) use batch_gradient::LabelledWindows;
pub(crate) use inference::WindowOutput;
pub(crate) use input_gradient::InputGradient;
pub(crate) use mutagenesis::MutatedWindow;
pub(crate) use network::CpuNetwork;
pub(crate) use scratch::Scratch;
pub(crate) use step_dropout::StepDropout;
pub(crate) use weights::{AttentionWeights, DenseWeights, GruWeights, HeadWeights, NetworkWeights, StageWeights};
