//! Network layers, architectures and the training loss.

mod architecture;
mod convolutional_network;
mod dropout;
mod gru_encoder;
#[cfg(feature = "cuda")]
mod gru_scan;
pub(crate) mod head;
mod kmer_mlp;
mod loss;
mod motif_conv;
mod network;
mod network_config;
mod position_encoding;
mod trainable_layers;
mod window_batch;

pub use architecture::Architecture;
pub use convolutional_network::ConvolutionalNetwork;
pub use dropout::DropoutMask;
pub(crate) use dropout::draw_mask;
pub use gru_encoder::{GruEncoder, GruEncoderConfig};
pub use head::{AttentionHead, AttentionHeadConfig, MeanHead, MeanHeadConfig, PoolingHead};
pub use kmer_mlp::{KMER_FEATURES, KmerMlp, KmerMlpConfig};
pub use loss::{BatchLoss, Loss};
pub use motif_conv::{MotifConv, MotifConvConfig};
pub use network::{Network, NetworkOutput};
pub use network_config::{NetworkConfig, Preset};
pub use position_encoding::{POSITION_CHANNELS, bin_centre_bp, encode_positions, log_distances};
pub(crate) use trainable_layers::TrainableLayers;
pub use window_batch::{NUCLEOTIDES, WindowBatch};
