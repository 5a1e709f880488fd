//! Writer of signals.

use std::path::Path;

use half::f16;
use tatabox_sequence::WindowGeometry;

use super::{KIND, VALUE_BYTES};
use crate::error::Result;
use crate::storage::window_file::WindowFileWriter;

/// Writer of signals that holds one window in memory.
///
/// The header counts no windows until [`finish`](Self::finish), so the reader rejects an incomplete file.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{SignalWindowWriter, SignalWindows};
/// use tatabox_sequence::WindowGeometry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("signals.bin");
/// let mut writer = SignalWindowWriter::create(&path, WindowGeometry::new(50, 10)?, 1)?;
/// writer.push(&[&[0.5; 60]])?;
/// writer.finish()?;
///
/// let signals = SignalWindows::open(&path)?;
/// let mut values = [0.0; 2];
/// signals.read(0, 0, 10..12, &mut values);
/// assert_eq!(values, [0.5, 0.5]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SignalWindowWriter {
    file: WindowFileWriter,
    length: usize,
    tracks: usize,
    record: Vec<u8>,
}

impl SignalWindowWriter {
    /// Creates or truncates the file.
    pub fn create(path: &Path, geometry: WindowGeometry, tracks: usize) -> Result<Self> {
        let file = WindowFileWriter::create(path, KIND, geometry, tracks as u32)?;
        let record = Vec::with_capacity(tracks * geometry.len() * VALUE_BYTES);
        Ok(Self { file, length: geometry.len(), tracks, record })
    }

    /// Writes the signals of a window, one per track, and returns its index.
    ///
    /// # Panics
    ///
    /// If the number of signals differs from the number of tracks, or the length of a signal from the geometry.
    pub fn push(&mut self, signals: &[&[f32]]) -> Result<usize> {
        assert_eq!(signals.len(), self.tracks, "one signal per track");
        self.record.clear();
        for signal in signals {
            assert_eq!(signal.len(), self.length, "the signal has the length of the window");
            self.record.extend(signal.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()));
        }
        self.file.push(&self.record)
    }

    /// Writes the number of windows into the header and returns it.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`](crate::DatasetError::Io) if the file cannot be completed.
    pub fn finish(self) -> Result<usize> {
        self.file.finish()
    }
}
