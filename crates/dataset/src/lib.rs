//! Genes with promoter windows and expression: preparation, splits, prediction tables.
//!
//! [`prepare`](fn@prepare) turns a genome with an annotation, or promoter sequences, and an expression table into a
//! folder; [`PreparedDataset`] reads that folder. Predictions of any model go through one [`PredictionTable`].
//!
//! # Units
//!
//! Expression is linear TPM in files, `log2(TPM + 1)` in memory and z-scored per cell type for training.
//! Coordinates are 0-based and half-open.

pub mod active;
pub mod attended_motif;
pub mod attention_profile;
pub mod audit;
pub mod cell_type;
mod chromosome_order;
mod correlation;
pub mod error;
pub mod expression;
pub mod extent;
pub mod gene_features;
pub mod manifest;
pub mod packed_windows;
mod parquet_file;
mod partial_file;
pub mod prediction_table;
pub mod prepare;
pub mod prepared;
pub mod provenance;
pub mod schema;
pub mod signal_windows;
pub mod simulate;
pub mod split;
pub mod table_error;
pub mod target_transform;
mod text_input;
mod text_table;
mod window_file;
pub mod window_index;

pub use active::ActiveDataset;
pub use attended_motif::{AttendedMotif, AttentionExamples, GeneTrack};
pub use attention_profile::{AttentionRow, AttentionTable};
pub use audit::{AuditCheck, AuditOptions, AuditProgress, AuditReport, SimilarityRow, SimilarityTable, Verdict, audit};
pub use cell_type::find_cell_type;
pub use correlation::pearson;
pub use error::{DatasetError, Result};
pub use expression::{
    DuplicateCellType, EncodeSample, ExpressionConfig, ExpressionFormat, ExpressionRecord, ExpressionSource,
    ExpressionTable, Harmonise, HpaUnit, RpkmScale, SourceRecord,
};
pub use extent::Extent;
pub use gene_features::{FeatureTable, GeneFeatureRecord, GeneFeatures};
pub use manifest::{DataFile, DatasetManifest, TrackRecord};
pub use packed_windows::{PackedWindowWriter, PackedWindows};
pub use partial_file::{partial_path, write_whole};
pub use prediction_table::{PairedValues, PredictionRow, PredictionTable};
pub use prepare::{
    DropReason, FilterRecord, GeneFeatureSource, GeneFilter, PrepareConfig, PrepareProgress, PrepareReport,
    PrepareStage, TrackSource, TssRecord, TssSettings, prepare,
};
pub use prepared::{ExpressionMatch, GeneEntry, PreparedDataset, TssOrigin};
pub use provenance::{InputFile, sha256_bytes, sha256_file};
pub use signal_windows::{SignalWindowWriter, SignalWindows, stored_signal};
pub use simulate::{SimulateConfig, SimulatedMotif, SimulationNote, simulate};
pub use split::{Folds, Split, SplitMethod, SplitPart, SplitRule, SplitSummary};
pub use table_error::{Place, TableError, TableProblem};
pub use target_transform::{TargetTransform, log2_to_tpm, tpm_to_log2};
pub use window_index::{Neighbour, WindowIndex};
