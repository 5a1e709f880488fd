//! Progress of opening a genome.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

/// Bytes between two progress reports.
const REPORT_EVERY_BYTES: u64 = 16 << 20;

/// Step of opening a genome that reads a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GenomeStage {
    /// Checksum of a genome compressed with plain gzip.
    Checksum,
    /// Check of the copy of that genome which was unpacked earlier.
    CheckUnpacked,
    /// Unpacking of that genome, once per genome.
    Unpack,
    /// Construction of the index, once per genome.
    Index,
}

impl fmt::Display for GenomeStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Checksum => "genome checksum",
            Self::CheckUnpacked => "check of unpacked genome",
            Self::Unpack => "unpacking genome",
            Self::Index => "genome index",
        })
    }
}

/// Progress of opening a genome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenomeProgress {
    /// Current step.
    pub stage: GenomeStage,
    /// Bytes of the file read so far.
    pub bytes_done: u64,
    /// Size of the file, in bytes.
    pub bytes_total: u64,
}

/// File reader that reports its progress.
pub(super) struct ProgressReader<'a> {
    file: File,
    progress: &'a mut dyn FnMut(GenomeProgress),
    state: GenomeProgress,
    bytes_reported: u64,
}

impl<'a> ProgressReader<'a> {
    pub(super) fn new(file: File, stage: GenomeStage, progress: &'a mut dyn FnMut(GenomeProgress)) -> io::Result<Self> {
        let bytes_total = file.metadata()?.len();
        Ok(Self { file, progress, state: GenomeProgress { stage, bytes_done: 0, bytes_total }, bytes_reported: 0 })
    }
}

impl Read for ProgressReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.state.bytes_done += read as u64;
        if read == 0 || self.state.bytes_done - self.bytes_reported >= REPORT_EVERY_BYTES {
            self.bytes_reported = self.state.bytes_done;
            (self.progress)(self.state);
        }
        Ok(read)
    }
}
