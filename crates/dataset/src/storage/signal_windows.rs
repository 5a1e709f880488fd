//! Signals along the windows (chromatin accessibility, histone marks): one value per base and track, memory-mapped.
//!
//! # Format
//!
//! Header of `window_file.rs` with magic `TATABOXS` and the number of tracks. Each window follows as one IEEE 754
//! half-precision number per base, track by track.

mod writer;

use std::ops::Range;
use std::path::Path;

use half::f16;
use tatabox_sequence::WindowGeometry;

use super::window_file::{WindowFile, WindowFileKind};
use crate::error::Result;

pub use writer::SignalWindowWriter;

const KIND: WindowFileKind = WindowFileKind { magic: *b"TATABOXS", version: 1, name: "signals" };
const VALUE_BYTES: usize = size_of::<f16>();

/// Stored form of a signal value and input of a network: `asinh(x)` in half precision.
///
/// The function is linear near 0, grows logarithmically for large values and accepts negative values. A position
/// without a value counts as 0, since bigWig files omit zeros.
///
/// # Source
///
/// Signal transformation of Avocado, Schreiber et al. 2020, doi:10.1186/s13059-020-01977-6.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::stored_signal;
///
/// // asinh(0.75) = ln(0.75 + 1.25) = ln 2, to half precision.
/// assert!((stored_signal(0.75) - std::f32::consts::LN_2).abs() < 1e-3);
/// assert_eq!(stored_signal(f32::NAN), 0.0);
/// ```
pub fn stored_signal(value: f32) -> f32 {
    // Double precision avoids overflow of the square.
    let asinh = if value.is_finite() { f64::from(value).asinh() as f32 } else { 0.0 };
    // Conversion through single precision matches processors with a hardware conversion.
    f16::from_f32(asinh).to_f32()
}

/// File of signals; any number of threads may read it.
#[derive(Debug)]
pub struct SignalWindows {
    file: WindowFile,
}

impl SignalWindows {
    /// Maps the file and checks its header and size.
    ///
    /// # Errors
    ///
    /// [`DatasetError::FormatVersion`](crate::DatasetError::FormatVersion) for an unsupported version,
    /// [`DatasetError::Damaged`](crate::DatasetError::Damaged) for a wrong magic, geometry or size.
    pub fn open(path: &Path) -> Result<Self> {
        let record_bytes = |length: usize, tracks: u32| tracks as usize * length * VALUE_BYTES;
        Ok(Self { file: WindowFile::open(path, KIND, record_bytes)? })
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.file.count
    }

    /// Whether the file has no windows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of tracks.
    pub fn tracks(&self) -> usize {
        self.file.extra as usize
    }

    /// Geometry of every window.
    pub fn geometry(&self) -> WindowGeometry {
        self.file.geometry
    }

    /// Reads the [stored signal](stored_signal) at `range` of a window into `values`, which must be as long as `range`.
    ///
    /// # Panics
    ///
    /// If the window or track does not exist, `range` exceeds the window or `values` has a different length.
    pub fn read(&self, window: usize, track: usize, range: Range<usize>, values: &mut [f32]) {
        let length = self.geometry().len();
        assert!(track < self.tracks(), "track {track} of {}", self.tracks());
        assert!(range.end <= length && values.len() == range.len(), "{range:?} of a window of {length} bases");
        let start = (track * length + range.start) * VALUE_BYTES;
        let bytes = &self.file.record(window)[start..start + range.len() * VALUE_BYTES];
        let bytes = bytes.as_chunks::<VALUE_BYTES>().0;
        for (value, bytes) in values.iter_mut().zip(bytes) {
            *value = f16::from_le_bytes(*bytes).to_f32();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signal_windows_round_trip_preserves_values() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("signals.bin");
        let geometry = WindowGeometry::new(50, 10).expect("valid");
        let mut writer = SignalWindowWriter::create(&path, geometry, 2).expect("created");
        let ramp: Vec<f32> = (0..60).map(|base| base as f32 / 4.0).collect();
        let flat = vec![-1.5; 60];
        writer.push(&[&ramp, &flat]).expect("written");
        writer.push(&[&flat, &ramp]).expect("written");
        writer.finish().expect("finished");
        let signals = SignalWindows::open(&path).expect("opened");
        assert_eq!((signals.len(), signals.tracks(), signals.geometry()), (2, 2, geometry));
        let mut values = [0.0; 3];
        // Quarters up to 15 are exact in half precision.
        signals.read(0, 0, 57..60, &mut values);
        assert_eq!(values.map(f32::to_bits), [14.25_f32, 14.5, 14.75].map(f32::to_bits));
        signals.read(1, 0, 0..3, &mut values);
        assert_eq!(values.map(f32::to_bits), [-1.5_f32; 3].map(f32::to_bits));
        signals.read(1, 1, 4..7, &mut values);
        assert_eq!(values.map(f32::to_bits), [1.0_f32, 1.25, 1.5].map(f32::to_bits));
        let whole = std::fs::read(&path).expect("bytes");
        std::fs::write(&path, &whole[..whole.len() - 1]).expect("cut");
        assert!(SignalWindows::open(&path).expect_err("cut off").to_string().contains("the file has 511"));
    }

    #[test]
    fn stored_signal_is_inverse_hyperbolic_sine() {
        // asinh(x) = ln(x + sqrt(x^2 + 1)): asinh(0.75) = ln(0.75 + 1.25) = ln 2.
        assert!((stored_signal(0.75) - 2f32.ln()).abs() < 1e-3);
        assert!((stored_signal(-0.75) + 2f32.ln()).abs() < 1e-3);
        assert_eq!((stored_signal(0.0), stored_signal(f32::NAN)), (0.0, 0.0));
        assert!(f16::from_f32(stored_signal(f32::MAX)).is_finite(), "the largest signal fits");
    }
}
