//! Files that are there whole or not at all.

use std::io::Write;
use std::path::Path;

use tatabox_dataset::{partial_path, atomic_write as write_through_partial};

use crate::error::EvalError;

/// Writes `bytes` to `NAME.partial` beside the file and renames it.
pub(crate) fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), EvalError> {
    write_through_partial(path, |file| file.write_all(bytes))
        .map_err(|source| EvalError::write(&partial_path(path), source))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("metrics.tsv");
        atomic_write(&path, b"old").expect("writable");
        atomic_write(&path, b"new").expect("writable");
        assert_eq!(fs::read(&path).expect("written"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
        let message = atomic_write(&folder.path().join("no/such.tsv"), b"").expect_err("no folder").to_string();
        assert!(message.contains("such.tsv.partial"), "{message}");
    }
}
