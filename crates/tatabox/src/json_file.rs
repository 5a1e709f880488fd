//! Records as JSON files.

#[cfg(feature = "train")]
use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
#[cfg(feature = "train")]
use serde::de::DeserializeOwned;
use tatabox_dataset::atomic_write;

#[cfg(feature = "train")]
use crate::error::Context;
use crate::error::{Error, Result};

/// Writes a value as indented JSON; the file appears once it is complete.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    write_text(path, &text)
}

/// Writes a text; the file appears once it is complete.
pub(crate) fn write_text(path: &Path, text: &[u8]) -> Result<()> {
    let failed = |source| Error::Io { action: "write", path: path.to_owned(), source };
    atomic_write(path, |file| file.write_all(text)).map_err(failed)
}

/// Reads a value back.
///
/// # Errors
/// The file cannot be read, or does not hold such a value.
#[cfg(feature = "train")]
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} was written by another version or edited by hand", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_file_value_round_trips_and_other_json_is_refused_with_its_path() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.json");
        write_json(&path, &[1, 2]).expect("written");
        assert_eq!(read_json::<Vec<u8>>(&path).expect("read"), [1, 2]);
        assert!(read_json::<String>(&path).expect_err("a list").to_string().contains("x.json was written by another"));
    }
}
