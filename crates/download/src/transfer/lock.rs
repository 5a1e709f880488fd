//! Exclusive lock of a download folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::DownloadError;

/// Name of the lock file.
const LOCK_FILE: &str = ".downloads.lock";

/// Exclusive lock of a download folder.
///
/// The operating system releases the lock when the program ends, also after a crash. The lock file remains and has no
/// effect.
///
/// # Examples
///
/// ```
/// use tatabox_download::{DownloadError, FolderLock};
///
/// let folder = tempfile::tempdir()?;
/// let lock = FolderLock::take(folder.path())?;
/// assert!(matches!(FolderLock::take(folder.path()), Err(DownloadError::FolderLocked { .. })));
/// drop(lock);
/// assert!(FolderLock::take(folder.path()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Lock of `folder`; does not wait.
    ///
    /// # Errors
    ///
    /// [`DownloadError::FolderLocked`] if another process holds the lock, [`DownloadError::Io`] if the lock file cannot be
    /// written.
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
    fn take_locked_folder_is_rejected_until_release() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let message = FolderLock::take(folder.path()).unwrap_err().to_string();
        assert!(message.contains("another download into this folder is in progress"), "{message}");
        drop(first);
        assert!(FolderLock::take(folder.path()).is_ok());
    }
}
