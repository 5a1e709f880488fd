//! What a download would do.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::partial::PartialDownload;
use crate::{DownloadRecord, Source};

/// A file that is to be there in the end.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PlannedFile {
    /// Its source.
    pub source: Source,
    /// Where it goes.
    pub path: PathBuf,
    /// What is there already.
    pub presence: Presence,
}

/// How much of a file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum Presence {
    /// All of it, as it was fetched.
    Fetched {
        /// Its size.
        bytes: u64,
    },
    /// A file of that name that was not fetched, or changed since.
    Unchecked {
        /// Its size.
        bytes: u64,
    },
    /// A part, from an earlier run.
    Part {
        /// Its size.
        bytes: u64,
        /// Size of the whole, as the server told it then.
        total_bytes: Option<u64>,
    },
    /// Nothing.
    Missing,
}

impl PlannedFile {
    /// Looks at what is in `folder`.
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

    /// Bytes still to come, as far as known.
    pub fn remaining_bytes(&self) -> Option<u64> {
        match self.presence {
            Presence::Fetched { .. } | Presence::Unchecked { .. } => Some(0),
            Presence::Part { bytes, total_bytes } => {
                total_bytes.or(self.source.expected_bytes()).map(|whole| whole.saturating_sub(bytes))
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
    fn what_is_there_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source { about_bytes: Some(10), ..plain("https://h/a.tsv") };
        let plan = || PlannedFile::new(source.clone(), folder.path(), &DownloadRecord::default());
        assert_eq!((plan().presence, plan().remaining_bytes()), (Presence::Missing, Some(10)));
        std::fs::write(folder.path().join("a.tsv.partial"), "1234").unwrap();
        assert_eq!(plan().presence, Presence::Missing, "nothing is known of that part");
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
