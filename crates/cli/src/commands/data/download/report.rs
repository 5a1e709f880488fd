//! Outcome of each file, as text.

use std::fmt::Write;

use anyhow::Result;
use indicatif::HumanBytes;
use tatabox_download::DownloadReport;

pub(super) fn text(report: &DownloadReport) -> Result<String> {
    let mut text = String::new();
    let width = report.files.iter().map(|file| file.name.len()).max().unwrap_or(0);
    for report in &report.files {
        let size = report.file.as_ref().map_or_else(|| "-".to_owned(), |file| HumanBytes(file.bytes).to_string());
        writeln!(text, "{:<width$}  {:<13}  {size:>10}  {}", report.name, report.outcome, report.path.display())?;
    }
    Ok(text)
}
