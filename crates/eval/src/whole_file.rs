//! Files that are there whole or not at all.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::EvalError;

/// Writes `bytes` to `NAME.partial` beside the file and renames it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), EvalError> {
    let mut partial = OsString::from(path);
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::write(&partial, bytes).map_err(|source| EvalError::write(&partial, source))?;
    fs::rename(&partial, path).map_err(|source| EvalError::write(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("metrics.tsv");
        write_whole(&path, b"old").expect("writable");
        write_whole(&path, b"new").expect("writable");
        assert_eq!(fs::read(&path).expect("written"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
        let message = write_whole(&folder.path().join("no/such.tsv"), b"").expect_err("no folder").to_string();
        assert!(message.contains("such.tsv.partial"), "{message}");
    }
}
