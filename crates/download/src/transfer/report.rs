//! Outcome of each file of a download.

use std::path::PathBuf;

use serde::Serialize;

use crate::{DownloadError, Fetched, FetchedFile, Outcome, PlannedFile};

/// Outcomes of planned files, in the order of the plan.
///
/// # Examples
///
/// ```
/// use tatabox_download::DownloadReport;
///
/// assert!(DownloadReport::default().failed().is_empty());
/// ```
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct DownloadReport {
    /// One entry per file.
    pub files: Vec<FileReport>,
}

/// Outcome of one file.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct FileReport {
    /// Name of the source.
    pub name: String,
    /// Target path.
    pub path: PathBuf,
    /// `present`, `verified`, `fetched` or `failed`.
    pub outcome: &'static str,
    /// The file, unless it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FetchedFile>,
    /// Message of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl DownloadReport {
    /// Adds the outcome of one file.
    pub fn add(&mut self, planned: &PlannedFile, outcome: Result<&Fetched, &DownloadError>) {
        let name = match outcome.map(|fetched| fetched.outcome) {
            Ok(Outcome::AlreadyPresent) => "present",
            Ok(Outcome::Verified) => "verified",
            Ok(Outcome::Fetched) => "fetched",
            Err(_) => "failed",
        };
        self.files.push(FileReport {
            name: planned.source.name.clone(),
            path: planned.path.clone(),
            outcome: name,
            file: outcome.ok().map(|fetched| fetched.file.clone()),
            error: outcome.err().map(ToString::to_string),
        });
    }

    /// Names of the files that failed.
    pub fn failed(&self) -> Vec<&str> {
        self.files.iter().filter(|report| report.file.is_none()).map(|report| report.name.as_str()).collect()
    }
}
