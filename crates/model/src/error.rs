//! Errors of this crate.

use std::fmt;
use std::path::PathBuf;

use tatabox_dataset::Extent;

/// Error of building, training, saving or running a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A configuration value is outside its range.
    #[error("{field} is {value}; expected {expected}")]
    InvalidConfig {
        /// The field as named in config.json, or the argument.
        field: &'static str,
        /// The value found.
        value: String,
        /// The allowed range.
        expected: String,
    },
    /// A window does not have the length that the model reads.
    #[error("window {window} has {length} bases; the model reads {expected}")]
    WrongWindowLength {
        /// Index of the window among those given.
        window: usize,
        /// Its number of bases.
        length: usize,
        /// Number of bases that the model reads.
        expected: usize,
    },
    /// A window holds a value that is no nucleotide code.
    #[error("window {window}, base {index}: {code} is no nucleotide code; expected 0 to 3 for A, C, G, T or 4 for N")]
    InvalidBase {
        /// Index of the window among those given.
        window: usize,
        /// Index of the base in the window.
        index: usize,
        /// The value found.
        code: u8,
    },
    /// Positions reach beyond a window.
    #[error("positions {start} to {end} reach beyond the window of {length} bases")]
    OutsideWindow {
        /// The first position requested.
        start: usize,
        /// The position after the last one requested.
        end: usize,
        /// Bases of the window.
        length: usize,
    },
    /// A cell type index is beyond the outputs of the model.
    #[error("cell type {index} does not exist; the model has {outputs} outputs, counted from 0")]
    UnknownOutput {
        /// The index requested.
        index: usize,
        /// Outputs of the model.
        outputs: usize,
    },
    /// A gene index is beyond the genes of the data set.
    #[error("gene {index} does not exist; the data set has {genes} genes, counted from 0")]
    UnknownGene {
        /// The index requested.
        index: usize,
        /// Genes of the data set.
        genes: usize,
    },
    /// The requested device does not exist or cannot be used.
    #[error("{device} is not available: {reason}")]
    DeviceUnavailable {
        /// The requested device.
        device: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// The device does not compute in this number format.
    #[error(
        "{device} does not compute in {precision}; every device computes in f32, a GPU of compute capability 8.0 or newer \
         also in bf16"
    )]
    PrecisionUnsupported {
        /// The device.
        device: String,
        /// The number format.
        precision: String,
    },
    /// A file of a model folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// The failed action: "read", "write", "create", "copy", "remove" or "rename".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file has unexpected content.
    #[error("{}: {reason}", path.display())]
    InvalidFile {
        /// The file.
        path: PathBuf,
        /// The content found, the content expected and the remedy.
        reason: String,
    },
    /// A file of weights needs a second file that describes the model.
    #[error("{} does not contain its {name}; the {name}.json of the model is required", path.display())]
    MissingCompanion {
        /// The file of weights.
        path: PathBuf,
        /// The missing description: "config" or "transform".
        name: &'static str,
    },
    /// A folder does not hold a trained model.
    #[error("{} is not a trained model: {reason}", path.display())]
    NotAModel {
        /// The folder.
        path: PathBuf,
        /// The missing file, or that the training has not finished.
        reason: String,
    },
    /// A model of that name exists already.
    #[error("{} already exists", path.display())]
    RunExists {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes to the folder.
    #[error("{} is in use: another process trains or writes it; wait for it to end, or choose another name", path.display())]
    RunInUse {
        /// The folder.
        path: PathBuf,
    },
    /// An unfinished run of that name exists.
    #[error("{} holds an unfinished run", path.display())]
    UnfinishedRun {
        /// The folder of the unfinished run.
        path: PathBuf,
    },
    /// A folder to be replaced holds a file that is not part of a model.
    #[error("{} holds {name}, which is not part of a model and would be deleted; move it to another folder", path.display())]
    NotOfModel {
        /// The folder.
        path: PathBuf,
        /// The file or subfolder.
        name: String,
    },
    /// A checkpoint does not have the bytes that were saved.
    #[error("{}: damaged: {reason}; the run cannot be resumed", path.display())]
    DamagedCheckpoint {
        /// The file.
        path: PathBuf,
        /// Difference from the saved bytes.
        reason: String,
    },
    /// A run cannot be resumed.
    #[error("cannot resume {}: {conflict}", path.display())]
    CannotResume {
        /// The folder of the run.
        path: PathBuf,
        /// Why it cannot be resumed.
        conflict: ResumeConflict,
    },
    /// Weights cannot be written in another format.
    #[error("the weights {0}")]
    Weights(String),
    /// The network has no gradient with respect to bases.
    #[error(
        "gradients with respect to bases need a network with convolutions that runs on the CPU in f32; this one is \
         {architecture}. In-silico mutagenesis works with every network"
    )]
    NoGradient {
        /// Name of the architecture.
        architecture: &'static str,
    },
    /// The format cannot hold this model.
    #[error("cannot be exported as {format}: {reason}")]
    NotExportable {
        /// The format.
        format: &'static str,
        /// Why, and the alternative.
        reason: String,
    },
    /// The network has no motif filters.
    #[error("the architecture {architecture} has no motif convolutions, and therefore no filters")]
    NoFilters {
        /// Name of the architecture.
        architecture: &'static str,
    },
    /// A model cannot be a member of an ensemble with the others.
    #[error("{} cannot be a member of the ensemble: {reason}", path.display())]
    MembersDiffer {
        /// The folder of the model.
        path: PathBuf,
        /// Its difference from the first member.
        reason: String,
    },
    /// The members of an ensemble have no validation genes in common.
    #[error(
        "{} was trained on \"{trained_on}\" with other splits or genes than those of \"{dataset}\", so the ensemble has no \
         common validation genes",
        path.display()
    )]
    NoCommonValidationGenes {
        /// The folder of the member.
        path: PathBuf,
        /// The data set that it was trained on.
        trained_on: String,
        /// The data set that the ensemble was to be scored on.
        dataset: String,
    },
    /// Auxiliary inputs of the model are missing.
    #[error("the model requires {inputs} as auxiliary inputs; {found}; {hint}")]
    MissingAuxiliaryInputs {
        /// The gene features or tracks, by name.
        inputs: String,
        /// Where they were looked up, and what was found there.
        found: String,
        /// The remedy.
        hint: &'static str,
    },
    /// A gene feature or track has no variance, so it cannot be scaled.
    #[error("{input} has the same value in all {genes} train genes, so nothing can be learned from it; exclude it")]
    ConstantInput {
        /// The gene feature or track.
        input: String,
        /// Number of genes examined.
        genes: usize,
    },
    /// A task is not defined for a model that reads signal tracks.
    #[error("{task} is not defined for a model that reads signal tracks ({tracks}): {reason}")]
    NotWithTracks {
        /// The requested task.
        task: &'static str,
        /// Names of the tracks.
        tracks: String,
        /// Why.
        reason: &'static str,
    },
    /// The windows of the data set are shorter than the extent of the model.
    #[error(
        "the model reads {extent} around the TSS and was trained on \"{trained_on}\"; the windows of \"{dataset}\" cover \
         {windows}"
    )]
    ExtentNotCovered {
        /// Bases that the model reads.
        extent: Extent,
        /// The data set that the model was trained on.
        trained_on: String,
        /// The data set given.
        dataset: String,
        /// Bases in the windows of the data set given.
        windows: Extent,
    },
    /// The source model of a transfer has changed since the run was set up.
    #[error("the weights of {} have changed since this run was set up", path.display())]
    TransferSourceChanged {
        /// Folder of the source model.
        path: PathBuf,
    },
    /// Model and data, or model and configuration, do not match.
    #[error("model and data do not match: {0}")]
    Mismatch(String),
    /// A split has too few genes to train or to score on.
    #[error("the {split} split has {genes} usable genes; at least {needed} are required; {shortage}")]
    TooFewGenes {
        /// Name of the split.
        split: String,
        /// Usable genes.
        genes: usize,
        /// Genes required.
        needed: usize,
        /// Why the other genes are not usable.
        shortage: GeneShortage,
    },
    /// The loss or a gradient is no longer a finite number.
    #[error("the loss became {loss} in epoch {epoch}; use a lower learning rate")]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The loss.
        loss: f64,
    },
    /// The caller stopped the run.
    #[error("interrupted after epoch {epoch}; the run can be resumed")]
    Interrupted {
        /// The last complete epoch.
        epoch: usize,
    },
    /// An error of the data set.
    #[error(transparent)]
    Dataset(#[from] tatabox_dataset::DatasetError),
    /// An error of a sequence or a sequence file.
    #[error(transparent)]
    Sequence(#[from] tatabox_sequence::SequenceError),
}

/// Why a run cannot be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResumeConflict {
    /// No unfinished run has that name.
    NothingToResume,
    /// The run has finished.
    AlreadyFinished,
    /// The folder holds an ensemble, and a single network was requested.
    IsEnsemble,
    /// The folder holds a single network, and an ensemble was requested.
    IsSingleNetwork,
    /// The run was started with another configuration or data set.
    DifferentConfig,
    /// The ensemble was started with other members.
    DifferentMembers {
        /// Members in the folder, and the seed of the first.
        found: (usize, u64),
        /// Members requested, and the seed of the first.
        requested: (usize, u64),
    },
}

impl fmt::Display for ResumeConflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToResume => formatter.write_str("there is no unfinished run of that name"),
            Self::AlreadyFinished => formatter.write_str("the run has finished"),
            Self::IsEnsemble => formatter.write_str("it is an ensemble, not a single network"),
            Self::IsSingleNetwork => formatter.write_str("it is a single network, not an ensemble"),
            Self::DifferentConfig => {
                formatter.write_str("its config.json differs from the requested configuration or data set")
            }
            Self::DifferentMembers { found, requested } => write!(
                formatter,
                "it has {} members from seed {}; the requested ensemble has {} from seed {}",
                found.0, found.1, requested.0, requested.1
            ),
        }
    }
}

/// Why genes of a split are not usable.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GeneShortage {
    /// Genes whose known sequence is shorter than the extent, or that lack gene features.
    ShorterThanExtent {
        /// Genes that are shorter than the extent.
        shorter: usize,
        /// Genes that reach the extent and lack the gene features.
        without_features: usize,
        /// The extent.
        extent: Extent,
    },
    /// Genes without the gene features that are to be scaled.
    WithoutFeatures {
        /// Number of these genes.
        genes: usize,
    },
    /// Genes without a measurement in any of the cell types.
    Unmeasured {
        /// Number of these genes.
        genes: usize,
    },
    /// Genes without a measurement in one of the cell types.
    UnmeasuredIn {
        /// The cell type.
        cell_type: String,
        /// Number of these genes.
        genes: usize,
    },
    /// Only a fraction of the genes was requested.
    Fraction {
        /// All usable genes.
        all: usize,
        /// The fraction requested.
        fraction: f64,
    },
}

impl fmt::Display for GeneShortage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShorterThanExtent { shorter, without_features, extent } => {
                if *without_features > 0 {
                    write!(formatter, "{without_features} more lack the required gene features; ")?;
                }
                write!(formatter, "{shorter} more are known over less than the extent {extent}")
            }
            Self::WithoutFeatures { genes } => {
                write!(formatter, "{genes} more lack the gene features that are to be scaled")
            }
            Self::Unmeasured { genes } => write!(formatter, "{genes} more have no measurement"),
            Self::UnmeasuredIn { cell_type, genes } => {
                write!(formatter, "{genes} more have no measurement in cell type {cell_type}")
            }
            Self::Fraction { all, fraction } => write!(formatter, "the fraction {fraction} of {all} was requested"),
        }
    }
}

impl ModelError {
    /// Adds the failed action and the file to an I/O error.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
