//! One download into a folder at a time.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::DownloadError;

/// Name of the file that is locked.
const LOCK_FILE: &str = ".downloads.lock";

/// A folder that no other run writes to while this is held. The system lets go of it when the program ends, however it
/// ends; the file stays and means nothing by itself.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock, or fails at once.
    ///
    /// # Errors
    ///
    /// Another run holds it, or the folder cannot be written to.
    pub fn take(folder: &Path) -> Result<Self, DownloadError> {
        let path = folder.join(LOCK_FILE);
        let failed = |source| DownloadError::Io { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DownloadError::FolderLocked { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let message = FolderLock::take(folder.path()).unwrap_err().to_string();
        assert!(message.contains("another download into this folder is under way"), "{message}");
        drop(first);
        assert!(FolderLock::take(folder.path()).is_ok());
    }
}
