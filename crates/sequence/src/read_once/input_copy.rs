//! Temporary copy of an input that can be read only once.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::{STDIN, check_device, display_path};
use crate::SequenceError;

/// Prefix of temporary files.
const COPY_PREFIX: &str = "tatabox-input-";

/// Temporary copy of a stream. Where the system allows, the file has no name, so that it is removed however the program
/// ends.
pub(super) struct InputCopy {
    file: File,
    name: Option<tempfile::TempPath>,
}

impl InputCopy {
    /// Copies a stream to its end.
    pub(super) fn of(path: &Path) -> Result<Self, SequenceError> {
        let folder = std::env::temp_dir();
        let failed = |source| SequenceError::InputCopy { path: display_path(path), folder: folder.clone(), source };
        let copy = tempfile::Builder::new().prefix(COPY_PREFIX).tempfile_in(&folder).map_err(failed)?;
        let (mut file, name) = copy.into_parts();
        let read_failed = |source| SequenceError::Io { path: display_path(path), source };
        if path.as_os_str() == STDIN {
            io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
        } else {
            let mut stream = File::open(path).map_err(read_failed)?;
            check_device(&stream).map_err(read_failed)?;
            io::copy(&mut stream, &mut file).map_err(failed)?;
        }
        let reopens = File::open(descriptor_path(&file)).is_ok();
        Ok(Self { file, name: (!reopens).then_some(name) })
    }

    /// File at the start of the copy, with a separate position.
    pub(super) fn reopen(&self) -> io::Result<File> {
        match &self.name {
            Some(name) => File::open(name),
            None => File::open(descriptor_path(&self.file)),
        }
    }
}

/// Path that opens a file without a name anew; no existing path on other systems than Linux.
fn descriptor_path(file: &File) -> PathBuf {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = file;
        PathBuf::new()
    }
}
