//! Packed windows: two bits per base plus a mask of unknown bases, memory-mapped.
//!
//! # Format
//!
//! Header of `window_file.rs` with magic `TATABOXW`. A window of L bases follows as `ceil(L / 4)` bytes with base `i`
//! in bits `2 (i mod 4)` of byte `i / 4` (A 0, C 1, G 2, T 3; unknown 0), then `ceil(L / 8)` bytes in which bit `i mod
//! 8` of byte `i / 8` is set if base `i` is unknown.

mod writer;

use std::ops::Range;
use std::path::Path;

use tatabox_sequence::{UNKNOWN, WindowGeometry};

use super::window_file::{WindowFile, WindowFileKind};
use crate::error::Result;

pub use writer::PackedWindowWriter;

const KIND: WindowFileKind = WindowFileKind { magic: *b"TATABOXW", version: 1, name: "packed windows" };

/// Size in bytes of a window of `length` bases.
fn record_bytes(length: usize) -> usize {
    length.div_ceil(4) + length.div_ceil(8)
}

/// File of packed windows; any number of threads may read it.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PackedWindowWriter, PackedWindows};
/// use tatabox_sequence::WindowGeometry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("windows.bin");
/// let mut writer = PackedWindowWriter::create(&path, WindowGeometry::new(50, 10)?)?;
/// writer.push(&[2; 60])?;
/// writer.finish()?;
///
/// let windows = PackedWindows::open(&path)?;
/// let mut codes = [0; 4];
/// windows.decode(0, 56..60, &mut codes);
/// assert_eq!((windows.len(), codes), (1, [2, 2, 2, 2]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PackedWindows {
    file: WindowFile,
}

impl PackedWindows {
    /// Maps the file and checks its header and size.
    ///
    /// # Errors
    ///
    /// [`DatasetError::FormatVersion`](crate::DatasetError::FormatVersion) for an unsupported version,
    /// [`DatasetError::Damaged`](crate::DatasetError::Damaged) for a wrong magic, geometry or size.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: WindowFile::open(path, KIND, |length, _| record_bytes(length))? })
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.file.count
    }

    /// Whether the file has no windows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Geometry of every window.
    pub fn geometry(&self) -> WindowGeometry {
        self.file.geometry
    }

    /// Packed bytes of a window, the input of [`PackedWindowWriter::push_packed`].
    pub(crate) fn packed(&self, window: usize) -> &[u8] {
        self.file.record(window)
    }

    /// Decodes the bases at `range` of a window into `codes`, which must be as long as `range`.
    ///
    /// # Panics
    ///
    /// If the window does not exist, `range` exceeds it or `codes` has a different length.
    pub fn decode(&self, window: usize, range: Range<usize>, codes: &mut [u8]) {
        let length = self.geometry().len();
        assert!(range.end <= length, "{range:?} of a window of {length} bases");
        assert_eq!(codes.len(), range.len(), "codes must be as long as {range:?}");
        let (bases, unknown) = self.packed(window).split_at(length.div_ceil(4));
        let code_at = |index: usize| {
            let is_unknown = unknown[index / 8] >> (index % 8) & 1 == 1;
            if is_unknown { UNKNOWN } else { bases[index / 4] >> (2 * (index % 4)) & 3 }
        };
        // Eight bases at a time, starting at the first byte boundary of the mask.
        let aligned = range.start.next_multiple_of(8).min(range.end);
        let (head, rest) = codes.split_at_mut(aligned - range.start);
        let (groups, tail) = rest.as_chunks_mut::<8>();
        for (group, byte) in groups.iter_mut().zip(aligned / 8..) {
            let (low, high) = group.split_at_mut(4);
            low.copy_from_slice(&FOUR_BASES[usize::from(bases[2 * byte])]);
            high.copy_from_slice(&FOUR_BASES[usize::from(bases[2 * byte + 1])]);
            if unknown[byte] != 0 {
                for (code, index) in group.iter_mut().zip(8 * byte..) {
                    *code = code_at(index);
                }
            }
        }
        let tail_start = range.end - tail.len();
        for (code, index) in head.iter_mut().zip(range.start..).chain(tail.iter_mut().zip(tail_start..)) {
            *code = code_at(index);
        }
    }
}

/// Lookup table: the four base codes packed in each byte.
const FOUR_BASES: [[u8; 4]; 256] = four_bases();

const fn four_bases() -> [[u8; 4]; 256] {
    let mut table = [[0; 4]; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut index = 0;
        while index < 4 {
            table[byte][index] = (byte >> (2 * index) & 3) as u8;
            index += 1;
        }
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn write(path: &Path, geometry: WindowGeometry, windows: &[Vec<u8>]) {
        let mut writer = PackedWindowWriter::create(path, geometry).expect("create");
        for window in windows {
            writer.push(window).expect("push");
        }
        assert_eq!(writer.finish().expect("finish"), windows.len());
    }

    proptest! {
        #[test]
        fn packed_windows_round_trip_preserves_codes(
            windows in (60_usize..200).prop_flat_map(|length| {
                prop::collection::vec(prop::collection::vec(0_u8..=UNKNOWN, length), 1..5)
            }),
            cut in 0_usize..60,
            fraction in 0.0..=1.0_f64,
        ) {
            let folder = tempfile::tempdir().expect("folder");
            let path = folder.path().join("windows.bin");
            let length = windows[0].len();
            let geometry = WindowGeometry::new(length as u32 - 10, 10).expect("valid");
            write(&path, geometry, &windows);
            let read = PackedWindows::open(&path).expect("open");
            prop_assert_eq!(read.len(), windows.len());
            for (index, window) in windows.iter().enumerate() {
                let end = cut + (fraction * (length - cut) as f64) as usize;
                let mut codes = vec![9; end - cut];
                read.decode(index, cut..end, &mut codes);
                prop_assert_eq!(&codes[..], &window[cut..end]);
            }
        }
    }

    #[test]
    fn packed_windows_bytes_match_format() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("windows.bin");
        let mut window = vec![0_u8; 60];
        // T C G at 1, 2, 3: 3 << 2 | 1 << 4 | 2 << 6 = 0b10_01_11_00. Unknown at 9: bit 1 of mask byte 1.
        (window[1], window[2], window[3], window[9]) = (3, 1, 2, UNKNOWN);
        write(&path, WindowGeometry::new(50, 10).expect("valid"), &[window]);
        let bytes = std::fs::read(&path).expect("read");
        assert_eq!(bytes.len(), 32 + 15 + 8);
        assert_eq!(bytes[32], 0b1001_1100);
        assert_eq!(bytes[32 + 15 + 1], 0b10);
    }

    #[test]
    fn packed_windows_truncated_file_returns_error() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("windows.bin");
        write(&path, WindowGeometry::new(50, 10).expect("valid"), &[vec![0; 60], vec![1; 60]]);
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("write");
        let error = PackedWindows::open(&path).expect_err("one byte short");
        assert!(error.to_string().contains("2 windows take 78 bytes, the file has 77"), "{error}");
        std::fs::write(&path, b"not windows").expect("write");
        assert!(PackedWindows::open(&path).is_err());
    }
}
