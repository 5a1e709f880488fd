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
    create_with(|name| path.with_added_extension(name), |partial| File::create_new(partial))
}

/// Creates a partial folder of the folder `path` next to it: `a/b` becomes `a/b.PID.partial`.
pub(crate) fn create_partial_folder_of(path: &Path) -> io::Result<PathBuf> {
    create_with(|name| path.with_added_extension(name), |partial| fs::create_dir(partial)).map(|((), partial)| partial)
}

/// Creates a partial folder within `folder` that no other process or thread writes to: `a/PID.partial`.
///
/// # Errors
///
/// The folder cannot be created.
pub fn create_partial_folder(folder: &Path) -> io::Result<PathBuf> {
    create_with(|name| folder.join(name), |partial| fs::create_dir(partial)).map(|((), partial)| partial)
}

fn create_with<T>(
    path_of: impl Fn(&str) -> PathBuf,
    create: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(T, PathBuf)> {
    let process = process::id();
    let names = (0..MAX_PARTIAL_FILES).map(|number| match number {
        0 => process.to_string(),
        number => format!("{process}-{number}"),
    });
    for name in names {
        let partial = partial_path(&path_of(&name));
        match create(&partial) {
            // A thread of this process, or a process of this number on another computer or in another container.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|created| (created, partial)),
        }
    }
    let problem = format!("{MAX_PARTIAL_FILES} partial files such as {} exist; remove them", path_of("PID").display());
    Err(io::Error::new(io::ErrorKind::AlreadyExists, problem))
}

/// Warns of partial files in `folder` whose process has ended, which were left by a process that was killed. `prefix` is the
/// name of the file and a dot; it is empty for partial folders.
///
/// They are named and not removed, since a process of another computer or container may still write to them.
pub fn warn_of_abandoned_partials(folder: &Path, prefix: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_abandoned = |name: &str| {
        let middle = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".partial"));
        let process = middle.and_then(|middle| middle.split('-').next()).and_then(|process| process.parse().ok());
        process.is_some_and(|process: u32| has_ended(process))
    };
    for entry in entries.filter(|entry| is_abandoned(&entry.file_name().to_string_lossy())) {
        let path = entry.path();
        tracing::warn!("{} is an unfinished output of a run that was killed; remove it", path.display());
    }
}

/// Whether no process of this number runs on this computer; `false` where this is not known.
fn has_ended(process: u32) -> bool {
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(process.to_string()).exists()
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
    fn partial_folders_of_one_process_are_distinct() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let [one, other] = [(); 2].map(|()| create_partial_folder(dir.path()).expect("created"));
        assert!(one != other && one.is_dir() && other.is_dir());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn process_of_this_program_has_not_ended() {
        assert!(!has_ended(process::id()));
        // Above the largest number of a process.
        assert!(has_ended(u32::MAX));
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
