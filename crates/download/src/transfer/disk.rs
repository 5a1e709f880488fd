//! Free disk space.

use std::io;
use std::path::Path;

use crate::DownloadError;

/// Bytes that remain free on the disk.
const RESERVE_BYTES: u64 = 64 << 20;

/// Function that returns the free bytes of the disk of a folder.
pub(crate) type FreeSpace = Box<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// Free space according to the operating system.
pub(crate) fn free_space() -> FreeSpace {
    Box::new(|folder| fs4::available_space(folder))
}

/// Checks that the disk of `folder` has space for `bytes` more bytes and a reserve.
///
/// # Errors
///
/// [`DownloadError::DiskFull`] if the space is insufficient.
pub(crate) fn check_disk_space(free: &FreeSpace, folder: &Path, bytes: u64) -> Result<(), DownloadError> {
    let free_bytes = free(folder).map_err(|source| DownloadError::Io { path: folder.to_owned(), source })?;
    let needed_bytes = bytes.saturating_add(RESERVE_BYTES);
    if bytes > 0 && free_bytes < needed_bytes {
        return Err(DownloadError::DiskFull { folder: folder.to_owned(), needed_bytes, free_bytes });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_disk_space_keeps_reserve_free() {
        let free: FreeSpace = Box::new(|_| Ok(RESERVE_BYTES + 10));
        assert!(check_disk_space(&free, Path::new("."), 10).is_ok());
        let message = check_disk_space(&free, Path::new("x"), 11).unwrap_err().to_string();
        assert_eq!(
            message,
            "x: the download requires 67108875 bytes, but only 67108874 are free; free disk space or choose another folder"
        );
    }

    #[test]
    fn free_space_of_current_folder_is_positive() {
        assert!(free_space()(Path::new(".")).unwrap() > 0);
    }
}
