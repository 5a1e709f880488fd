//! Writing signals one window after another.

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use half::f16;
use tatabox_sequence::WindowGeometry;

use super::{HEADER_BYTES, MAGIC, VALUE_BYTES, VERSION};
use crate::error::{DatasetError, Result};

/// Where the header has the number of windows.
const COUNT_AT: u64 = 24;

/// Writes a file of signals, holding one window in memory.
///
/// The header counts no window until [`finish`](Self::finish), so a file left half written is refused by the reader.
#[derive(Debug)]
pub struct SignalWindowWriter {
    path: PathBuf,
    file: BufWriter<File>,
    length: usize,
    tracks: usize,
    record: Vec<u8>,
    count: usize,
}

impl SignalWindowWriter {
    /// Creates the file, or empties it.
    pub fn create(path: &Path, geometry: WindowGeometry, tracks: usize) -> Result<Self> {
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&MAGIC);
        for field in [VERSION, geometry.upstream_bp, geometry.downstream_bp, tracks as u32] {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&0_u64.to_le_bytes());
        let mut file = BufWriter::new(file);
        file.write_all(&header).map_err(DatasetError::io(path, "write"))?;
        let record = Vec::with_capacity(tracks * geometry.len() * VALUE_BYTES);
        Ok(Self { path: path.into(), file, length: geometry.len(), tracks, record, count: 0 })
    }

    /// Writes the signals of a window, one a track, and returns its index.
    ///
    /// # Panics
    ///
    /// If there are not as many signals as tracks, or one is not as long as the geometry.
    pub fn push(&mut self, signals: &[&[f32]]) -> Result<usize> {
        assert_eq!(signals.len(), self.tracks, "one signal a track");
        self.record.clear();
        for signal in signals {
            assert_eq!(signal.len(), self.length, "a signal is as long as its window");
            self.record.extend(signal.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()));
        }
        self.file.write_all(&self.record).map_err(DatasetError::io(&self.path, "write"))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// Writes the number of windows into the header.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] where the file cannot be written to its end.
    pub fn finish(self) -> Result<()> {
        let path = &self.path;
        let mut file =
            self.file.into_inner().map_err(IntoInnerError::into_error).map_err(DatasetError::io(path, "write"))?;
        file.seek(SeekFrom::Start(COUNT_AT))
            .and_then(|_| file.write_all(&(self.count as u64).to_le_bytes()))
            .map_err(DatasetError::io(path, "write"))
    }
}
