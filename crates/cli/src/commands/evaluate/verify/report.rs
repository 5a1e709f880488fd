//! What the checks found.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;

use super::folders::ModelFolder;

/// One check of one folder.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    name: &'static str,
    passed: bool,
    finding: String,
    /// Each thing that is not as it was kept.
    differences: Vec<String>,
    /// What the check says nothing of.
    unchecked: Vec<String>,
}

/// The checks of a folder.
#[derive(Debug, Serialize)]
struct FolderReport {
    folder: String,
    passed: bool,
    checks: Vec<Check>,
}

/// The checks of every folder.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    folders: Vec<FolderReport>,
}

impl Check {
    /// A check that fails where there are differences.
    pub(super) fn new(name: &'static str, finding: String, differences: Vec<String>) -> Self {
        Self { name, passed: differences.is_empty(), finding, differences, unchecked: Vec::new() }
    }

    /// A check that could not be made for a reason that is a failure itself.
    pub(super) fn failed(name: &'static str, finding: String) -> Self {
        Self { name, passed: false, finding, differences: Vec::new(), unchecked: Vec::new() }
    }

    /// The same, saying also what it does not cover.
    pub(super) fn without(mut self, unchecked: impl IntoIterator<Item = String>) -> Self {
        self.unchecked.extend(unchecked);
        self
    }

    pub(super) fn passed(&self) -> bool {
        self.passed
    }
}

impl Report {
    pub(super) fn add(&mut self, folder: &ModelFolder, checks: Vec<Check>) {
        let passed = checks.iter().all(Check::passed);
        self.folders.push(FolderReport { folder: folder.path.display().to_string(), passed, checks });
    }

    /// The checks that failed; of several folders, with the folder.
    pub(super) fn failed(&self) -> Vec<String> {
        let several = self.folders.len() > 1;
        let of_folder = |folder: &FolderReport| {
            let failed = folder.checks.iter().filter(|check| !check.passed);
            let label = |check: &Check| {
                if several { format!("{} of {}", check.name, folder.folder) } else { check.name.to_owned() }
            };
            failed.map(label).collect::<Vec<_>>()
        };
        self.folders.iter().flat_map(of_folder).collect()
    }

    /// A line a check, below it what differs and what is not covered.
    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        for folder in &self.folders {
            writeln!(text, "{}", folder.folder)?;
            for Check { name, passed, finding, differences, unchecked } in &folder.checks {
                let verdict = if *passed { "ok" } else { "FAIL" };
                writeln!(text, "  {name:<12}{verdict:<6}{finding}")?;
                for difference in differences {
                    writeln!(text, "  {:<12}  ! {difference}", "")?;
                }
                for unchecked in unchecked {
                    writeln!(text, "  {:<12}  - {unchecked}", "")?;
                }
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_with_its_folder_where_there_are_several() {
        let folder = |path: &str| ModelFolder { path: path.into() };
        let mut report = Report::default();
        let passed = Check::new("checksums", "3 files".to_owned(), Vec::new());
        report.add(&folder("m"), vec![passed.without(["notes.txt has no checksum".to_owned()])]);
        let check = || Check::new("predictions", "2 numbers".to_owned(), vec!["a is 1 now, 2 was kept".to_owned()]);
        report.add(&folder("m/members/1"), vec![check()]);
        assert_eq!(report.failed(), ["predictions of m/members/1"]);
        assert_eq!(
            report.to_text().expect("text"),
            "m\n  checksums   ok    3 files\n                - notes.txt has no checksum\n\
             m/members/1\n  predictions FAIL  2 numbers\n                ! a is 1 now, 2 was kept\n"
        );
        let mut alone = Report::default();
        alone.add(&folder("m"), vec![check()]);
        assert_eq!(alone.failed(), ["predictions"]);
    }
}
