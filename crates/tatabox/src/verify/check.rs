//! Checks of model folders and their results.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::remedy::Remedy;

/// Result of one check of one folder.
///
/// # Examples
///
/// ```
/// use tatabox::verify::Check;
///
/// fn line(check: &Check) -> String {
///     format!("{}: {}", check.name, if check.passed() { "ok" } else { &check.finding })
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// Name: checksums, model, predictions, background, data, validation or test.
    pub name: &'static str,
    passed: bool,
    /// Whether there was nothing to compare, which is neither a success nor a failure.
    skipped: bool,
    /// Result in one line.
    pub finding: String,
    /// Each difference from the recorded state.
    pub differences: Vec<String>,
    /// Parts that the check does not cover.
    pub unchecked: Vec<String>,
    /// Next step after a failure, where there is one.
    #[serde(skip)]
    pub remedy: Option<Remedy>,
}

/// Checks of one folder.
///
/// # Examples
///
/// ```
/// use tatabox::verify::FolderVerification;
///
/// fn failed(folder: &FolderVerification) -> usize {
///     folder.checks.iter().filter(|check| !check.passed()).count()
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FolderVerification {
    /// The folder.
    pub folder: PathBuf,
    /// Whether every check passed.
    pub passed: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

/// Checks of a model, and of each member where it is an ensemble.
///
/// # Examples
///
/// ```
/// use tatabox::verify::Verification;
///
/// assert!(!Verification::default().passed(), "nothing was checked");
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// Folder of the model, then the folders of its members.
    pub folders: Vec<FolderVerification>,
}

impl Check {
    /// Check that fails where there are differences.
    pub(super) fn new(name: &'static str, finding: String, differences: Vec<String>) -> Self {
        let passed = differences.is_empty();
        Self { name, passed, skipped: false, finding, differences, unchecked: Vec::new(), remedy: None }
    }

    /// Failed check that has no differences to list.
    pub(super) fn failed(name: &'static str, finding: String) -> Self {
        Self { passed: false, ..Self::new(name, finding, Vec::new()) }
    }

    /// Check without anything to compare.
    pub(super) fn skipped(name: &'static str, finding: String) -> Self {
        Self { skipped: true, ..Self::new(name, finding, Vec::new()) }
    }

    /// The same check with a next step.
    pub(super) fn with_remedy(self, remedy: Remedy) -> Self {
        Self { remedy: Some(remedy), ..self }
    }

    /// The same check with parts that it does not cover.
    pub(super) fn without(mut self, unchecked: impl IntoIterator<Item = String>) -> Self {
        self.unchecked.extend(unchecked);
        self
    }

    /// Whether the check passed, or had nothing to compare.
    pub fn passed(&self) -> bool {
        self.passed
    }

    /// Whether the check had nothing to compare.
    pub fn is_skipped(&self) -> bool {
        self.skipped
    }
}

impl Verification {
    pub(super) fn add(&mut self, folder: &Path, checks: Vec<Check>) {
        let is_checked = checks.iter().any(|check| !check.is_skipped());
        let passed = is_checked && checks.iter().all(Check::passed);
        self.folders.push(FolderVerification { folder: folder.to_owned(), passed, checks });
    }

    /// Whether there was something to check, and every check of every folder passed.
    pub fn passed(&self) -> bool {
        !self.folders.is_empty() && self.folders.iter().all(|folder| folder.passed)
    }

    /// Names of the failed checks; where there are several folders, with the folder.
    pub fn failed(&self) -> Vec<String> {
        let several = self.folders.len() > 1;
        let of_folder = |folder: &FolderVerification| {
            let failed = folder.checks.iter().filter(|check| !check.passed);
            let label = |check: &Check| {
                if several { format!("{} of {}", check.name, folder.folder.display()) } else { check.name.to_owned() }
            };
            failed.map(label).collect::<Vec<_>>()
        };
        self.folders.iter().flat_map(of_folder).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verification_failure_is_named_with_its_folder_where_there_are_several() {
        let mut verification = Verification::default();
        verification.add(Path::new("m"), vec![Check::new("checksums", "3 files".to_owned(), Vec::new())]);
        let check = || Check::new("predictions", "2 numbers".to_owned(), vec!["a: recorded 2".to_owned()]);
        verification.add(Path::new("m/members/1"), vec![check()]);
        assert_eq!(verification.failed(), ["predictions of m/members/1"]);
        assert!(!verification.passed() && verification.folders[0].passed);
        let mut alone = Verification::default();
        alone.add(Path::new("m"), vec![check()]);
        assert_eq!(alone.failed(), ["predictions"]);
        let mut nothing = Verification::default();
        nothing.add(Path::new("m"), vec![Check::skipped("validation", "no scores are recorded".to_owned())]);
        assert!(!nothing.passed(), "nothing was compared");
    }
}
