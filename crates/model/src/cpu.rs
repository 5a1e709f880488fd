//! The convolutional networks on the CPU, forwards and back, without the tensor library.
//!
//! A tensor library writes each intermediate result of a batch to memory; at 11 kb that costs more than the arithmetic.
//! Here a window goes through the whole network before the next, in the caches of one core: the first convolution is
//! read from [tables](motif_tables), unless it reads signal tracks too, the others are matrix products over rows that overlap, ReLU, pooling and
//! normalisation happen where the values lie, and both directions of the GRU are a loop over small products.
//!
//! The layers of [`ConvolutionalNetwork`] are what this must equal, on every device that the tensor library knows; the
//! tests compare both, forwards and back.

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
