//! The folder of an ensemble, and the unfinished folder it grows from.

use std::path::Path;

use crate::bundle::{
    ENSEMBLE, EnsembleRecord, EnsembleSummary, METRICS, ModelFiles, RUN_RECORD, RunDirectory, RunStatus,
    TrainingConfig, is_ensemble, member_path, write_json,
};
use crate::error::{ModelError, ResumeConflict};
use crate::predict::write_verification;

/// Where an ensemble lies, as a [`RunDirectory`] does: `<root>/<name>`, and `<root>/<name>.partial` until all members
/// are there.
#[derive(Clone, Debug)]
pub struct EnsembleDirectory {
    whole: RunDirectory,
}

impl EnsembleDirectory {
    /// The folder `<root>/<name>`.
    pub fn new(root: &Path, name: &str) -> Self {
        Self { whole: RunDirectory::new(root, name) }
    }

    /// The folder `path`.
    pub fn at(path: &Path) -> Self {
        Self { whole: RunDirectory::at(path) }
    }

    /// Where the finished ensemble lies.
    pub fn path(&self) -> &Path {
        self.whole.path()
    }

    /// Where the unfinished ensemble lies.
    pub fn partial_path(&self) -> &Path {
        self.whole.partial_path()
    }

    /// Whether this very ensemble is finished, can be resumed, or is yet to start; `configs` are its members'.
    ///
    /// # Errors
    /// [`ModelError::CannotResume`] where something else lies there.
    pub fn status(&self, configs: &[TrainingConfig]) -> Result<RunStatus, ModelError> {
        let (path, standing) = if self.path().exists() {
            (self.path(), RunStatus::Finished)
        } else if self.partial_path().exists() {
            (self.partial_path(), RunStatus::Unfinished)
        } else {
            return Ok(RunStatus::Absent);
        };
        check_same(path, configs)?;
        Ok(standing)
    }

    /// The run of a member, counted from 1, in the unfinished folder.
    pub(crate) fn member(&self, number: usize) -> RunDirectory {
        RunDirectory::at(&member_path(self.partial_path(), number))
    }

    /// Starts anew: an unfinished one of the same name is thrown away, a finished model only with `force`.
    pub(crate) fn start(&self, force: bool) -> Result<(), ModelError> {
        self.whole.start_empty(force)
    }

    /// Writes down which members there will be, so that training that is resumed is the same.
    pub(crate) fn plan(&self, configs: &[TrainingConfig]) -> Result<(), ModelError> {
        let plan = EnsembleRecord::planned(configs.iter().map(|config| config.seed));
        write_json(&self.partial_path().join(ENSEMBLE), &plan)
    }

    /// Checks that an unfinished ensemble is there and was started with these members.
    pub(crate) fn check_unfinished(&self, configs: &[TrainingConfig]) -> Result<(), ModelError> {
        self.whole.check_there_is_something_to_resume()?;
        check_same(self.partial_path(), configs)
    }

    /// Writes what is known of all members, and what the whole can be verified by, and gives the folder its final name.
    pub(crate) fn finish(&self, summary: &EnsembleSummary) -> Result<(), ModelError> {
        let folder = self.partial_path();
        write_json(&folder.join(METRICS), &summary.metrics)?;
        write_json(&folder.join(RUN_RECORD), &summary.run)?;
        write_json(&folder.join(ENSEMBLE), &summary.record)?;
        write_verification(folder)?;
        self.whole.take_name()
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
    fn one_network_is_not_taken_for_an_ensemble() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let directory = EnsembleDirectory::new(folder.path(), "m");
        assert_eq!(directory.status(&[]).expect("nothing"), RunStatus::Absent);
        fs::create_dir(directory.partial_path()).expect("created");
        let message = directory.check_unfinished(&[]).expect_err("no ensemble").to_string();
        assert!(message.contains("it is a single network") && message.contains("m.partial"), "{message}");
    }

    #[test]
    fn what_is_no_model_is_never_replaced() {
        let folder = tempfile::tempdir().expect("temporary folder");
        fs::write(folder.path().join("thesis.txt"), "years of work").expect("written");
        let message = EnsembleDirectory::at(folder.path()).start(true).expect_err("no model").to_string();
        assert!(message.contains("only models are replaced"), "{message}");
        assert!(folder.path().join("thesis.txt").is_file());
    }
}
