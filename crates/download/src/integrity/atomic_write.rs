//! Atomic writes of JSON files.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::DownloadError;
use crate::file_name::PARTIAL_SUFFIX;

/// Writes `value` as JSON to a partial file and renames it to `path`.
pub(crate) fn atomic_write(path: &Path, value: &impl Serialize) -> Result<(), DownloadError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(PARTIAL_SUFFIX);
    let partial = PathBuf::from(partial);
    let failed = |source| DownloadError::Io { path: path.to_owned(), source };
    let mut json = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    json.push(b'\n');
    fs::write(&partial, json).and_then(|()| fs::rename(&partial, path)).map_err(failed)
}
