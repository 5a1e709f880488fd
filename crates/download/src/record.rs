//! What was fetched into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Address, Checksum, DownloadError};

/// Name of the record in its folder.
pub(crate) const RECORD_FILE: &str = "downloads.json";

/// The files of a folder by name, as `downloads.json` keeps them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DownloadRecord {
    /// By file name.
    pub files: BTreeMap<String, FetchedFile>,
}

/// One fetched file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FetchedFile {
    /// Its source in the catalogue.
    pub source: String,
    /// The publisher's address.
    pub published_at: Address,
    /// The address that it came from; none where it was there already.
    pub fetched_from: Option<Address>,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Checksum,
    /// What it was compared with.
    pub checked_against: ChecksumOrigin,
    /// The server's mark of this state of the file.
    pub etag: Option<String>,
    /// When the server says that it was changed last.
    pub last_modified: Option<String>,
    /// When it was fetched, in seconds since 1970.
    pub fetched_unix_s: u64,
}

/// Where an expected checksum is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
#[non_exhaustive]
pub enum ChecksumOrigin {
    /// It stands in the catalogue, or beside the address that the user gave.
    Catalogue {
        /// The checksum.
        checksum: Checksum,
    },
    /// The publisher's list.
    PublishersList {
        /// Its address.
        url: Address,
        /// The checksum.
        checksum: Checksum,
    },
    /// None is known: what came first is taken on trust and kept, to be compared with later.
    FirstSeen,
}

impl ChecksumOrigin {
    /// The checksum, where one is known.
    pub fn checksum(&self) -> Option<&Checksum> {
        match self {
            Self::Catalogue { checksum } | Self::PublishersList { checksum, .. } => Some(checksum),
            Self::FirstSeen => None,
        }
    }

    /// In words.
    pub fn told(&self) -> String {
        match self {
            Self::Catalogue { .. } => "listed with the address".to_owned(),
            Self::PublishersList { url, .. } => format!("from {url}"),
            Self::FirstSeen => "as first fetched".to_owned(),
        }
    }
}

impl DownloadRecord {
    /// Reads the record of a folder; an empty one where there is none.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read.
    pub fn load(folder: &Path) -> Result<Self, DownloadError> {
        let path = folder.join(RECORD_FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| DownloadError::DamagedRecord { path, message: error.to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(DownloadError::Io { path, source }),
        }
    }

    /// Writes the record, whole or not at all.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), DownloadError> {
        atomic_write(&folder.join(RECORD_FILE), self)
    }
}

/// Writes JSON beside its place and then moves it there.
pub(crate) fn atomic_write(path: &Path, value: &impl Serialize) -> Result<(), DownloadError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let beside = PathBuf::from(beside);
    let failed = |source| DownloadError::Io { path: path.to_owned(), source };
    let mut json = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    json.push(b'\n');
    fs::write(&beside, json).and_then(|()| fs::rename(&beside, path)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(DownloadRecord::load(folder.path()).unwrap().files.is_empty());
        let url: Address = "https://h/a.gz".parse().unwrap();
        let checksum = Checksum::from_digits(&"a".repeat(32)).unwrap();
        let file = FetchedFile {
            source: "a".to_owned(),
            published_at: url.clone(),
            fetched_from: Some(url.clone()),
            bytes: 3,
            sha256: Checksum::from_digits(&"b".repeat(64)).unwrap(),
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
    fn a_damaged_record_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(RECORD_FILE), "{").unwrap();
        let message = DownloadRecord::load(folder.path()).unwrap_err().to_string();
        assert!(message.contains(RECORD_FILE) && message.contains("delete it"), "{message}");
    }
}
