//! Writing signals one window after another.

use std::path::Path;

use half::f16;
use tatabox_sequence::WindowGeometry;

use super::{KIND, VALUE_BYTES};
use crate::error::Result;
use crate::storage::window_file::WindowFileWriter;

/// Writes a file of signals, holding one window in memory.
///
/// The header counts no window until [`finish`](Self::finish), so a file left half written is refused by the reader.
#[derive(Debug)]
pub struct SignalWindowWriter {
    file: WindowFileWriter,
    length: usize,
    tracks: usize,
    record: Vec<u8>,
}

impl SignalWindowWriter {
    /// Creates the file, or empties it.
    pub fn create(path: &Path, geometry: WindowGeometry, tracks: usize) -> Result<Self> {
        let file = WindowFileWriter::create(path, KIND, geometry, tracks as u32)?;
        let record = Vec::with_capacity(tracks * geometry.len() * VALUE_BYTES);
        Ok(Self { file, length: geometry.len(), tracks, record })
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
        self.file.push(&self.record)
    }

    /// Writes the number of windows into the header and returns it.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`](crate::DatasetError::Io) where the file cannot be written to its end.
    pub fn finish(self) -> Result<usize> {
        self.file.finish()
    }
}
