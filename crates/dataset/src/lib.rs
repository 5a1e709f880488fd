//! Genes with promoter windows and expression: preparation, splits, prediction tables.
//!
//! [`prepare`](fn@prepare) turns a genome with an annotation, or promoter sequences, and an expression table into a
//! folder; [`PreparedDataset`] reads that folder. Predictions of any model go through one [`PredictionTable`].
//!
//! # Units
//!
//! Expression is linear TPM in files, `log2(TPM + 1)` in memory and z-scored per cell type for training.
//! Coordinates are 0-based and half-open.

pub mod audit;
mod drop_reason;
mod error;
mod expression;
mod io;
mod predictions;
mod prepare;
mod prepared;
pub mod schema;
pub mod simulate;
mod split;
mod storage;

pub use audit::{AuditCheck, AuditOptions, AuditProgress, AuditReport, SimilarityRow, SimilarityTable, Verdict, audit};
pub use drop_reason::DropReason;
pub use error::{DatasetError, Result};
pub use expression::{
    DuplicateCellType, EncodeSample, ExpressionConfig, ExpressionFormat, ExpressionRecord, ExpressionSource,
    ExpressionTable, Harmonise, HarmoniseRecord, HpaUnit, ReplicatePair, ReplicateRecord, RpkmScale, SourceRecord,
    TargetTransform, find_cell_type, log2_to_tpm, pearson, tpm_to_log2,
};
pub use io::atomic_write::{atomic_write, partial_path};
pub use io::checksum::{InputFile, sha256_bytes, sha256_file};
pub use io::table_error::{TableError, TableLocation, TableProblem};
pub use predictions::{
    AttentionEnrichedKmer, AttentionExamples, AttentionRow, AttentionTable, GeneTrack, PairedValues, PredictionRow,
    PredictionTable,
};
pub use prepare::{
    FeatureTable, GeneFeatureSource, GeneFilter, PrepareConfig, PrepareProgress, PrepareReport, PrepareStage,
    TrackSource, TssSettings, prepare,
};
pub use prepared::{
    ActiveDataset, DataFile, DatasetManifest, ExpressionMatch, Extent, FORMAT_VERSION, FilterRecord, GeneEntry,
    GeneFeatureRecord, Neighbour, PreparedDataset, TrackRecord, TssOrigin, TssRecord, WindowIndex,
};
pub use simulate::{SimulateConfig, SimulatedMotif, SimulationTruth, simulate};
pub use split::{Folds, Split, SplitKey, SplitMethod, SplitPart, SplitRule, SplitSummary, assign_splits};
pub use storage::{GeneFeatures, PackedWindowWriter, PackedWindows, SignalWindowWriter, SignalWindows, stored_signal};
