//! Atomic writes: a file appears under its name only when it is complete.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// Partial files of one process for one path, before creation is given up.
const MAX_PARTIAL_FILES: usize = 1_000;

/// Writes `path` atomically: into a [partial file](create_partial), which is renamed on success and removed on failure.
///
/// # Errors
///
/// Any failure to create, write or rename the file.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use tatabox_dataset::atomic_write;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("scores.tsv");
/// atomic_write(&path, |file| file.write_all(b"gene_id\tscore\n"))?;
/// assert_eq!(std::fs::read_to_string(&path)?, "gene_id\tscore\n");
/// assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn atomic_write(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let (mut file, partial) = create_partial(path)?;
    let written = write(&mut file);
    drop(file);
    let renamed = written.and_then(|()| fs::rename(&partial, path));
    if renamed.is_err() {
        // The write error is reported rather than this one.
        let _ = fs::remove_file(&partial);
    }
    renamed
}

/// Creates a partial file of `path` that no other process or thread writes to: `a/b.tsv` becomes `a/b.tsv.PID.partial`.
///
/// # Errors
///
/// The file cannot be created.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::create_partial;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("scores.tsv");
/// let ((_, one), (_, other)) = (create_partial(&path)?, create_partial(&path)?);
/// assert_ne!(one, other);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn create_partial(path: &Path) -> io::Result<(File, PathBuf)> {
    let process = process::id();
    let names = (0..MAX_PARTIAL_FILES).map(|number| match number {
        0 => process.to_string(),
        number => format!("{process}-{number}"),
    });
    for name in names {
        let partial = partial_path(&path.with_added_extension(name));
        match File::create_new(&partial) {
            // A thread of this process, or a process of this number on another computer or in another container.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (file, partial)),
        }
    }
    let problem = format!("{MAX_PARTIAL_FILES} partial files of {} exist; remove them", path.display());
    Err(io::Error::new(io::ErrorKind::AlreadyExists, problem))
}

/// Path of a folder in the making, which a later run resumes: `a/b` becomes `a/b.partial`.
///
/// A single file has a [partial file](create_partial) per process instead.
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
    fn atomic_write_within_another_of_the_same_path_does_not_share_its_partial_file() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("x.tsv");
        let outer = atomic_write(&path, |file| {
            file.write_all(b"out")?;
            atomic_write(&path, |file| file.write_all(b"inner and longer"))?;
            file.write_all(b"er")
        });
        outer.expect("writable");
        assert_eq!(fs::read(&path).expect("there"), b"outer");
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1);
    }

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
