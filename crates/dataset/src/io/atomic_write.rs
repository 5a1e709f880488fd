//! Files that appear under their name only when they are whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Writes `path` through `NAME.partial`, which takes the name at the end; after a failure nothing is left.
///
/// # Errors
///
/// Those of creating, writing and renaming the file.
pub fn atomic_write(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let partial = partial_path(path);
    let written = File::create(&partial).and_then(|mut file| write(&mut file));
    let renamed = written.and_then(|()| fs::rename(&partial, path));
    if renamed.is_err() {
        // The first error is the one to tell; the file may not even exist.
        let _ = fs::remove_file(&partial);
    }
    renamed
}

/// `a/b.tsv` becomes `a/b.tsv.partial`.
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
    fn a_failed_write_keeps_the_old_file_and_leaves_no_other() {
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
