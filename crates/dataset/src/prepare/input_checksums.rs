//! Checksums of the input files, computed while the preparation reads the files.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::progress::{PrepareProgress, PrepareStage};
use crate::error::Result;
use crate::io::checksum::InputFile;

/// Interval between two progress reports.
const REPORT_EVERY: Duration = Duration::from_millis(20);

/// Checksums computed on a separate thread; for a whole genome they take longer than extracting all windows.
pub(crate) struct InputChecksums {
    bytes_done: Arc<AtomicU64>,
    thread: JoinHandle<Result<Vec<InputFile>>>,
}

impl InputChecksums {
    /// Starts the thread. If the value is dropped early, the thread finishes on its own and its result is discarded.
    pub(crate) fn start(inputs: Vec<(&'static str, PathBuf)>) -> Self {
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
        Self { bytes_done, thread }
    }

    /// Waits for the last input.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`](crate::DatasetError::Io) if a file cannot be read.
    pub(crate) fn finish(self, progress: &mut dyn FnMut(PrepareProgress)) -> Result<Vec<InputFile>> {
        while !self.thread.is_finished() {
            let bytes = self.bytes_done.load(Ordering::Relaxed);
            progress(PrepareProgress::new(PrepareStage::Checksums, bytes, None));
            thread::sleep(REPORT_EVERY);
        }
        self.thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}
