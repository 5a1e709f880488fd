//! What can go wrong while a network is built, trained, saved or run.

use std::path::PathBuf;

use crate::nn::Architecture;

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A configuration value is outside its range.
    #[error("{field} is {value}; expected {expected}")]
    InvalidConfig {
        /// The field as it stands in config.json.
        field: &'static str,
        /// The value found.
        value: String,
        /// The range allowed.
        expected: String,
    },
    /// The requested device is not there.
    #[error("{device} is not available: {reason}")]
    DeviceUnavailable {
        /// The device as it was asked for.
        device: String,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// The device does not compute in this number format.
    #[error(
        "{device} does not compute in {precision}; use --precision f32, or bf16 on a GPU of the year 2020 or later"
    )]
    PrecisionUnsupported {
        /// The device.
        device: String,
        /// The number format.
        precision: String,
    },
    /// A file of a run folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: "read", "write", "create", "copy", "remove" or "rename".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file of a run folder holds something unexpected.
    #[error("{}: {reason}", path.display())]
    InvalidFile {
        /// The file.
        path: PathBuf,
        /// What was found, what was expected, what to do.
        reason: String,
    },
    /// A folder that should hold a trained model does not.
    #[error("{} is not a trained model: {reason}", path.display())]
    NotAModel {
        /// The folder.
        path: PathBuf,
        /// Which file is missing, or that the training has not ended.
        reason: String,
    },
    /// A run of that name is already there.
    #[error("{} already exists; choose another --name, or pass --force to replace it", path.display())]
    RunExists {
        /// The folder.
        path: PathBuf,
    },
    /// `--resume` was asked for and there is nothing to go on from, or something else.
    #[error("cannot resume {}: {reason}", path.display())]
    CannotResume {
        /// The folder of the unfinished run.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Weights cannot be written in another format.
    #[error("the weights {0}")]
    Weights(String),
    /// Gradients with respect to bases are asked of a network that has none.
    #[error(
        "a {architecture} network has no gradient with respect to bases here: it needs convolutions and runs on the CPU; \
         pass --device cpu, or take in-silico mutagenesis, which works with every network"
    )]
    NoGradient {
        /// Its architecture.
        architecture: Architecture,
    },

    /// A model that the format cannot hold.
    #[error("cannot be exported as {format}: {reason}")]
    NotExportable {
        /// The format.
        format: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// Filters were asked for of a network that has none.
    #[error(
        "the network {architecture} has no motif convolutions, and so no filters; choose a model of another --architecture, such as hybrid"
    )]
    NoFilters {
        /// The architecture's name.
        architecture: &'static str,
    },
    /// A model cannot be a member of an ensemble with the others.
    #[error("{} cannot be a member of the ensemble: {reason}", path.display())]
    MembersDiffer {
        /// The folder of the model.
        path: PathBuf,
        /// In what it differs from the first member.
        reason: String,
    },
    /// A model reads something beside the bases that is not there.
    #[error("the model reads {what} beside the bases, and {place}: {hint}")]
    MissingInput {
        /// The gene features or tracks, by name.
        what: String,
        /// Where they were looked for, and what is missing.
        place: String,
        /// What to do.
        hint: String,
    },
    /// A gene feature or track that cannot be scaled.
    #[error("{what} has the same value in all {genes} train genes that a network would learn it from; leave it out")]
    ConstantInput {
        /// The gene feature or track.
        what: String,
        /// Genes looked at.
        genes: usize,
    },
    /// Something that cannot be done with a model that reads signal tracks.
    #[error("{task} is not defined for a model that reads signal tracks ({tracks}): {reason}")]
    NotWithTracks {
        /// What was asked for.
        task: &'static str,
        /// Names of the tracks.
        tracks: String,
        /// Why.
        reason: &'static str,
    },
    /// The data set and the model do not fit together.
    #[error("the model and the data do not fit: {0}")]
    Mismatch(String),
    /// A split holds too few genes to train or to score on.
    #[error("{split} holds {genes} usable genes, at least {needed} are needed: {hint}")]
    TooFewGenes {
        /// The split's name.
        split: String,
        /// Genes found.
        genes: usize,
        /// Genes needed.
        needed: usize,
        /// What to do.
        hint: String,
    },
    /// The loss or a gradient stopped being a number.
    #[error("the loss became {loss} in epoch {epoch}; lower --learning-rate")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        loss: f64,
    },
    /// The caller asked to stop.
    #[error("interrupted after epoch {epoch}; the run can go on with --resume")]
    Interrupted {
        /// The last whole epoch.
        epoch: usize,
    },
    /// An error of the data set.
    #[error(transparent)]
    Dataset(#[from] tatabox_dataset::DatasetError),
    /// An error of a sequence or a sequence file.
    #[error(transparent)]
    Sequence(#[from] tatabox_sequence::SequenceError),
}

impl ModelError {
    /// Wraps an I/O error with what was tried on which file.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
