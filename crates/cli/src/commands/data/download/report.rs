//! Outcome of each file.

use std::fmt::Write;

use anyhow::Result;
use indicatif::HumanBytes;
use serde::Serialize;
use tatabox_download::{DownloadError, Fetched, FetchedFile, Outcome, PlannedFile};

/// Outcomes, as they are printed.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) files: Vec<FileReport>,
}

/// One file.
#[derive(Debug, Serialize)]
pub(super) struct FileReport {
    name: String,
    path: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FetchedFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl FileReport {
    pub(super) fn had(planned: &PlannedFile, fetched: &Fetched) -> Self {
        let outcome = match fetched.outcome {
            Outcome::AlreadyPresent => "present",
            Outcome::Verified => "verified",
            _ => "fetched",
        };
        Self { outcome, file: Some(fetched.file.clone()), ..Self::of(planned) }
    }

    pub(super) fn failed(planned: &PlannedFile, error: &DownloadError) -> Self {
        Self { error: Some(error.to_string()), ..Self::of(planned) }
    }

    fn of(planned: &PlannedFile) -> Self {
        Self {
            name: planned.source.name.clone(),
            path: planned.path.display().to_string(),
            outcome: "failed",
            file: None,
            error: None,
        }
    }
}

impl Report {
    /// Names of the files that failed.
    pub(super) fn failed(&self) -> Vec<&str> {
        self.files.iter().filter(|file| file.file.is_none()).map(|file| file.name.as_str()).collect()
    }

    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        let width = self.files.iter().map(|file| file.name.len()).max().unwrap_or(0);
        for report in &self.files {
            write!(text, "{:<width$}  {:<13}", report.name, report.outcome)?;
            match &report.file {
                Some(file) => writeln!(text, "  {:>10}  {}", HumanBytes(file.bytes).to_string(), report.path)?,
                None => writeln!(text, "  {:>10}  {}", "-", report.path)?,
            }
        }
        Ok(text)
    }
}
