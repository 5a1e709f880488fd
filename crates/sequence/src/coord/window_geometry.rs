//! Extent of a window around a transcription start site.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Strand, Tss};
use crate::SequenceError;

/// Shortest window, in bp.
const MIN_WINDOW_BP: u64 = 60;
/// Longest window, in bp.
const MAX_WINDOW_BP: u64 = 20_000;

/// Extent of a window: `[TSS - upstream_bp, TSS + downstream_bp)` in the direction of transcription.
///
/// The TSS base is at window index `upstream_bp` on both strands.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::WindowGeometry;
///
/// let geometry = WindowGeometry::new(2_000, 500)?;
/// assert_eq!((geometry.len(), geometry.tss_index()), (2_500, 2_000));
/// assert_eq!(geometry.to_string(), "-2000/+500");
/// assert!(WindowGeometry::new(20, 0).is_err());
/// # Ok::<(), tatabox_sequence::SequenceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "UncheckedGeometry")]
#[non_exhaustive]
pub struct WindowGeometry {
    /// Bases upstream of the TSS.
    pub upstream_bp: u32,
    /// Bases downstream, from the TSS base on.
    pub downstream_bp: u32,
}

/// Geometry as read from a file, before validation.
#[derive(Deserialize)]
struct UncheckedGeometry {
    upstream_bp: u32,
    downstream_bp: u32,
}

impl TryFrom<UncheckedGeometry> for WindowGeometry {
    type Error = SequenceError;

    fn try_from(extent: UncheckedGeometry) -> Result<Self, Self::Error> {
        Self::new(extent.upstream_bp, extent.downstream_bp)
    }
}

impl WindowGeometry {
    /// Window of `upstream_bp` bases before the TSS base and `downstream_bp` bases from the TSS base on.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidGeometry`] unless the window is 60 to 20,000 bp long and includes the TSS base.
    pub fn new(upstream_bp: u32, downstream_bp: u32) -> Result<Self, SequenceError> {
        let invalid = |detail: String| SequenceError::InvalidGeometry { upstream_bp, downstream_bp, detail };
        let length = u64::from(upstream_bp) + u64::from(downstream_bp);
        if !(MIN_WINDOW_BP..=MAX_WINDOW_BP).contains(&length) {
            return Err(invalid(format!("length is {length} bp; expected {MIN_WINDOW_BP} to {MAX_WINDOW_BP} bp")));
        }
        if downstream_bp == 0 {
            return Err(invalid("the window excludes the TSS base; expected at least 1 bp downstream".to_owned()));
        }
        Ok(Self { upstream_bp, downstream_bp })
    }

    /// Length of the window, in bp.
    #[expect(clippy::len_without_is_empty, reason = "a window is at least 60 bases long")]
    pub fn len(&self) -> usize {
        self.upstream_bp as usize + self.downstream_bp as usize
    }

    /// Window index of the TSS base.
    pub fn tss_index(&self) -> usize {
        self.upstream_bp as usize
    }
}

impl fmt::Display for WindowGeometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-{}/+{}", self.upstream_bp, self.downstream_bp)
    }
}

/// Part of a window within its contig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WindowSpan {
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base.
    pub end: u64,
    /// Number of window bases before the start of the contig.
    pub missing_below: usize,
}

impl WindowSpan {
    /// Part of the window around a TSS within a contig of `length` bp.
    pub fn new(tss: &Tss, geometry: WindowGeometry, length: u64) -> Self {
        // Bases of the window below and above the TSS base on the forward strand; the TSS base counts as above.
        let (below, above) = match tss.strand {
            Strand::Forward => (u64::from(geometry.upstream_bp), u64::from(geometry.downstream_bp)),
            Strand::Reverse => (u64::from(geometry.downstream_bp) - 1, u64::from(geometry.upstream_bp) + 1),
        };
        let start = tss.position.saturating_sub(below);
        let missing_below = (below - (tss.position - start)) as usize;
        Self { start, end: (tss.position + above).min(length), missing_below }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(upstream_bp: u32, downstream_bp: u32) -> WindowGeometry {
        WindowGeometry::new(upstream_bp, downstream_bp).unwrap()
    }

    #[test]
    fn window_geometry_new_and_deserialize_validate() {
        for (upstream_bp, downstream_bp) in [(59, 0), (30, 29), (60, 0), (20_000, 1), (u32::MAX, u32::MAX)] {
            assert!(WindowGeometry::new(upstream_bp, downstream_bp).is_err());
        }
        assert_eq!(geometry(10_000, 1_000).len(), 11_000);
        assert_eq!(geometry(10_000, 1_000).to_string(), "-10000/+1000");
        let json = serde_json::to_string(&geometry(500, 100)).unwrap();
        assert_eq!(json, r#"{"upstream_bp":500,"downstream_bp":100}"#);
        assert_eq!(serde_json::from_str::<WindowGeometry>(&json).unwrap(), geometry(500, 100));
        let error = serde_json::from_str::<WindowGeometry>(r#"{"upstream_bp":5,"downstream_bp":1}"#).unwrap_err();
        assert!(error.to_string().contains("expected 60 to 20000 bp"), "{error}");
    }
}
