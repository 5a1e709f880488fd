//! Lock of the folder of a run, so that two processes do not write to it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::ModelError;

/// Lock of a model folder and its unfinished run; it ends with the value, or with the process.
#[derive(Debug)]
pub(crate) struct RunLock {
    file: PathBuf,
    _locked: File,
}

impl RunLock {
    /// Locks the folder of a finished model, which need not exist, through a hidden file next to it.
    ///
    /// # Errors
    /// [`ModelError::RunInUse`] where another process holds the lock; [`ModelError::Io`].
    pub fn acquire(folder: &Path) -> Result<Self, ModelError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let file = folder.with_file_name(format!(".{name}.lock"));
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(ModelError::io("create", parent))?;
        }
        let options = File::options().write(true).create(true).truncate(false).open(&file);
        let locked = options.map_err(ModelError::io("create", &file))?;
        match locked.try_lock() {
            Err(TryLockError::WouldBlock) => Err(ModelError::RunInUse { path: folder.to_owned() }),
            // A file system without locks.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(Self { file, _locked: locked }),
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // The lock ends also if the file remains.
        let _ = fs::remove_file(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lock_is_held_by_one_and_leaves_no_file() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = root.path().join("models/m");
        let lock = RunLock::acquire(&folder).expect("free");
        let message = RunLock::acquire(&folder).expect_err("held").to_string();
        assert!(message.contains("another process"), "{message}");
        drop(lock);
        assert_eq!(fs::read_dir(root.path().join("models")).expect("readable").count(), 0);
        drop(RunLock::acquire(&folder).expect("free again"));
    }
}
