//! Writer of packed windows.

use std::path::Path;

use tatabox_sequence::{UNKNOWN, WindowGeometry};

use super::{KIND, record_bytes};
use crate::error::Result;
use crate::storage::window_file::WindowFileWriter;

/// Writer of packed windows that holds one window in memory.
///
/// The header counts no windows until [`finish`](Self::finish), so the reader rejects an incomplete file.
#[derive(Debug)]
pub struct PackedWindowWriter {
    file: WindowFileWriter,
    geometry: WindowGeometry,
    record: Vec<u8>,
}

impl PackedWindowWriter {
    /// Creates or truncates the file.
    pub fn create(path: &Path, geometry: WindowGeometry) -> Result<Self> {
        let file = WindowFileWriter::create(path, KIND, geometry, 0)?;
        Ok(Self { file, geometry, record: vec![0; record_bytes(geometry.len())] })
    }

    /// Number of windows written so far.
    pub fn len(&self) -> usize {
        self.file.count
    }

    /// Whether no window has been written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes a window of base codes and returns its index.
    ///
    /// # Panics
    ///
    /// If the length of the window differs from the geometry.
    pub fn push(&mut self, codes: &[u8]) -> Result<usize> {
        let length = self.geometry.len();
        assert_eq!(codes.len(), length, "the window has the length of the geometry");
        let (bases, unknown) = self.record.split_at_mut(length.div_ceil(4));
        // The code of an unknown base is 4: its two low bits are zero, and only it has a higher bit set.
        for (byte, four) in bases.iter_mut().zip(codes.chunks(4)) {
            *byte = four.iter().rev().fold(0, |byte, &code| (byte << 2) | (code & 3));
        }
        for (byte, eight) in unknown.iter_mut().zip(codes.chunks(8)) {
            *byte = eight.iter().rev().fold(0, |byte, &code| (byte << 1) | (code / UNKNOWN));
        }
        self.file.push(&self.record)
    }

    /// Writes a window already packed by a file of the same geometry.
    pub(crate) fn push_packed(&mut self, record: &[u8]) -> Result<usize> {
        assert_eq!(record.len(), self.record.len(), "the packed window has the size of the geometry");
        self.file.push(record)
    }

    /// Writes the number of windows into the header and returns it.
    pub fn finish(self) -> Result<usize> {
        self.file.finish()
    }
}
