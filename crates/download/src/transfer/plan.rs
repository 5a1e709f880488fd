//! Download plan: sources and the files that already exist.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::partial::PartialDownload;
use crate::{DownloadRecord, Source};

/// Source with its target path and the state of the existing file.
///
/// # Examples
///
/// ```
/// use tatabox_download::{Catalogue, DownloadRecord, PlannedFile, Presence};
///
/// let text = r#"
///     [[source]]
///     name = "genes"
///     about = "gene annotation"
///     url = "https://example.org/genes.gtf.gz"
///     about_bytes = 1000
///     licence = "CC0"
///     citation = "none"
///     homepage = "https://example.org"
///     fetched = false
/// "#;
/// let folder = tempfile::tempdir()?;
/// let source = Catalogue::parse(text, "sources.toml")?.sources.remove(0);
/// let planned = PlannedFile::new(source, folder.path(), &DownloadRecord::default());
/// assert_eq!(planned.presence, Presence::Missing);
/// assert_eq!(planned.remaining_bytes(), Some(1000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PlannedFile {
    /// Source of the file.
    pub source: Source,
    /// Target path.
    pub path: PathBuf,
    /// State of the existing file.
    pub presence: Presence,
}

/// State of an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum Presence {
    /// Complete file with the recorded size.
    Fetched {
        /// Size in bytes.
        bytes: u64,
    },
    /// File that is not recorded or has another size than recorded.
    Unchecked {
        /// Size in bytes.
        bytes: u64,
    },
    /// Partial file of an earlier download.
    Part {
        /// Size in bytes.
        bytes: u64,
        /// Size of the complete file, if the server reported it.
        total_bytes: Option<u64>,
    },
    /// No file.
    Missing,
}

impl PlannedFile {
    /// Plan of a source for the current content of `folder`.
    pub fn new(source: Source, folder: &Path, record: &DownloadRecord) -> Self {
        let path = source.path_in(folder);
        let part = PartialDownload::of(&path);
        let presence = match path.metadata().map(|metadata| metadata.len()) {
            Ok(bytes) if record.files.get(&source.file).is_some_and(|file| file.bytes == bytes) => {
                Presence::Fetched { bytes }
            }
            Ok(bytes) => Presence::Unchecked { bytes },
            Err(_) => part.state().map_or(Presence::Missing, |state| Presence::Part {
                bytes: part.bytes(),
                total_bytes: state.total_bytes,
            }),
        };
        Self { source, path, presence }
    }

    /// Remaining bytes to download, if known.
    pub fn remaining_bytes(&self) -> Option<u64> {
        match self.presence {
            Presence::Fetched { .. } | Presence::Unchecked { .. } => Some(0),
            Presence::Part { bytes, total_bytes } => {
                total_bytes.or(self.source.expected_bytes()).map(|total| total.saturating_sub(bytes))
            }
            Presence::Missing => self.source.expected_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::source::tests::plain;

    #[test]
    fn planned_file_presence_follows_files_in_folder() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source { about_bytes: Some(10), ..plain("https://h/a.tsv") };
        let plan = || PlannedFile::new(source.clone(), folder.path(), &DownloadRecord::default());
        assert_eq!((plan().presence, plan().remaining_bytes()), (Presence::Missing, Some(10)));
        std::fs::write(folder.path().join("a.tsv.partial"), "1234").unwrap();
        assert_eq!(plan().presence, Presence::Missing, "a partial file without its state is ignored");
        let state = r#"{"url": "https://h/a.tsv", "etag": null, "last_modified": null, "total_bytes": 12}"#;
        std::fs::write(folder.path().join("a.tsv.partial.json"), state).unwrap();
        assert_eq!(
            (plan().presence, plan().remaining_bytes()),
            (Presence::Part { bytes: 4, total_bytes: Some(12) }, Some(8))
        );
        std::fs::write(folder.path().join("a.tsv"), "12").unwrap();
        assert_eq!((plan().presence, plan().remaining_bytes()), (Presence::Unchecked { bytes: 2 }, Some(0)));
    }
}
