//! Networks that predict gene expression from promoter DNA: training, prediction, attribution and design.
//!
//! One-hot promoter windows pass through [motif convolutions](MotifConvConfig), a [bidirectional GRU](GruEncoderConfig)
//! and [attention pooling](AttentionHeadConfig) to one output per cell type. [Ablations](Architecture) of this network
//! are trained by the same loop.
//!
//! - [`train`] and [`train_ensemble`] write model folders; [`LoadedModel`] reads them.
//! - [`Predictor`] predicts, and attributes predictions to bases: [in-silico
//!   mutagenesis](Predictor::substitution_effects), [deletions](Predictor::deletion_scan) and [integrated
//!   gradients](Predictor::integrated_gradients).
//! - [`design`](fn@design) edits promoters towards a target expression.
//! - [`ImportedModel`] reads weights of PyTorch, [`Predictor::to_onnx`] exports ONNX.
//!
//! # Examples
//! ```
//! use tatabox_model::{DeviceChoice, ImportFiles, ImportedModel, LoadedModel, Predictor, RunDirectory, RunRecord};
//!
//! # let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exchange");
//! # let folder = tempfile::tempdir()?;
//! // A PyTorch state dict becomes a model folder.
//! let files = ImportFiles {
//!     config: Some(golden.join("config.json")),
//!     transform: Some(golden.join("transform.json")),
//! };
//! let run = RunDirectory::new(folder.path(), "imported");
//! ImportedModel::read(&golden.join("state_dict.safetensors"), &files)?.write(&run, RunRecord::default(), false)?;
//!
//! // Nucleotide codes around the TSS, sense strand: 0 to 3 for A, C, G, T and 4 for N.
//! let device = DeviceChoice::Cpu.select()?;
//! let predictor = Predictor::new(LoadedModel::load(run.path(), &device.device)?, &device);
//! let window = vec![2; predictor.extent().total_bp() as usize];
//! let prediction = predictor.predict_one(&window)?;
//! assert_eq!(predictor.cell_types(), ["K562", "HepG2", "GM12878"]);
//! assert_eq!(prediction.log2_tpm.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attention;
mod attribution;
mod bench;
mod bundle;
mod cpu;
mod design;
mod device;
mod effect_background;
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
    AssayTraining, ChecksumDifferences, DEFAULT_SEED, EmbeddedFile, Ensemble, EnsembleMetrics, EnsembleRecord,
    EnsembleSummary, EpochRecord, FolderChecksums, LoadedModel, MeanMetrics, MemberRecord, ModelFiles, RunDirectory,
    RunRecord, RunStatus, TrainedModel, TrainingConfig, TrainingData, TrainingOverlap, TransferConfig, TransferRecord,
    ValidationMetrics, first_member,
};
pub use design::{
    BaseEdit, CellTypeObjective, Design, DesignGoal, DesignLimits, DesignObjective, DesignPoint, DesignProblem,
    DesignSearch, DesignStep, GeneticOptions, WindowScorer, design, gc_fraction, longest_run, occurrences,
    pareto_front, random_start,
};
pub use device::{DeviceChoice, Precision, SelectedDevice, cpu, cpu_backends};
pub use effect_background::{BackgroundSettings, EffectBackground, EffectDistribution, EffectRank};
pub use ensemble::{EnsembleDirectory, MemberEvent, assemble_ensemble, member_configs, train_ensemble};
pub use error::{GeneShortage, ModelError, ResumeConflict};
pub use exchange::{ImportFiles, ImportedModel, OnnxOptions};
pub use input::{
    AuxiliaryInputs, DEFAULT_EXTENT_COVERAGE, FeatureInterval, FeatureScaling, GeneSelection, ModelWindow,
    PromoterWindow, TrackScaling, WindowBatcher, cell_type_columns, default_extent, kmer_features, target_columns,
};
pub use nn::{
    Architecture, AttentionHead, AttentionHeadConfig, BatchLoss, ConvolutionalNetwork, DropoutMask, GruEncoder,
    GruEncoderConfig, KMER_FEATURES, KmerMlp, KmerMlpConfig, Loss, MeanHead, MeanHeadConfig, MotifConv,
    MotifConvConfig, Network, NetworkConfig, NetworkOutput, PoolingHead, Preset, WindowBatch, bin_centre_bp,
};
pub use predict::{
    CheckPredictions, GenePredictions, MemberPredictions, PredictionDifference, Predictor, SplitPredictions,
    WindowEdit, WindowPrediction,
};
pub use search::{Rung, SearchSpace, SuccessiveHalving, TrainingSettings, ranked};
pub use train::{Start, TrainingEvent, TrainingSummary, train, training_progress};
