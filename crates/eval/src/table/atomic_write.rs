//! Files that are complete or absent, never partial.

use std::io::Write;
use std::path::Path;

use tatabox_dataset::atomic_write as write_through_partial;

use crate::error::EvalError;

/// Writes `bytes` to a partial file in the same folder, then renames it.
pub(crate) fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), EvalError> {
    write_through_partial(path, |file| file.write_all(bytes)).map_err(|source| EvalError::write(path, source))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn atomic_write_replaces_the_file_and_leaves_no_partial_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("metrics.tsv");
        atomic_write(&path, b"old").expect("writable");
        atomic_write(&path, b"new").expect("writable");
        assert_eq!(fs::read(&path).expect("written"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
        let message = atomic_write(&folder.path().join("no/such.tsv"), b"").expect_err("no folder").to_string();
        assert!(message.contains("such.tsv"), "{message}");
    }
}
