//! Model folders: configuration, weights, metrics, run record and checksums.

mod assay_training;
mod checksums;
mod ensemble;
mod ensemble_metrics;
mod ensemble_record;
mod files;
mod history;
mod loaded_model;
mod run_directory;
mod run_record;
mod trained_model;
mod training_config;
mod training_overlap;
mod transfer_config;
mod validation_metrics;
mod weights;

pub use assay_training::AssayTraining;
pub use checksums::{ChecksumDifferences, FolderChecksums};
pub use ensemble::{Ensemble, EnsembleSummary};
pub use ensemble_metrics::{EnsembleMetrics, MeanMetrics};
pub(crate) use ensemble_record::{ENSEMBLE, is_ensemble, member_path};
pub use ensemble_record::{EnsembleRecord, MemberRecord, first_member};
pub use files::{EmbeddedFile, ModelFiles};
pub(crate) use files::{atomic_write, read_json, write_json};
pub use history::EpochRecord;
pub use loaded_model::LoadedModel;
pub(crate) use run_directory::{
    CHECK_PREDICTIONS, EFFECT_BACKGROUND, METRICS, RUN_RECORD, RunLock, copy_model, damaged_if_unreadable,
};
pub use run_directory::{RunDirectory, RunStatus};
pub use run_record::RunRecord;
pub use trained_model::TrainedModel;
pub(crate) use trained_model::untrained_model;
pub use training_config::{DEFAULT_SEED, TrainingConfig, TrainingData};
pub use training_overlap::{TrainingOverlap, TransferRecord};
pub use transfer_config::TransferConfig;
pub(crate) use validation_metrics::mean_pearson_of_groups;
pub use validation_metrics::{ValidationMetrics, pearson_by_cell_type};
pub(crate) use weights::{weights_from_bytes, weights_to_bytes};
