//! Atomic writes: a file appears under its name only when it is complete.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Writes `path` atomically: into `PATH.partial`, which is renamed on success and removed on failure.
///
/// # Errors
///
/// Any failure to create, write or rename the file.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use tatabox_dataset::{atomic_write, partial_path};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("scores.tsv");
/// atomic_write(&path, |file| file.write_all(b"gene_id\tscore\n"))?;
/// assert_eq!(std::fs::read_to_string(&path)?, "gene_id\tscore\n");
/// assert!(!partial_path(&path).exists());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn atomic_write(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let partial = partial_path(path);
    let written = File::create(&partial).and_then(|mut file| write(&mut file));
    let renamed = written.and_then(|()| fs::rename(&partial, path));
    if renamed.is_err() {
        // The write error is reported rather than this one; the file may not exist.
        let _ = fs::remove_file(&partial);
    }
    renamed
}

/// Path of the partial file: `a/b.tsv` becomes `a/b.tsv.partial`.
pub fn partial_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    name.into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn atomic_write_failure_keeps_old_file_only() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("x.tsv");
        atomic_write(&path, |file| file.write_all(b"old")).expect("writable");
        let failed = atomic_write(&path, |file| {
            file.write_all(b"ne")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).expect("still there"), b"old");
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1);
    }
}
