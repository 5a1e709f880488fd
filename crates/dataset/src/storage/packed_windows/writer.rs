//! Writing packed windows one after another.

use std::path::Path;

use tatabox_sequence::{UNKNOWN, WindowGeometry};

use super::{KIND, record_bytes};
use crate::error::Result;
use crate::storage::window_file::WindowFileWriter;

/// Writes a file of packed windows, holding one window in memory.
///
/// The header counts no window until [`finish`](Self::finish), so a file left half written is refused by the reader.
#[derive(Debug)]
pub struct PackedWindowWriter {
    file: WindowFileWriter,
    geometry: WindowGeometry,
    record: Vec<u8>,
}

impl PackedWindowWriter {
    /// Creates the file, or empties it.
    pub fn create(path: &Path, geometry: WindowGeometry) -> Result<Self> {
        let file = WindowFileWriter::create(path, KIND, geometry, 0)?;
        Ok(Self { file, geometry, record: vec![0; record_bytes(geometry.len())] })
    }

    /// Number of windows written.
    pub fn len(&self) -> usize {
        self.file.count
    }

    /// Whether no window is written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes a window of codes and returns its index.
    ///
    /// # Panics
    ///
    /// If the window has not the length of the geometry.
    pub fn push(&mut self, codes: &[u8]) -> Result<usize> {
        let length = self.geometry.len();
        assert_eq!(codes.len(), length, "a window is as long as its geometry");
        let (bases, unknown) = self.record.split_at_mut(length.div_ceil(4));
        // An unknown base, code 4, has zeros in the two low bits and is the only one with a bit above them.
        for (byte, four) in bases.iter_mut().zip(codes.chunks(4)) {
            *byte = four.iter().rev().fold(0, |byte, &code| (byte << 2) | (code & 3));
        }
        for (byte, eight) in unknown.iter_mut().zip(codes.chunks(8)) {
            *byte = eight.iter().rev().fold(0, |byte, &code| (byte << 1) | (code / UNKNOWN));
        }
        self.file.push(&self.record)
    }

    /// Writes a window that is packed already, by a file of the same geometry.
    pub(crate) fn push_packed(&mut self, record: &[u8]) -> Result<usize> {
        assert_eq!(record.len(), self.record.len(), "a packed window is as long as its geometry asks");
        self.file.push(record)
    }

    /// Writes the number of windows into the header and returns it.
    pub fn finish(self) -> Result<usize> {
        self.file.finish()
    }
}
