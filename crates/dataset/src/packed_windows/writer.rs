//! Writing packed windows one after another.

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tatabox_sequence::{UNKNOWN, WindowGeometry};

use super::{HEADER_BYTES, MAGIC, VERSION, record_bytes};
use crate::error::{DatasetError, Result};

/// Where the header has the number of windows.
const COUNT_AT: u64 = 24;

/// Writes a file of packed windows, holding one window in memory.
///
/// The header counts no window until [`finish`](Self::finish), so a file left half written is refused by the reader.
#[derive(Debug)]
pub struct PackedWindowWriter {
    path: PathBuf,
    file: BufWriter<File>,
    geometry: WindowGeometry,
    record: Vec<u8>,
    count: usize,
}

impl PackedWindowWriter {
    /// Creates the file, or empties it.
    pub fn create(path: &Path, geometry: WindowGeometry) -> Result<Self> {
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&MAGIC);
        for field in [VERSION, geometry.upstream_bp, geometry.downstream_bp, 0] {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&0_u64.to_le_bytes());
        let mut file = BufWriter::new(file);
        file.write_all(&header).map_err(DatasetError::io(path, "write"))?;
        Ok(Self { path: path.into(), file, geometry, record: vec![0; record_bytes(geometry.len())], count: 0 })
    }

    /// Number of windows written.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether no window is written yet.
    pub fn is_empty(&self) -> bool {
        self.count == 0
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
        self.file.write_all(&self.record).map_err(DatasetError::io(&self.path, "write"))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// Writes a window that is packed already, by a file of the same geometry.
    pub(crate) fn push_packed(&mut self, record: &[u8]) -> Result<usize> {
        assert_eq!(record.len(), self.record.len(), "a packed window is as long as its geometry asks");
        self.file.write_all(record).map_err(DatasetError::io(&self.path, "write"))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// Writes the number of windows into the header and returns it.
    pub fn finish(self) -> Result<usize> {
        let Self { path, file, count, .. } = self;
        let mut file =
            file.into_inner().map_err(IntoInnerError::into_error).map_err(DatasetError::io(&path, "write"))?;
        file.seek(SeekFrom::Start(COUNT_AT))
            .and_then(|_| file.write_all(&(count as u64).to_le_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(DatasetError::io(&path, "write"))?;
        Ok(count)
    }
}
