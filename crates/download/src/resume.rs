//! What is known of a file that is only partly there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::atomic_write;
use crate::{Address, DownloadError};

/// A part of a file (`NAME.partial`) and what is known of the whole (`NAME.partial.json`).
#[derive(Clone, Debug)]
pub(crate) struct PartialDownload {
    path: PathBuf,
    state_path: PathBuf,
}

/// What the server told of the file when its first part came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartState {
    pub(crate) url: Address,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    pub(crate) total_bytes: Option<u64>,
}

impl PartState {
    /// What tells this state of the file from others, for `If-Range`: a strong entity tag, else the date of its last
    /// change (RFC 9110, 13.1.5).
    pub(crate) fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// Whether an answer tells of another state of the file; what either does not tell is taken for equal.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        let differ = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
        let lengths_differ = matches!((self.total_bytes, other.total_bytes), (Some(a), Some(b)) if a != b);
        let same_place = self.url == other.url;
        lengths_differ
            || same_place && (differ(&self.etag, &other.etag) || differ(&self.last_modified, &other.last_modified))
    }
}

impl PartialDownload {
    pub(crate) fn of(path: &Path) -> Self {
        let with = |extension: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        Self { path: with(".partial"), state_path: with(".partial.json") }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that are there.
    pub(crate) fn bytes(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// What is known of the whole; none where nothing is there, or nothing that could be gone on with.
    pub(crate) fn state(&self) -> Option<PartState> {
        let state = serde_json::from_slice(&fs::read(&self.state_path).ok()?).ok()?;
        self.path.exists().then_some(state)
    }

    /// Keeps the state; before the first byte is written, so that no part is without.
    pub(crate) fn keep(&self, state: &PartState) -> Result<(), DownloadError> {
        atomic_write(&self.state_path, state)
    }

    /// Deletes the part.
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

    /// Gives the part its final name, now that it is the whole.
    pub(crate) fn finish(&self, path: &Path) -> Result<(), DownloadError> {
        fs::rename(&self.path, path).map_err(|source| DownloadError::Io { path: path.to_owned(), source })?;
        self.discard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(etag: &str, bytes: u64) -> PartState {
        let url = "https://h/a".parse().unwrap();
        PartState { url, etag: Some(etag.to_owned()), last_modified: Some("date".to_owned()), total_bytes: Some(bytes) }
    }

    #[test]
    fn a_weak_tag_validates_nothing() {
        assert_eq!(state("\"1\"", 3).validator(), Some("\"1\""));
        assert_eq!(state("W/\"1\"", 3).validator(), Some("date"));
    }

    #[test]
    fn another_tag_or_length_is_another_file() {
        assert!(!state("\"1\"", 3).contradicts(&state("\"1\"", 3)));
        assert!(state("\"1\"", 3).contradicts(&state("\"2\"", 3)));
        assert!(state("\"1\"", 3).contradicts(&state("\"1\"", 4)));
        let silent = PartState { etag: None, total_bytes: None, ..state("", 0) };
        assert!(!state("\"1\"", 3).contradicts(&silent));
        let elsewhere = PartState { url: "https://mirror/a".parse().unwrap(), ..state("\"2\"", 3) };
        assert!(!state("\"1\"", 3).contradicts(&elsewhere), "tags of two servers say nothing of each other");
    }

    #[test]
    fn a_part_without_its_state_cannot_be_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let part = PartialDownload::of(&folder.path().join("a.gz"));
        fs::write(part.path(), "abc").unwrap();
        assert_eq!((part.bytes(), part.state()), (3, None));
        part.keep(&state("\"1\"", 9)).unwrap();
        assert_eq!(part.state(), Some(state("\"1\"", 9)));
        part.discard().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
