//! The hybrid CNN - GRU - attention network of tatabox, its training and its predictions.
//!
//! One-hot promoter windows go through [motif convolutions](MotifConvConfig), a
//! [bidirectional GRU](GruEncoderConfig) and [attention pooling](AttentionHeadConfig) to one output a cell type.
//! Simpler [architectures](Architecture), trained alike, tell what each of these parts is worth.
//! [`train`] leaves a run folder, [`TrainedModel`] reads it back, [`Predictor`] predicts with it.

mod architecture;
mod arithmetic;
mod attended_motifs;
mod attention_examples;
mod attention_head;
mod autodiff_gradients;
mod batch;
mod batch_gradients;
mod batch_loader;
mod check_predictions;
mod checkpoint;
mod convolutional_network;
mod dense_layers;
mod device;
mod device_worker;
mod dropout;
mod encoded_windows;
mod epoch_loss;
mod epoch_plan;
mod error;
mod folder_checksums;
mod fused;
mod fused_gradients;
mod gene_batch;
mod gene_prediction;
mod gene_selection;
mod gene_targets;
mod gru_encoder;
#[cfg(feature = "cuda")]
mod gru_scan;
mod history;
mod imported_model;
mod json_file;
mod kmer_features;
mod kmer_mlp;
mod learning_rate;
mod loss;
mod machine_peak;
mod mean_head;
mod model_file;
mod motif_conv;
mod network;
mod network_config;
mod onnx;
mod pooling_head;
mod position_encoding;
mod precision;
mod predictor;
mod random_stream;
mod recomputed_metrics;
mod run_directory;
mod speed_trial;
mod torch_weights;
mod training;
mod training_config;
mod training_metric;
mod weight_average;
mod weight_table;

pub use architecture::Architecture;
pub use arithmetic::{Arithmetic, LayerArithmetic};
pub use attended_motifs::{AttendedWindow, MotifSearch, attended_motifs};
pub use attention_examples::attention_examples;
pub use attention_head::{AttentionHead, AttentionHeadConfig};
pub use batch::{WindowBatch, WindowBatcher};
pub use check_predictions::{CheckPredictions, PredictionDifference};
pub use convolutional_network::ConvolutionalNetwork;
pub use device::{DeviceChoice, SelectedDevice, cpu, cpu_backends};
pub use dropout::DropoutMask;
pub use error::ModelError;
pub use folder_checksums::{ChecksumDifferences, FolderChecksums};
pub use gene_prediction::{GenePredictions, SplitPredictions, WindowEdit};
pub use gene_selection::{DEFAULT_EXTENT_COVERAGE, GeneSelection, default_extent};
pub use gru_encoder::{GruEncoder, GruEncoderConfig};
pub use history::EpochRecord;
pub use imported_model::{ImportFiles, ImportedModel};
pub use kmer_features::{KMER_FEATURES, kmer_features};
pub use kmer_mlp::{KmerMlp, KmerMlpConfig};
pub use machine_peak::MachinePeak;
pub use mean_head::{MeanHead, MeanHeadConfig};
pub use motif_conv::{MotifConv, MotifConvConfig};
pub use network::{Network, NetworkOutput};
pub use network_config::{NetworkConfig, Preset};
pub use onnx::OnnxOptions;
pub use pooling_head::PoolingHead;
pub use position_encoding::bin_centre_bp;
pub use precision::Precision;
pub use predictor::{Predictor, WindowPrediction};
pub use run_directory::{RunDirectory, RunRecord, Standing, TrainedModel, ValidationMetrics};
pub use speed_trial::SpeedTrial;
pub use training::{Start, TrainingEvent, TrainingSummary, cell_type_columns, train};
pub use training_config::{DEFAULT_SEED, TrainingConfig, TrainingData};
