//! Room on the disk.

use std::io;
use std::path::Path;

use crate::DownloadError;

/// Room left for others.
const RESERVE_BYTES: u64 = 64 << 20;

/// Tells the free bytes of the disk that a folder is on.
pub(crate) type FreeSpace = Box<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// Asks the system.
pub(crate) fn free_space() -> FreeSpace {
    Box::new(|folder| fs4::available_space(folder))
}

/// Refuses to begin what cannot end: `bytes` more and a reserve have to be free.
pub(crate) fn check_room(free: &FreeSpace, folder: &Path, bytes: u64) -> Result<(), DownloadError> {
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
    fn a_reserve_stays_free() {
        let free: FreeSpace = Box::new(|_| Ok(RESERVE_BYTES + 10));
        assert!(check_room(&free, Path::new("."), 10).is_ok());
        let message = check_room(&free, Path::new("x"), 11).unwrap_err().to_string();
        assert_eq!(message, "x: 67108875 more bytes are needed, 67108874 are free; make room or choose another folder");
    }

    #[test]
    fn the_system_knows_the_room() {
        assert!(free_space()(Path::new(".")).unwrap() > 0);
    }
}
