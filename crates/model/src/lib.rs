//! The hybrid CNN - GRU - attention network of tatabox, its training and its predictions.
//!
//! One-hot promoter windows go through [motif convolutions](MotifConvConfig), a
//! [bidirectional GRU](GruEncoderConfig) and [attention pooling](AttentionHeadConfig) to one output a cell type.
//! [`train`] leaves a run folder, [`TrainedModel`] reads it back, [`Predictor`] predicts with it.

mod attention_head;
mod batch;
mod checkpoint;
mod device;
mod dropout;
mod epoch_plan;
mod error;
mod gene_batch;
mod gene_selection;
mod gru_encoder;
mod history;
mod json_file;
mod learning_rate;
mod loss;
mod motif_conv;
mod network;
mod position_encoding;
mod predictor;
mod random_stream;
mod run_directory;
mod training;
mod training_config;
mod training_metric;
mod weight_average;

pub use attention_head::{AttentionHead, AttentionHeadConfig};
pub use batch::{WindowBatch, WindowBatcher};
pub use device::{DeviceChoice, SelectedDevice, cpu, cpu_backends};
pub use dropout::DropoutMask;
pub use error::ModelError;
pub use gene_selection::{DEFAULT_EXTENT_COVERAGE, GeneSelection, default_extent};
pub use gru_encoder::{GruEncoder, GruEncoderConfig};
pub use history::EpochRecord;
pub use motif_conv::{MotifConv, MotifConvConfig};
pub use network::{Network, NetworkConfig, NetworkOutput, Preset};
pub use position_encoding::bin_centre_bp;
pub use predictor::{Predictor, SplitPredictions, WindowPrediction};
pub use run_directory::{RunDirectory, RunRecord, Standing, TrainedModel, ValidationMetrics};
pub use training::{Start, TrainingEvent, TrainingSummary, cell_type_columns, train};
pub use training_config::{DEFAULT_SEED, TrainingConfig, TrainingData};
