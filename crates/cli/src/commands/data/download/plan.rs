//! `tatabox download --dry-run`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use indicatif::HumanBytes;
use serde::Serialize;
use tatabox_download::{Downloader, PlannedFile, Presence};

use super::list::size;
use crate::terminal::console::Console;
use crate::terminal::stdout;

/// The plan, as it is printed.
#[derive(Serialize)]
struct Plan<'a> {
    folder: String,
    files: &'a [PlannedFile],
    /// Bytes to fetch, of files of known size.
    known_bytes_to_fetch: u64,
    /// Files to fetch of unknown size.
    files_of_unknown_size: usize,
}

/// Prints the plan, and warns where the disk has too little space.
pub(super) fn show(
    files: &[PlannedFile],
    folder: &Path,
    downloader: &Downloader,
    json: bool,
    console: &Console,
) -> Result<()> {
    let missing = || files.iter().map(PlannedFile::remaining_bytes);
    let plan = Plan {
        folder: folder.display().to_string(),
        files,
        known_bytes_to_fetch: missing().flatten().sum(),
        files_of_unknown_size: missing().filter(Option::is_none).count(),
    };
    if json {
        stdout::print_json(&plan)?;
    } else {
        stdout::print(&text(&plan)?)?;
    }
    // The folder may not exist yet.
    let disk = folder.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("."));
    if let Err(error) = downloader.check_disk_space(disk, files) {
        console.warn(error);
    }
    Ok(())
}

fn text(plan: &Plan<'_>) -> Result<String> {
    let mut text = String::new();
    for file in plan.files {
        writeln!(text, "{}", file.path.display())?;
        let there = match file.presence {
            Presence::Fetched { bytes } => format!("present, {}; nothing to do", HumanBytes(bytes)),
            Presence::Unchecked { bytes } => format!("present, {}; would be verified", HumanBytes(bytes)),
            Presence::Part { bytes, total_bytes } => {
                let whole = total_bytes.map_or_else(|| size(&file.source), |bytes| HumanBytes(bytes).to_string());
                format!("{whole}; {} present", HumanBytes(bytes))
            }
            _ => size(&file.source),
        };
        writeln!(text, "  {there}")?;
        if !matches!(file.presence, Presence::Fetched { .. }) {
            for url in &file.source.urls {
                writeln!(text, "  from {url}")?;
            }
        }
    }
    write!(text, "to fetch: {}", HumanBytes(plan.known_bytes_to_fetch))?;
    match plan.files_of_unknown_size {
        0 => text.push('\n'),
        unknown => writeln!(text, ", and {unknown} of unknown size")?,
    }
    Ok(text)
}
