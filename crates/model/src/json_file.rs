//! JSON files of a run folder, written whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ModelError;

/// Writes `value` as indented JSON: to `<path>.partial` first, then renamed.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), ModelError> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| ModelError::InvalidFile { path: path.to_owned(), reason: error.to_string() })?;
    text.push(b'\n');
    atomic_write(path, &text)
}

/// Writes `bytes` whole or not at all.
pub(crate) fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), ModelError> {
    tatabox_dataset::atomic_write(path, |file| file.write_all(bytes)).map_err(ModelError::io("write", path))
}

/// Reads a JSON file, naming it in every error.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    let text = fs::read(path).map_err(ModelError::io("read", path))?;
    serde_json::from_slice(&text).map_err(|error| ModelError::InvalidFile {
        path: path.to_owned(),
        reason: format!("{error}; the file was written by another version or changed by hand"),
    })
}
