//! The hybrid CNN - GRU - attention network of tatabox, its training and its predictions.
//!
//! One-hot promoter windows go through [motif convolutions](MotifConvConfig), a
//! [bidirectional GRU](GruEncoderConfig) and [attention pooling](AttentionHeadConfig) to one output a cell type.
//! Simpler [architectures](Architecture), trained alike, tell what each of these parts is worth.
//! [`train`] leaves a run folder, [`TrainedModel`] reads it back, [`Predictor`] predicts with it. [`train_ensemble`] and
//! [`assemble_ensemble`] leave a folder of several, which [`LoadedModel`] reads as well.

mod attention;
mod attribution;
mod bench;
mod bundle;
mod cpu;
mod design;
mod device;
mod ensemble;
mod error;
mod exchange;
mod input;
mod nn;
mod predict;
mod random_stream;
mod search;
mod train;

pub use attention::{AttentionWindow, KmerSearch, attention_enriched_kmers, attention_examples};
pub use attribution::{
    Attribution, Completeness, DeletionEffect, FilterSite, FilterSites, IntegratedGradients, MotifFilters,
    SubstitutionEffects,
};
pub use bench::{Benchmark, FlopCount, LayerFlops, MachinePeak};
pub use bundle::{
    ChecksumDifferences, DEFAULT_SEED, EmbeddedFile, Ensemble, EnsembleMetrics, EnsembleRecord, EnsembleSummary,
    EpochRecord, FolderChecksums, LoadedModel, MeanMetrics, MemberRecord, ModelFiles, RunDirectory, RunRecord,
    RunStatus, TrainedModel, TrainingConfig, TrainingData, TrainingOverlap, TransferConfig, TransferRecord,
    ValidationMetrics, first_member,
};
pub use design::{
    BaseEdit, CellTypeObjective, Design, DesignGoal, DesignLimits, DesignObjective, DesignPoint, DesignProblem,
    DesignSearch, DesignStep, GeneticOptions, WindowScorer, design, gc_fraction, longest_run, occurrences,
    pareto_front, random_start,
};
pub use device::{DeviceChoice, Precision, SelectedDevice, cpu, cpu_backends};
pub use ensemble::{EnsembleDirectory, MemberEvent, assemble_ensemble, member_configs, train_ensemble};
pub use error::{GeneShortage, ModelError, ResumeConflict};
pub use exchange::{ImportFiles, ImportedModel, OnnxOptions};
pub use input::{
    AuxiliaryInputs, DEFAULT_EXTENT_COVERAGE, FeatureScaling, GeneSelection, ModelWindow, PromoterWindow, TrackScaling,
    WindowBatcher, cell_type_columns, default_extent, kmer_features,
};
pub use nn::{
    Architecture, AttentionHead, AttentionHeadConfig, ConvolutionalNetwork, DropoutMask, GruEncoder, GruEncoderConfig,
    KMER_FEATURES, KmerMlp, KmerMlpConfig, Loss, MeanHead, MeanHeadConfig, MotifConv, MotifConvConfig, Network,
    NetworkConfig, NetworkOutput, PoolingHead, Preset, WindowBatch, bin_centre_bp,
};
pub use predict::{
    CheckPredictions, GenePredictions, MemberPredictions, PredictionDifference, Predictor, SplitPredictions,
    WindowEdit, WindowPrediction,
};
pub use search::{Rung, SearchSpace, SuccessiveHalving, TrainingSettings, ranked};
pub use train::{Start, TrainingEvent, TrainingSummary, train, training_progress};
