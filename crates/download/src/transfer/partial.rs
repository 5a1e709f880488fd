//! Partial files and their state.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::file_name::{PARTIAL_STATE_SUFFIX, PARTIAL_SUFFIX};
use crate::integrity::atomic_write;
use crate::{DownloadError, HttpUrl};

/// Partial file (`NAME.partial`) and its state (`NAME.partial.json`).
#[derive(Clone, Debug)]
pub(crate) struct PartialDownload {
    path: PathBuf,
    state_path: PathBuf,
}

/// File metadata that the server reported at the start of the download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartialState {
    pub(crate) url: HttpUrl,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    pub(crate) total_bytes: Option<u64>,
}

impl PartialState {
    /// Validator of this version of the file for `If-Range`: a strong entity tag, else the last modification date
    /// (RFC 9110, section 13.1.5).
    pub(crate) fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// Whether `other` describes another version of the file; missing values are ignored.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        let differ = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
        let lengths_differ = matches!((self.total_bytes, other.total_bytes), (Some(a), Some(b)) if a != b);
        let same_url = self.url == other.url;
        lengths_differ
            || same_url && (differ(&self.etag, &other.etag) || differ(&self.last_modified, &other.last_modified))
    }
}

impl PartialDownload {
    /// Partial file of the final path `path`.
    pub(crate) fn of(path: &Path) -> Self {
        let with = |extension: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        Self { path: with(PARTIAL_SUFFIX), state_path: with(PARTIAL_STATE_SUFFIX) }
    }

    /// Path of the partial file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Size of the partial file, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// State of the partial file; `None` if the file or a valid state is missing.
    pub(crate) fn state(&self) -> Option<PartialState> {
        let state = serde_json::from_slice(&fs::read(&self.state_path).ok()?).ok()?;
        self.path.exists().then_some(state)
    }

    /// Writes the state; called before the first byte is written, so that every partial file has a state.
    pub(crate) fn save_state(&self, state: &PartialState) -> Result<(), DownloadError> {
        atomic_write(&self.state_path, state)
    }

    /// Deletes the partial file and its state.
    pub(crate) fn discard(&self) -> Result<(), DownloadError> {
        for path in [&self.state_path, &self.path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(DownloadError::Io { path: path.clone(), source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Renames the complete file to its final name and deletes the state.
    pub(crate) fn finish(&self, path: &Path) -> Result<(), DownloadError> {
        fs::rename(&self.path, path).map_err(|source| DownloadError::Io { path: path.to_owned(), source })?;
        self.discard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(etag: &str, bytes: u64) -> PartialState {
        let url = "https://h/a".parse().unwrap();
        PartialState {
            url,
            etag: Some(etag.to_owned()),
            last_modified: Some("date".to_owned()),
            total_bytes: Some(bytes),
        }
    }

    #[test]
    fn validator_weak_tag_is_not_used() {
        assert_eq!(state("\"1\"", 3).validator(), Some("\"1\""));
        assert_eq!(state("W/\"1\"", 3).validator(), Some("date"));
    }

    #[test]
    fn contradicts_other_tag_or_size_is_another_version() {
        assert!(!state("\"1\"", 3).contradicts(&state("\"1\"", 3)));
        assert!(state("\"1\"", 3).contradicts(&state("\"2\"", 3)));
        assert!(state("\"1\"", 3).contradicts(&state("\"1\"", 4)));
        let unknown = PartialState { etag: None, total_bytes: None, ..state("", 0) };
        assert!(!state("\"1\"", 3).contradicts(&unknown));
        let mirrored = PartialState { url: "https://mirror/a".parse().unwrap(), ..state("\"2\"", 3) };
        assert!(!state("\"1\"", 3).contradicts(&mirrored), "tags of two servers cannot be compared");
    }

    #[test]
    fn state_missing_or_discarded_prevents_resume() {
        let folder = tempfile::tempdir().unwrap();
        let part = PartialDownload::of(&folder.path().join("a.gz"));
        fs::write(part.path(), "abc").unwrap();
        assert_eq!((part.bytes(), part.state()), (3, None));
        part.save_state(&state("\"1\"", 9)).unwrap();
        assert_eq!(part.state(), Some(state("\"1\"", 9)));
        part.discard().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
