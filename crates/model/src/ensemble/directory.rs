//! Folder of an ensemble, and the partial folder during training.

use std::path::Path;

use crate::bundle::{
    ENSEMBLE, EnsembleRecord, EnsembleSummary, METRICS, ModelFiles, RUN_RECORD, RunDirectory, RunStatus,
    TrainingConfig, damaged_if_unreadable, is_ensemble, member_path, write_json,
};
use crate::error::{ModelError, ResumeConflict};
use crate::predict::write_verification;

/// Folder of an ensemble: `<root>/<name>`, and `<root>/<name>.partial` until all members are trained.
///
/// # Examples
/// ```
/// use tatabox_model::{EnsembleDirectory, RunStatus};
///
/// let root = tempfile::tempdir()?;
/// let ensemble = EnsembleDirectory::new(root.path(), "human");
/// assert_eq!(ensemble.status(&[])?, RunStatus::Absent);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct EnsembleDirectory {
    folder: RunDirectory,
}

impl EnsembleDirectory {
    /// Folder `<root>/<name>`.
    pub fn new(root: &Path, name: &str) -> Self {
        Self { folder: RunDirectory::new(root, name) }
    }

    /// Folder `path`.
    pub fn at(path: &Path) -> Self {
        Self { folder: RunDirectory::at(path) }
    }

    /// Folder of the finished ensemble.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Folder of the unfinished ensemble.
    pub fn partial_path(&self) -> &Path {
        self.folder.partial_path()
    }

    /// Status of the ensemble whose members have these configurations.
    ///
    /// # Errors
    /// [`ModelError::CannotResume`] if the folder holds a single network or other members.
    pub fn status(&self, configs: &[TrainingConfig]) -> Result<RunStatus, ModelError> {
        let (path, status) = if self.path().exists() {
            (self.path(), RunStatus::Finished)
        } else if self.partial_path().exists() {
            (self.partial_path(), RunStatus::Unfinished)
        } else {
            return Ok(RunStatus::Absent);
        };
        check_same(path, configs)?;
        Ok(status)
    }

    /// Run of a member, counted from 1, in the unfinished folder.
    pub(crate) fn member(&self, number: usize) -> RunDirectory {
        RunDirectory::at(&member_path(self.partial_path(), number))
    }

    /// Starts a new ensemble. A finished model or an unfinished run of the same name requires `force`.
    pub(crate) fn start(&self, force: bool) -> Result<(), ModelError> {
        self.folder.start_empty(force)
    }

    /// Records the planned members, which are checked when training is resumed.
    pub(crate) fn plan(&self, configs: &[TrainingConfig]) -> Result<(), ModelError> {
        let plan = EnsembleRecord::planned(configs.iter().map(|config| config.seed));
        write_json(&self.partial_path().join(ENSEMBLE), &plan)
    }

    /// Checks that an unfinished ensemble exists and was started with these members.
    pub(crate) fn check_unfinished(&self, configs: &[TrainingConfig]) -> Result<(), ModelError> {
        self.folder.check_resumable()?;
        check_same(self.partial_path(), configs).map_err(damaged_if_unreadable)
    }

    /// Writes the records, check predictions and checksums of the ensemble and renames the folder to its final name.
    pub(crate) fn finish(&self, summary: &EnsembleSummary) -> Result<(), ModelError> {
        let folder = self.partial_path();
        write_json(&folder.join(METRICS), &summary.metrics)?;
        write_json(&folder.join(RUN_RECORD), &summary.run)?;
        write_json(&folder.join(ENSEMBLE), &summary.record)?;
        write_verification(folder)?;
        self.folder.take_name()
    }
}

fn check_same(path: &Path, configs: &[TrainingConfig]) -> Result<(), ModelError> {
    let cannot = |conflict| Err(ModelError::CannotResume { path: path.to_owned(), conflict });
    if !is_ensemble(path) {
        return cannot(ResumeConflict::IsSingleNetwork);
    }
    let found: Vec<u64> =
        EnsembleRecord::read(&ModelFiles::folder(path))?.members.iter().map(|member| member.seed).collect();
    let seeds: Vec<u64> = configs.iter().map(|config| config.seed).collect();
    if found != seeds {
        let summary = |seeds: &[u64]| (seeds.len(), seeds.first().copied().unwrap_or_default());
        return cannot(ResumeConflict::DifferentMembers { found: summary(&found), requested: summary(&seeds) });
    }
    let member = |number| RunDirectory::at(&member_path(path, number));
    (1..).zip(configs).try_for_each(|(number, config)| member(number).status(config).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn ensemble_directory_single_network_cannot_be_resumed() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let directory = EnsembleDirectory::new(folder.path(), "m");
        assert_eq!(directory.status(&[]).expect("nothing"), RunStatus::Absent);
        fs::create_dir(directory.partial_path()).expect("created");
        let message = directory.check_unfinished(&[]).expect_err("no ensemble").to_string();
        assert!(message.contains("it is a single network") && message.contains("m.partial"), "{message}");
    }

    #[test]
    fn ensemble_directory_folder_of_other_files_is_never_replaced() {
        let folder = tempfile::tempdir().expect("temporary folder");
        fs::write(folder.path().join("thesis.txt"), "years of work").expect("written");
        let message = EnsembleDirectory::at(folder.path()).start(true).expect_err("no model").to_string();
        assert!(message.contains("only models are replaced"), "{message}");
        assert!(folder.path().join("thesis.txt").is_file());
    }
}
