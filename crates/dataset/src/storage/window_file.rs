//! Memory-mapped files with one record per window and a header of 32 bytes.
//!
//! Header, little-endian: magic (8 bytes), version `u32`, upstream bases `u32`, downstream bases `u32`, a number `u32`
//! whose meaning depends on the kind of file, number of windows `u64`.

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use tatabox_sequence::WindowGeometry;

use crate::error::{DatasetError, Result};

const HEADER_BYTES: usize = 32;
/// Offset of the number of windows in the header.
const COUNT_AT: u64 = 24;

/// Kind of window file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowFileKind {
    pub magic: [u8; 8],
    pub version: u32,
    /// Name for messages, such as "packed windows".
    pub name: &'static str,
}

/// Mapped file with a valid header and size.
#[derive(Debug)]
pub(crate) struct WindowFile {
    map: Mmap,
    pub geometry: WindowGeometry,
    /// Number whose meaning depends on the kind of file.
    pub extra: u32,
    pub count: usize,
    record_bytes: usize,
}

impl WindowFile {
    /// Maps the file; `record_bytes` computes the record size from the window length and the extra number.
    ///
    /// # Errors
    ///
    /// [`DatasetError::FormatVersion`] for an unsupported version, [`DatasetError::Damaged`] for a wrong magic,
    /// geometry or size.
    pub fn open(path: &Path, kind: WindowFileKind, record_bytes: impl Fn(usize, u32) -> usize) -> Result<Self> {
        let file = File::open(path).map_err(DatasetError::io(path, "open"))?;
        // SAFETY: the map is read-only. Files of a data set are written under another name and renamed, never modified
        // in place, so the bytes do not change while the map exists.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(DatasetError::io(path, "map"))?;
        if map.len() < HEADER_BYTES || map[..8] != kind.magic {
            return Err(DatasetError::damaged(
                path,
                format!("it does not start with the magic bytes of {}", kind.name),
            ));
        }
        let u32_at = |at: usize| u32::from_le_bytes(map[at..at + 4].try_into().expect("four bytes"));
        if u32_at(8) != kind.version {
            return Err(DatasetError::FormatVersion { path: path.into(), found: u32_at(8), expected: kind.version });
        }
        let geometry = WindowGeometry::new(u32_at(12), u32_at(16))
            .map_err(|error| DatasetError::damaged(path, error.to_string()))?;
        let (extra, record_bytes) = (u32_at(20), record_bytes(geometry.len(), u32_at(20)));
        let count = u64::from_le_bytes(map[24..32].try_into().expect("eight bytes"));
        let expected = u128::from(count) * record_bytes as u128 + HEADER_BYTES as u128;
        if expected != map.len() as u128 {
            let detail = format!("{count} windows take {expected} bytes, the file has {}", map.len());
            return Err(DatasetError::damaged(path, detail));
        }
        Ok(Self { geometry, extra, count: count as usize, record_bytes, map })
    }

    /// Bytes of a window.
    ///
    /// # Panics
    ///
    /// If the window does not exist.
    pub fn record(&self, window: usize) -> &[u8] {
        assert!(window < self.count, "window {window} of {}", self.count);
        &self.map[HEADER_BYTES + window * self.record_bytes..][..self.record_bytes]
    }
}

/// Writer of a window file, record by record.
///
/// The header counts no windows until [`finish`](Self::finish), so the reader rejects an incomplete file.
#[derive(Debug)]
pub(crate) struct WindowFileWriter {
    path: PathBuf,
    file: BufWriter<File>,
    pub count: usize,
}

impl WindowFileWriter {
    /// Creates or truncates the file.
    pub fn create(path: &Path, kind: WindowFileKind, geometry: WindowGeometry, extra: u32) -> Result<Self> {
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&kind.magic);
        for field in [kind.version, geometry.upstream_bp, geometry.downstream_bp, extra] {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&0_u64.to_le_bytes());
        let mut file = BufWriter::new(file);
        file.write_all(&header).map_err(DatasetError::io(path, "write"))?;
        Ok(Self { path: path.into(), file, count: 0 })
    }

    /// Writes the record of a window and returns its index.
    pub fn push(&mut self, record: &[u8]) -> Result<usize> {
        self.file.write_all(record).map_err(DatasetError::io(&self.path, "write"))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// Writes the number of windows into the header and returns it.
    pub fn finish(self) -> Result<usize> {
        let Self { path, file, count } = self;
        let mut file =
            file.into_inner().map_err(IntoInnerError::into_error).map_err(DatasetError::io(&path, "write"))?;
        file.seek(SeekFrom::Start(COUNT_AT))
            .and_then(|_| file.write_all(&(count as u64).to_le_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(DatasetError::io(&path, "write"))?;
        Ok(count)
    }
}
