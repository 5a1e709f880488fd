//! Errors of the library, with the next step that a front end can suggest.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

#[cfg(feature = "train")]
use tatabox_baselines::BaselineError;
use tatabox_dataset::DatasetError;
use tatabox_eval::EvalError;
use tatabox_model::ModelError;
#[cfg(feature = "plot")]
use tatabox_plot::PlotError;
use tatabox_sequence::SequenceError;

use crate::remedy::Remedy;

/// Result of the library.
///
/// ```
/// fn cell_types() -> tatabox::Result<usize> {
///     Ok(tatabox::Model::bundled()?.cell_types().len())
/// }
/// assert_eq!(cell_types()?, 14); // eight cell types, six outputs of assays
/// # Ok::<(), tatabox::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Error of any task.
///
/// [`kind`](Self::kind) groups errors by what a caller can do about them, and [`remedy`](Self::remedy) names a next step that the
/// front end phrases in its own terms (a flag, a keyword argument, a form field).
///
/// # Examples
///
/// ```
/// use tatabox::{ErrorKind, Model};
///
/// let error = Model::open("no/such/model").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Model);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value of a request is outside its range.
    #[error("{field}: {problem}")]
    InvalidRequest {
        /// Field of the request.
        field: &'static str,
        /// Value found and values expected.
        problem: String,
    },
    /// An input does not hold what the task requires.
    #[error("{message}")]
    InvalidInput {
        /// File, record or gene, what was found, what was expected.
        message: String,
        /// Next step, where there is one.
        remedy: Option<Remedy>,
    },
    /// The caller cancelled the task through its [`Observer`](crate::Observer).
    #[error("{0}")]
    Cancelled(String),
    /// The reader of a pipe closed it; it has enough of the output.
    #[error("the reader of the output closed it")]
    OutputClosed,
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// Verb: read, write, create, remove or rename.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Cause given by the operating system.
        source: io::Error,
    },
    /// The operating system refused something that has no path.
    #[error(transparent)]
    System(#[from] io::Error),
    /// A table, array or track could not be encoded.
    #[error(transparent)]
    Encoding(Box<dyn StdError + Send + Sync>),
    /// Sequences, annotation or variants.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// Data sets and expression tables.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// Networks, training and model folders.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Scores, tests and figures.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// Figures and reports.
    #[cfg(feature = "plot")]
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// Baselines and negative controls.
    #[cfg(feature = "train")]
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// A comparator could not be fitted.
    #[cfg(feature = "train")]
    #[error("cannot fit comparator {name}")]
    Comparator {
        /// Name of the comparator.
        name: &'static str,
        /// The cause.
        source: BaselineError,
    },
    /// An error whose next step the task knows.
    #[error("{source}")]
    Remedied {
        /// The error.
        source: Box<Error>,
        /// The next step.
        remedy: Remedy,
    },
    /// An error and the step in which it occurred.
    #[error("{context}")]
    Context {
        /// The step.
        context: String,
        /// The cause.
        source: Box<Error>,
    },
}

/// Group of errors, by what a caller can do about them.
///
/// ```
/// use tatabox::ErrorKind;
/// use tatabox::variants::WindowShifts;
///
/// let error = WindowShifts::new(&[1, 2]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Request);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Change the request.
    Request,
    /// Change an input file.
    Input,
    /// Choose another model, or other settings of it.
    Model,
    /// Free disk space, create a folder, change permissions.
    Io,
    /// The caller asked for it.
    Cancelled,
}

impl Error {
    /// Error about a field of a request.
    pub(crate) fn request(field: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidRequest { field, problem: problem.into() }
    }

    /// Error about an input.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::InvalidInput { message: message.into(), remedy: None }
    }

    /// Error about an input, with a next step.
    pub(crate) fn input_with(remedy: Remedy, message: impl Into<String>) -> Self {
        Self::InvalidInput { message: message.into(), remedy: Some(remedy) }
    }

    /// The error with a next step.
    pub(crate) fn with_remedy(self, remedy: Remedy) -> Self {
        Self::Remedied { source: Box::new(self), remedy }
    }

    /// Conversion of the error of an encoder.
    pub(crate) fn encoding(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Encoding(error.into())
    }

    /// Group of the error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidRequest { .. } => ErrorKind::Request,
            Self::InvalidInput { .. } | Self::Sequence(_) | Self::Dataset(_) | Self::Eval(_) => ErrorKind::Input,
            #[cfg(feature = "plot")]
            Self::Plot(_) => ErrorKind::Input,
            #[cfg(feature = "train")]
            Self::Baseline(_) | Self::Comparator { .. } => ErrorKind::Input,
            Self::Cancelled(_) => ErrorKind::Cancelled,
            Self::OutputClosed | Self::Io { .. } | Self::System(_) | Self::Encoding(_) => ErrorKind::Io,
            Self::Model(_) => ErrorKind::Model,
            Self::Context { source, .. } | Self::Remedied { source, .. } => source.kind(),
        }
    }

    /// Next step that resolves the error, where the library knows one.
    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::InvalidInput { remedy, .. } => remedy.clone(),
            Self::Model(error) => Remedy::of_model_error(error),
            Self::Dataset(error) => Remedy::of_dataset_error(error),
            Self::Io { action: "create", .. } => Some(Remedy::ChooseOutputFolder),
            #[cfg(feature = "train")]
            Self::Comparator { .. } => Some(Remedy::ExcludeComparator),
            Self::Remedied { remedy, .. } => Some(remedy.clone()),
            Self::Context { source, .. } => source.remedy(),
            _ => None,
        }
    }

    /// Whether the reader of the output closed it, so that there is nothing to report.
    pub fn is_output_closed(&self) -> bool {
        match self {
            Self::OutputClosed => true,
            Self::System(error) | Self::Io { source: error, .. } => error.kind() == io::ErrorKind::BrokenPipe,
            Self::Encoding(error) => is_broken_pipe(error.as_ref()),
            Self::Context { source, .. } | Self::Remedied { source, .. } => source.is_output_closed(),
            _ => false,
        }
    }
}

/// Message of a closed output; polars keeps the message of an error and drops its kind.
pub(crate) const OUTPUT_CLOSED: &str = "the reader of the output closed it";

fn is_broken_pipe(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if kind == Some(io::ErrorKind::BrokenPipe) || error.to_string().contains(OUTPUT_CLOSED) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Adds the step in which an error occurred.
pub(crate) trait Context<T> {
    /// Adds a fixed description of the step.
    fn context(self, context: impl Into<String>) -> Result<T>;

    /// Adds a description of the step that is built only for an error.
    fn with_context<S: Into<String>>(self, context: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for std::result::Result<T, E> {
    fn context(self, context: impl Into<String>) -> Result<T> {
        self.with_context(|| context)
    }

    fn with_context<S: Into<String>>(self, context: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| Error::Context { context: context().into(), source: Box::new(error.into()) })
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, context: impl Into<String>) -> Result<T> {
        self.ok_or_else(|| Error::input(context))
    }

    fn with_context<S: Into<String>>(self, context: impl FnOnce() -> S) -> Result<T> {
        self.ok_or_else(|| Error::input(context()))
    }
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        Self::encoding(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::encoding(error)
    }
}

impl From<polars::error::PolarsError> for Error {
    fn from(error: polars::error::PolarsError) -> Self {
        Self::encoding(error)
    }
}

/// Returns an [`Error::InvalidInput`] with a formatted message.
macro_rules! bail {
    ($($argument:tt)*) => {
        return Err($crate::error::Error::input(format!($($argument)*)))
    };
}

/// Returns an [`Error::InvalidInput`] with a formatted message unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($argument:tt)*) => {
        if !$condition {
            $crate::error::bail!($($argument)*);
        }
    };
}

pub(crate) use {bail, ensure};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_closed_pipe_is_found_below_its_context() {
        let closed: Result<()> = Err(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot write");
        assert!(closed.expect_err("closed").is_output_closed());
        assert!(Error::encoding(format!("parquet: {OUTPUT_CLOSED}")).is_output_closed());
        assert!(!Error::request("shifts", "empty").is_output_closed());
    }

    #[test]
    fn error_context_keeps_kind_and_remedy() {
        let cause: Result<()> = Err(Error::input_with(Remedy::GiveTssOffset, "record 3 (P): unknown TSS"));
        let error = cause.context("promoters.fa").expect_err("invalid");
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(error.remedy(), Some(Remedy::GiveTssOffset));
        assert_eq!(error.to_string(), "promoters.fa");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("record 3 (P): unknown TSS"));
    }
}
