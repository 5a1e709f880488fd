//! Errors of the library as exceptions of the package.

use std::error::Error as StdError;
use std::fmt::Write;
use std::io;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tatabox::{Error, ErrorKind, Remedy};
use tatabox_dataset::DatasetError;
use tatabox_model::ModelError;
use tatabox_sequence::SequenceError;

/// Module of the exceptions.
const MODULE: &str = "tatabox._exceptions";

/// The exception of an error: its class by the kind of the error, its message with all causes and the remedy.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error.kind() {
        _ if missing_file(error) => "MissingFileError",
        ErrorKind::Request => "RequestError",
        ErrorKind::Input => "InputError",
        ErrorKind::Model => "ModelError",
        ErrorKind::Io => "OutputError",
        ErrorKind::Cancelled => "CancelledError",
        _ => "TataboxError",
    };
    raised(py, class, &message(error), error.remedy().and_then(|remedy| in_keywords(&remedy)).as_deref())
}

/// Exception of a class of the package.
pub(crate) fn raised(py: Python<'_>, class: &str, message: &str, remedy: Option<&str>) -> PyErr {
    let instance = || {
        let keywords = PyDict::new(py);
        keywords.set_item("remedy", remedy)?;
        py.import(MODULE)?.getattr(class)?.call((message,), Some(&keywords))
    };
    instance().map_or_else(|error| error, PyErr::from_value)
}

/// Exception about an argument.
pub(crate) fn request_error(py: Python<'_>, field: &str, problem: impl Into<String>) -> PyErr {
    raised(py, "RequestError", &format!("{field}: {}", problem.into()), None)
}

/// Result of the library as a result of Python.
pub(crate) trait IntoPython<T> {
    /// The value, or the exception of the error.
    fn into_python(self, py: Python<'_>) -> PyResult<T>;
}

impl<T, E: Into<Error>> IntoPython<T> for Result<T, E> {
    fn into_python(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error.into()))
    }
}

/// The message with all causes that it does not contain already.
fn message(error: &Error) -> String {
    let mut text = match error {
        Error::InvalidRequest { field, problem } => format!("{}: {problem}", argument(field)),
        error => error.to_string(),
    };
    let mut last = text.clone();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !last.contains(&words) {
            // Writing to a string cannot fail.
            let _ = write!(text, ": {words}");
        }
        last = words;
        cause = next.source();
    }
    text
}

/// Argument that sets a field of a request.
fn argument(field: &str) -> &str {
    match field {
        "extent" => "window",
        "max_homopolymer" => "longest_run",
        "edits" => "max_edits",
        "protect_motif" => "protected_motifs",
        "motif" => "motifs",
        "target" => "targets",
        field => field,
    }
}

/// Whether the cause is a file that does not exist.
fn missing_file(error: &Error) -> bool {
    match error {
        Error::Context { source, .. } | Error::Remedied { source, .. } => return missing_file(source),
        Error::Sequence(error)
        | Error::Dataset(DatasetError::Sequence(error))
        | Error::Model(ModelError::Sequence(error))
            if matches!(error, SequenceError::FileNotFound { .. }) =>
        {
            return true;
        }
        _ => {}
    }
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A remedy in terms of arguments and functions; `None` for a remedy that has none.
fn in_keywords(remedy: &Remedy) -> Option<String> {
    Some(match remedy {
        Remedy::GiveTssOffset | Remedy::GiveWindowOrTssOffset => {
            "pass tss_offset=N with the 0-based index of the TSS base".to_owned()
        }
        Remedy::GiveGeneFeatures => "pass gene_features= with one row per promoter".to_owned(),
        Remedy::GiveTrack { name } => format!("pass tracks={{'{name}': 'signal.bw'}}"),
        Remedy::GiveGenomeCoordinates => "use predict_bed() with tracks=, or genes of a data set".to_owned(),
        Remedy::ChangeReferencePolicy => "or pass reference_mismatch='skip' or 'use-genome'".to_owned(),
        Remedy::SkipReferenceMismatches => "or pass reference_mismatch='skip'".to_owned(),
        Remedy::ChangeMalformedPolicy => "pass on_malformed='skip' to skip such records".to_owned(),
        Remedy::Overwrite | Remedy::StartAnew => "pass force=True to replace it".to_owned(),
        Remedy::ReplaceResults | Remedy::ChooseOutputOrReplace => {
            "choose another folder with out=, or pass force=True to replace its contents".to_owned()
        }
        Remedy::ChooseOutputFolder => "choose another folder with out=".to_owned(),
        Remedy::ChooseModel => "choose another model".to_owned(),
        Remedy::PrepareGeneFeatures => "prepare the data set with gene_features=".to_owned(),
        Remedy::PrepareTracks => "choose others with tracks=, or prepare the data set with tracks=".to_owned(),
        Remedy::PrepareWindows { upstream_bp, downstream_bp } => {
            format!("prepare the data set with upstream={upstream_bp}, downstream={downstream_bp} or more")
        }
        Remedy::ShortenExtent { upstream_bp, downstream_bp } => format!(
            "pass a shorter window=, or prepare the data set with upstream={upstream_bp}, downstream={downstream_bp}"
        ),
        Remedy::LengthenExtent => "pass a longer window=".to_owned(),
        Remedy::ExcludeComparator => "omit it from baselines=".to_owned(),
        Remedy::SetCacheFolder => "there is no home folder; set XDG_CACHE_HOME to a folder".to_owned(),
        Remedy::ResumeOrDiscard => "pass resume=True to resume it, or force=True to discard it".to_owned(),
        Remedy::ResumeRun => "pass resume=True to resume it".to_owned(),
        Remedy::StartWithoutResume => "start anew without resume=True".to_owned(),
        Remedy::MatchRunOptions => {
            "pass the arguments that the run was started with, or force=True in place of resume=True".to_owned()
        }
        Remedy::RequestEnsemble => "pass members=, or choose another name=".to_owned(),
        Remedy::RequestSingleNetwork => "omit members=, or choose another name=".to_owned(),
        Remedy::OmitCellType => "select other cell types with cell_types=".to_owned(),
        Remedy::ChooseBackgrounds => "choose other backgrounds=".to_owned(),
        Remedy::ChooseDevice => "pass device='cpu'".to_owned(),
        Remedy::ChoosePrecision => "pass precision='f32'".to_owned(),
        Remedy::UseMutagenesis => "pass method='ism'".to_owned(),
        Remedy::ChooseShorterExtent => "pass a shorter window=".to_owned(),
        Remedy::LowerLearningRate => "lower learning_rate=".to_owned(),
        Remedy::ChooseDuplicatePolicy => "pass duplicate='first' or 'mean'".to_owned(),
        Remedy::NameSample { file } => format!("name its cell type, as in expression={{'K562': '{file}'}}"),
        Remedy::StateScale { scale: Some(scale) } => format!("pass scale='{scale}' if that is their scale"),
        Remedy::StateScale { scale: None } => "pass scale='tpm', 'fpkm', 'counts' or 'log2'".to_owned(),
        Remedy::GiveAnnotation => "pass annotation=".to_owned(),
        Remedy::PrepareFirst => "make one with tatabox.prepare()".to_owned(),
        Remedy::EvaluateFirst => "make one with tatabox.evaluate() or tatabox.crossval()".to_owned(),
        Remedy::MatchAuxiliaryInputs => {
            "pass gene_features= and tracks= as in the training of the model to begin from".to_owned()
        }
        _ => return None,
    })
}
