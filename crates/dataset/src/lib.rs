//! Data sets of promoter sequence and gene expression: preparation, splits, leak audit, simulation and prediction
//! tables.
//!
//! [`prepare`](fn@prepare) combines a genome with annotation, or promoter sequences, with expression tables and writes
//! a folder; [`PreparedDataset`] reads that folder. Every model writes its predictions as a [`PredictionTable`].
//!
//! # Units
//!
//! Expression is linear TPM in files, `log2(TPM + 1)` in memory and z-scored per cell type for training. Coordinates
//! are 0-based and half-open.
//!
//! # Examples
//!
//! Simulate promoters with known motifs, prepare a data set from them and open it:
//!
//! ```
//! use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let simulation = SimulateConfig { genes: 60, ..SimulateConfig::default() };
//! simulate(&simulation, folder.path())?;
//!
//! let expression = folder.path().join("expression.tsv");
//! let mut config = PrepareConfig::new(expression, folder.path().join("prepared"), simulation.geometry);
//! config.promoters = Some(folder.path().join("promoters.fa"));
//! let report = prepare(&config, &mut |_| {})?;
//! assert_eq!(report.kept, 60);
//!
//! let dataset = PreparedDataset::open(&config.out_dir)?;
//! let genes: usize = Split::ALL.into_iter().map(|split| dataset.genes_in(split).len()).sum();
//! assert_eq!(genes, 60);
//! # Ok(())
//! # }
//! ```

mod assay;
pub mod audit;
mod drop_reason;
mod error;
mod expression;
mod gene_match;
mod io;
mod measured_effects;
mod predictions;
mod prepare;
mod prepared;
mod quantile;
pub mod schema;
pub mod simulate;
mod split;
mod storage;

pub use assay::{
    Assay, AssayColumn, AssayProblem, AssayRecord, AssayRow, AssayScale, AssaySequences, AssaySource, AssaySummary,
    Construct, RowSource, find_assay,
};
pub use audit::{AuditCheck, AuditOptions, AuditProgress, AuditReport, SimilarityRow, SimilarityTable, Verdict, audit};
pub use drop_reason::DropReason;
pub use error::{DatasetError, Result};
pub use expression::{
    DuplicateCellType, ExpressionConfig, ExpressionFormat, ExpressionRecord, ExpressionSource, ExpressionTable,
    Harmonise, HarmoniseRecord, HpaUnit, LOW_AGREEMENT, ReplicatePair, ReplicateRecord, RpkmScale, SampleFiles, Scale,
    SourceRecord, TargetTransform, find_cell_type, log2_to_tpm, pearson, tpm_to_log2,
};
pub use gene_match::GeneMatchSummary;
pub use io::atomic_write::{
    atomic_write, create_partial, create_partial_folder, partial_path, warn_of_abandoned_partials,
};
pub use io::checksum::{InputFile, sha256_bytes, sha256_file};
pub use io::table_error::{TableError, TableLocation, TableProblem};
pub use measured_effects::{
    AlleleLayout, EffectColumn, EffectColumnNames, MeasuredAlleles, MeasuredVariant, MeasuredVariants, Significance,
};
pub use predictions::{
    AttentionEnrichedKmer, AttentionExamples, AttentionRow, AttentionTable, GeneTrack, PairedValues, PredictionRow,
    PredictionTable,
};
pub use prepare::{
    FeatureTable, GeneFeatureSource, GeneFilter, PrepareConfig, PrepareProgress, PrepareReport, PrepareStage,
    PromoterActivitySource, TrackSource, TssSettings, prepare,
};
pub use prepared::{
    ASSAY_FORMAT_VERSION, ActiveDataset, ChosenPromoter, DataFile, DatasetManifest, ExpressionMatch, Extent,
    FORMAT_VERSION, FilterRecord, GeneEntry, GeneFeatureRecord, Neighbour, PreparedDataset, PromoterChoice,
    PromoterChoiceRecord, TrackRecord, TssOrigin, TssRecord, WindowIndex,
};
pub use quantile::quantile;
pub use simulate::{SimulateConfig, SimulatedMotif, SimulationTruth, simulate};
pub use split::{
    FoldFile, Folds, HeldOutChromosomes, Split, SplitKey, SplitMethod, SplitPart, SplitRule, SplitSummary,
    assign_splits,
};
pub use storage::{GeneFeatures, PackedWindowWriter, PackedWindows, SignalWindowWriter, SignalWindows, stored_signal};

/// The examples of the README, compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
