//! Checksums of the input files, computed while the preparation reads the files.

use std::fs::{self, Metadata};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use super::progress::{PrepareProgress, PrepareStage};
use crate::error::{DatasetError, Result};
use crate::io::checksum::InputFile;

/// Interval between two progress reports.
const REPORT_EVERY: Duration = Duration::from_millis(20);

/// Checksums computed on a separate thread; for a whole genome they take longer than extracting all windows.
pub(crate) struct InputChecksums {
    bytes_done: Arc<AtomicU64>,
    thread: JoinHandle<Result<Vec<InputFile>>>,
    /// Sizes and times of the files before they are read.
    stamps: Vec<(PathBuf, Option<FileStamp>)>,
}

/// Size and time of modification of a file.
type FileStamp = (u64, Option<SystemTime>);

/// Stamp of a regular file; `None` for a pipe, of which all readers see one copy.
fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = fs::metadata(path).ok().filter(Metadata::is_file)?;
    Some((metadata.len(), metadata.modified().ok()))
}

impl InputChecksums {
    /// Starts the thread. If the value is dropped early, the thread finishes on its own and its result is discarded.
    pub(crate) fn start(inputs: Vec<(&'static str, PathBuf)>) -> Self {
        let stamps = inputs.iter().map(|(_, path)| (path.clone(), stamp(path))).collect();
        let bytes_done = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&bytes_done);
        let thread = thread::spawn(move || {
            let mut before = 0;
            let mut read = Vec::with_capacity(inputs.len());
            for (role, path) in inputs {
                let count = &mut |bytes| counter.store(before + bytes, Ordering::Relaxed);
                let input = InputFile::read_with(role, &path, count)?;
                before += input.bytes;
                read.push(input);
            }
            Ok(read)
        });
        Self { bytes_done, thread, stamps }
    }

    /// Waits for the last input. Called after the inputs have been read for their content.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] if a file cannot be read, [`DatasetError::InputChanged`] if it changed since the start.
    pub(crate) fn finish(self, progress: &mut dyn FnMut(PrepareProgress)) -> Result<Vec<InputFile>> {
        while !self.thread.is_finished() {
            let bytes = self.bytes_done.load(Ordering::Relaxed);
            progress(PrepareProgress::new(PrepareStage::Checksums, bytes, None));
            thread::sleep(REPORT_EVERY);
        }
        let inputs = self.thread.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        match self.stamps.into_iter().find(|(path, before)| stamp(path) != *before) {
            Some((path, _)) => Err(DatasetError::InputChanged { path }),
            None => Ok(inputs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finish_changed_input_returns_error() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("e.tsv");
        fs::write(&path, "gene_id\tK562\n").expect("written");
        let checksums = InputChecksums::start(vec![("expression", path.clone())]);
        fs::write(&path, "gene_id\tK562\nG\t1\n").expect("written");
        let error = checksums.finish(&mut |_| {}).expect_err("changed").to_string();
        assert!(error.contains("e.tsv: changed while it was read"), "{error}");
    }
}
