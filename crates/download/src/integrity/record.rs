//! Record of the files downloaded into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic_write::atomic_write;
use super::checksum::Checksum;
use crate::file_name::RECORD_FILE;
use crate::{DownloadError, HttpUrl};

/// Downloaded files of a folder, as stored in `downloads.json`.
///
/// # Examples
///
/// ```
/// use tatabox_download::DownloadRecord;
///
/// let folder = tempfile::tempdir()?;
/// let record = DownloadRecord::load(folder.path())?;
/// assert!(record.files.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DownloadRecord {
    /// Downloaded files by file name.
    pub files: BTreeMap<String, FetchedFile>,
}

/// Entry of a downloaded file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FetchedFile {
    /// Name of the source in the catalogue.
    pub source: String,
    /// URL of the publisher.
    pub published_at: HttpUrl,
    /// URL of the download; `None` if the file already existed.
    pub fetched_from: Option<HttpUrl>,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 checksum.
    pub sha256: Checksum,
    /// Origin of the checksum that the file was compared with.
    pub checked_against: ChecksumOrigin,
    /// `ETag` header of the response.
    pub etag: Option<String>,
    /// `Last-Modified` header of the response.
    pub last_modified: Option<String>,
    /// Time of the download, in seconds since the Unix epoch.
    pub fetched_unix_s: u64,
}

/// Origin of an expected checksum.
///
/// # Examples
///
/// ```
/// use tatabox_download::{Checksum, ChecksumOrigin};
///
/// let checksum = Checksum::from_hex(&"0".repeat(32)).expect("32 digits");
/// let origin = ChecksumOrigin::Catalogue { checksum: checksum.clone() };
/// assert_eq!(origin.checksum(), Some(&checksum));
/// assert_eq!(ChecksumOrigin::FirstSeen.checksum(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
#[non_exhaustive]
pub enum ChecksumOrigin {
    /// Catalogue, or the fragment of a URL that the user specified.
    Catalogue {
        /// Expected checksum.
        checksum: Checksum,
    },
    /// Checksum list of the publisher.
    PublishersList {
        /// URL of the list.
        url: HttpUrl,
        /// Expected checksum.
        checksum: Checksum,
    },
    /// No published checksum: the first download is trusted, and later ones are compared with it.
    FirstSeen,
}

impl ChecksumOrigin {
    /// Expected checksum, if published.
    pub fn checksum(&self) -> Option<&Checksum> {
        match self {
            Self::Catalogue { checksum } | Self::PublishersList { checksum, .. } => Some(checksum),
            Self::FirstSeen => None,
        }
    }

    /// Description for messages.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(tatabox_download::ChecksumOrigin::FirstSeen.describe(), "of the first download");
    /// ```
    pub fn describe(&self) -> String {
        match self {
            Self::Catalogue { .. } => "listed in the catalogue or given with the URL".to_owned(),
            Self::PublishersList { url, .. } => format!("from {url}"),
            Self::FirstSeen => "of the first download".to_owned(),
        }
    }
}

impl DownloadRecord {
    /// Record of a folder; empty if the folder has none.
    ///
    /// # Errors
    ///
    /// [`DownloadError::CorruptRecord`] if the record is malformed, [`DownloadError::Io`] if it cannot be read.
    pub fn load(folder: &Path) -> Result<Self, DownloadError> {
        let path = folder.join(RECORD_FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| DownloadError::CorruptRecord { path, message: error.to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(DownloadError::Io { path, source }),
        }
    }

    /// Writes the record atomically.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), DownloadError> {
        atomic_write(&folder.join(RECORD_FILE), self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_save_and_load_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        assert!(DownloadRecord::load(folder.path()).unwrap().files.is_empty());
        let url: HttpUrl = "https://h/a.gz".parse().unwrap();
        let checksum = Checksum::from_hex(&"a".repeat(32)).unwrap();
        let file = FetchedFile {
            source: "a".to_owned(),
            published_at: url.clone(),
            fetched_from: Some(url.clone()),
            bytes: 3,
            sha256: Checksum::from_hex(&"b".repeat(64)).unwrap(),
            checked_against: ChecksumOrigin::PublishersList { url, checksum },
            etag: Some("\"1\"".to_owned()),
            last_modified: None,
            fetched_unix_s: 1,
        };
        let mut record = DownloadRecord::default();
        record.files.insert("a.gz".to_owned(), file.clone());
        record.save(folder.path()).unwrap();
        assert_eq!(DownloadRecord::load(folder.path()).unwrap().files["a.gz"], file);
    }

    #[test]
    fn load_malformed_record_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(RECORD_FILE), "{").unwrap();
        let message = DownloadRecord::load(folder.path()).unwrap_err().to_string();
        assert!(message.contains(RECORD_FILE) && message.contains("delete the file"), "{message}");
    }
}
