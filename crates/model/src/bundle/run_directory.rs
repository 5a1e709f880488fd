//! Folder of one trained model, and the partial folder during training.

mod lock;

use std::fs;
use std::path::{Path, PathBuf};

use tatabox_dataset::{TargetTransform, partial_path};

use super::checksums::FolderChecksums;
use super::ensemble_record::{ENSEMBLE, MEMBERS, is_ensemble};
use super::files::{atomic_write, read_json, write_json};
use super::history::EpochRecord;
use super::run_record::RunRecord;
use super::training_config::TrainingConfig;
use super::validation_metrics::ValidationMetrics;
use super::weights::weights_to_bytes;
use crate::error::{ModelError, ResumeConflict};
use crate::nn::Network;

pub(crate) use lock::RunLock;

pub(super) const CONFIG: &str = "config.json";
pub(super) const TRANSFORM: &str = "transform.json";
const HISTORY: &str = "history.csv";
pub(crate) const METRICS: &str = "metrics.json";
pub(crate) const RUN_RECORD: &str = "run.json";
pub(super) const WEIGHTS: &str = "weights.safetensors";
/// Predictions for random sequences, which verify a model.
pub(crate) const CHECK_PREDICTIONS: &str = "check_predictions.tsv";
/// Distribution of the effects of random variants.
pub(crate) const EFFECT_BACKGROUND: &str = "effect_background.json";
/// Files that every trained model has.
pub(super) const REQUIRED: [&str; 4] = [CONFIG, TRANSFORM, RUN_RECORD, WEIGHTS];
/// Files that a model may lack.
const OPTIONAL: [&str; 5] = [METRICS, HISTORY, CHECK_PREDICTIONS, EFFECT_BACKGROUND, FolderChecksums::FILE];

/// Scores of an evaluation that were copied into the folder of a model.
const TEST_METRICS: &str = "test_metrics.json";
/// Beginning of the names of folders of evaluations.
const EVALUATION: &str = "evaluation-";

/// Folder of a model: `<root>/<name>`, and `<root>/<name>.partial` during training.
///
/// # Examples
/// ```
/// use std::path::Path;
/// use tatabox_model::RunDirectory;
///
/// let run = RunDirectory::new(Path::new("models"), "human");
/// assert_eq!(run.path(), Path::new("models/human"));
/// assert_eq!(run.partial_path(), Path::new("models/human.partial"));
/// ```
#[derive(Clone, Debug)]
pub struct RunDirectory {
    finished: PathBuf,
    partial: PathBuf,
}

/// Progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// The run has not started.
    Absent,
    /// The run was interrupted and can be resumed.
    Unfinished,
    /// The model is complete.
    Finished,
}

impl RunDirectory {
    /// Folder `<root>/<name>`.
    pub fn new(root: &Path, name: &str) -> Self {
        Self::at(&root.join(name))
    }

    /// Folder `path`.
    pub fn at(path: &Path) -> Self {
        Self { partial: partial_path(path), finished: path.to_owned() }
    }

    /// Folder of the finished model.
    pub fn path(&self) -> &Path {
        &self.finished
    }

    /// Folder of the unfinished run.
    pub fn partial_path(&self) -> &Path {
        &self.partial
    }

    /// Status of the run with this configuration.
    ///
    /// # Errors
    /// [`ModelError::CannotResume`] if the folder holds a run of another configuration or data set.
    pub fn status(&self, config: &TrainingConfig) -> Result<RunStatus, ModelError> {
        let (path, status) = match (self.finished.exists(), self.partial.exists()) {
            (true, _) => (&self.finished, RunStatus::Finished),
            (false, true) => (&self.partial, RunStatus::Unfinished),
            (false, false) => return Ok(RunStatus::Absent),
        };
        check_same_run(path, config)?;
        Ok(status)
    }

    /// Scores, history and duration in seconds of the finished run.
    pub(crate) fn outcome(&self) -> Result<(ValidationMetrics, Vec<EpochRecord>, f64), ModelError> {
        let record: RunRecord = read_json(&self.finished.join(RUN_RECORD))?;
        let path = self.finished.join(HISTORY);
        let text = fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
        let Some(history) = EpochRecord::from_csv(&text) else {
            return Err(ModelError::InvalidFile {
                path,
                reason: "not a table of epochs; the file was edited or damaged".to_owned(),
            });
        };
        Ok((read_json(&self.finished.join(METRICS))?, history, record.elapsed_s))
    }

    /// Starts a new run. A finished model or an unfinished run of the same name requires `force`.
    pub(crate) fn start(&self, config: &TrainingConfig, force: bool) -> Result<(), ModelError> {
        self.start_empty(force)?;
        write_json(&self.partial.join(CONFIG), config)
    }

    /// Creates the empty folder of the unfinished run. `force` permits replacing a finished model, which remains until
    /// the new one is complete, and discarding an unfinished run, and nothing else.
    pub(crate) fn start_empty(&self, force: bool) -> Result<(), ModelError> {
        if self.finished.exists() && !force {
            return Err(ModelError::RunExists { path: self.finished.clone() });
        }
        if self.finished.exists() && !self.finished.join(CONFIG).is_file() && !is_ensemble(&self.finished) {
            let reason = "only models are replaced; choose another folder".to_owned();
            return Err(ModelError::NotAModel { path: self.finished.clone(), reason });
        }
        if self.finished.exists() {
            check_only_model_files(&self.finished)?;
        }
        if self.partial.exists() {
            if !force {
                return Err(ModelError::UnfinishedRun { path: self.partial.clone() });
            }
            self.discard()?;
        }
        fs::create_dir_all(&self.partial).map_err(ModelError::io("create", &self.partial))
    }

    /// Removes the unfinished run.
    pub(crate) fn discard(&self) -> Result<(), ModelError> {
        fs::remove_dir_all(&self.partial).map_err(ModelError::io("remove", &self.partial))
    }

    /// Checks that an unfinished run exists and was started with this configuration.
    pub(crate) fn check_unfinished(&self, config: &TrainingConfig) -> Result<(), ModelError> {
        self.check_resumable()?;
        check_same_run(&self.partial, config).map_err(damaged_if_unreadable)
    }

    /// Checks that an unfinished run exists.
    pub(crate) fn check_resumable(&self) -> Result<(), ModelError> {
        if self.partial.exists() {
            return Ok(());
        }
        let conflict =
            if self.finished.exists() { ResumeConflict::AlreadyFinished } else { ResumeConflict::NothingToResume };
        Err(ModelError::CannotResume { path: self.partial.clone(), conflict })
    }

    pub(crate) fn write_history(&self, history: &[EpochRecord]) -> Result<(), ModelError> {
        atomic_write(&self.partial.join(HISTORY), EpochRecord::to_csv(history).as_bytes())
    }

    /// Writes weights, transform, metrics and run record, and sets the checksum of the weights in the record.
    pub(crate) fn write_results(
        &self,
        network: &Network,
        transform: &TargetTransform,
        metrics: Option<&ValidationMetrics>,
        record: &mut RunRecord,
    ) -> Result<(), ModelError> {
        let weights = self.partial.join(WEIGHTS);
        let bytes = weights_to_bytes(network, &weights)?;
        record.weights_sha256 = tatabox_dataset::sha256_bytes(&bytes);
        atomic_write(&weights, &bytes)?;
        write_json(&self.partial.join(TRANSFORM), transform)?;
        if let Some(metrics) = metrics {
            write_json(&self.partial.join(METRICS), metrics)?;
        }
        write_json(&self.partial.join(RUN_RECORD), record)
    }

    /// Renames the complete folder to its final name. A model of that name is moved away first and removed last, so that one
    /// of the two always exists.
    pub(crate) fn take_name(&self) -> Result<(), ModelError> {
        let mut replaced = self.finished.clone().into_os_string();
        replaced.push(".replaced");
        let replaced = PathBuf::from(replaced);
        let remove = || fs::remove_dir_all(&replaced).map_err(ModelError::io("remove", &replaced));
        let is_replaced = self.finished.exists();
        if is_replaced {
            if replaced.exists() {
                remove()?;
            }
            fs::rename(&self.finished, &replaced).map_err(ModelError::io("rename", &self.finished))?;
        }
        fs::rename(&self.partial, &self.finished).map_err(ModelError::io("rename", &self.finished))?;
        if is_replaced { remove() } else { Ok(()) }
    }
}

/// The error of an unfinished run; a file that is missing or cannot be parsed is damage.
pub(crate) fn damaged_if_unreadable(error: ModelError) -> ModelError {
    match error {
        ModelError::InvalidFile { path, reason } => ModelError::DamagedCheckpoint { path, reason },
        ModelError::Io { path, source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            ModelError::DamagedCheckpoint { path, reason: "the file is missing".to_owned() }
        }
        error => error,
    }
}

/// Checks that a model folder holds no file of other origin, which would be deleted with it. Evaluations belong to the model.
fn check_only_model_files(folder: &Path) -> Result<(), ModelError> {
    for entry in fs::read_dir(folder).map_err(ModelError::io("read", folder))? {
        let entry = entry.map_err(ModelError::io("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_of_model = if entry.path().is_dir() {
            name == MEMBERS || name.starts_with(EVALUATION)
        } else {
            REQUIRED.iter().chain(&OPTIONAL).chain(&[ENSEMBLE, TEST_METRICS]).any(|known| *known == name)
        };
        if !is_of_model && !name.starts_with('.') && !name.ends_with(".partial") {
            return Err(ModelError::NotOfModel { path: folder.to_owned(), name });
        }
    }
    Ok(())
}

fn check_same_run(path: &Path, config: &TrainingConfig) -> Result<(), ModelError> {
    let cannot = |conflict| Err(ModelError::CannotResume { path: path.to_owned(), conflict });
    if is_ensemble(path) {
        return cannot(ResumeConflict::IsEnsemble);
    }
    let found: TrainingConfig = read_json(&path.join(CONFIG))?;
    // JSON, because a saved configuration has lost the distinction between absent and default values.
    let json = |config: &TrainingConfig| serde_json::to_value(config).ok();
    if json(&found) == json(config) {
        return Ok(());
    }
    cannot(ResumeConflict::DifferentConfig)
}

/// Copies the files of a trained model, and no other files of the folder.
pub(crate) fn copy_model(from: &Path, to: &Path) -> Result<(), ModelError> {
    fs::create_dir_all(to).map_err(ModelError::io("create", to))?;
    let present = OPTIONAL.into_iter().filter(|name| from.join(name).is_file());
    for name in REQUIRED.into_iter().chain(present) {
        fs::copy(from.join(name), to.join(name)).map_err(ModelError::io("copy", from.join(name)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> (tempfile::TempDir, RunDirectory) {
        let root = tempfile::tempdir().expect("temporary folder");
        let run = RunDirectory::new(root.path(), "m");
        (root, run)
    }

    #[test]
    fn start_over_an_unfinished_run_requires_force() {
        let (_root, run) = directory();
        run.start_empty(false).expect("new");
        fs::write(run.partial_path().join(HISTORY), "epochs").expect("written");
        let error = run.start_empty(false).expect_err("unfinished");
        assert!(matches!(&error, ModelError::UnfinishedRun { path } if path == run.partial_path()), "{error}");
        assert!(run.partial_path().join(HISTORY).is_file(), "the unfinished run is untouched");
        run.start_empty(true).expect("discarded");
        assert!(!run.partial_path().join(HISTORY).exists());
    }

    #[test]
    fn replaced_model_folder_with_a_file_of_the_user_is_refused() {
        let (_root, run) = directory();
        fs::create_dir_all(run.path().join("evaluation-test")).expect("created");
        for name in REQUIRED {
            fs::write(run.path().join(name), "").expect("written");
        }
        run.start_empty(true).expect("a model");
        fs::write(run.path().join("notes.txt"), "mine").expect("written");
        let message = run.start_empty(true).expect_err("a note").to_string();
        assert!(message.contains("notes.txt") && message.contains("would be deleted"), "{message}");
        assert!(run.path().join("notes.txt").is_file());
    }
}
