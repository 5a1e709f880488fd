//! The stretch of DNA around a transcription start site that a model sees.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::nucleotide::UNKNOWN;
use crate::{Interval, ReferenceGenome, Sequence, SequenceError, Strand, Tss};

/// Shortest window, in bases.
const SHORTEST_BP: u64 = 60;
/// Longest window, in bases.
const LONGEST_BP: u64 = 20_000;

/// Shape of a window: `[TSS - upstream_bp, TSS + downstream_bp)`, counted in the direction of transcription.
///
/// The base at window index `upstream_bp` is the TSS base itself, on both strands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Extent")]
#[non_exhaustive]
pub struct WindowGeometry {
    /// Bases before the TSS.
    pub upstream_bp: u32,
    /// Bases from the TSS on, the TSS base included.
    pub downstream_bp: u32,
}

/// A geometry as it stands in a file, not yet checked.
#[derive(Deserialize)]
struct Extent {
    upstream_bp: u32,
    downstream_bp: u32,
}

impl TryFrom<Extent> for WindowGeometry {
    type Error = SequenceError;

    fn try_from(extent: Extent) -> Result<Self, Self::Error> {
        Self::new(extent.upstream_bp, extent.downstream_bp)
    }
}

impl WindowGeometry {
    /// A window of `upstream_bp` bases before the TSS and `downstream_bp` from the TSS on.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidGeometry`] unless the window is 60 to 20,000 bases long and holds the TSS base.
    pub fn new(upstream_bp: u32, downstream_bp: u32) -> Result<Self, SequenceError> {
        let invalid = |detail: String| SequenceError::InvalidGeometry { upstream_bp, downstream_bp, detail };
        let length = u64::from(upstream_bp) + u64::from(downstream_bp);
        if !(SHORTEST_BP..=LONGEST_BP).contains(&length) {
            return Err(invalid(format!("{length} bp long; expected {SHORTEST_BP} to {LONGEST_BP} bp")));
        }
        if downstream_bp == 0 {
            return Err(invalid("the TSS base is not in it; expected at least 1 bp downstream".to_owned()));
        }
        Ok(Self { upstream_bp, downstream_bp })
    }

    /// Length of the window, in bases.
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

/// Fetches the window of a TSS on its sense strand, unknown (N) where it reaches past an end of the contig.
///
/// The contig must go by the genome's own name: see [`crate::ContigNames`].
///
/// # Errors
///
/// [`SequenceError::UnknownContig`], [`SequenceError::TssOutsideContig`], or what the genome's file gives.
pub fn fetch_window(
    genome: &dyn ReferenceGenome,
    tss: &Tss,
    geometry: WindowGeometry,
) -> Result<Sequence, SequenceError> {
    let length = genome.contig_length(&tss.chrom)?;
    if tss.position >= length {
        return Err(SequenceError::TssOutsideContig { tss: tss.clone(), length });
    }
    let span = WindowSpan::of(tss, geometry, length);
    let known = genome.fetch(&Interval::new(&*tss.chrom, span.start, span.end))?;
    let window = embed(&known, span.missing_below, geometry.len());
    Ok(match tss.strand {
        Strand::Forward => window,
        Strand::Reverse => window.reverse_complement(),
    })
}

/// The part of a window that lies on its contig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WindowSpan {
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base.
    pub end: u64,
    /// Bases of the window before the contig begins.
    pub missing_below: usize,
}

impl WindowSpan {
    /// Of the window around a TSS that lies on a contig of `length` bases.
    pub fn of(tss: &Tss, geometry: WindowGeometry, length: u64) -> Self {
        // Bases of the window on the low and on the high side of the TSS base, which itself is on the high side.
        let (below, above) = match tss.strand {
            Strand::Forward => (u64::from(geometry.upstream_bp), u64::from(geometry.downstream_bp)),
            Strand::Reverse => (u64::from(geometry.downstream_bp) - 1, u64::from(geometry.upstream_bp) + 1),
        };
        let start = tss.position.saturating_sub(below);
        let missing_below = (below - (tss.position - start)) as usize;
        Self { start, end: (tss.position + above).min(length), missing_below }
    }
}

/// Crops or pads (with N) a sense-strand record, whose TSS base is at index `tss_offset`, to the window.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, WindowGeometry, place_record};
///
/// let record = Sequence::from_ascii(b"CCCGTTT")?;
/// let window = place_record(&record, 3, WindowGeometry::new(30, 30)?);
/// assert_eq!(window.known_range(), Some(27..34));
/// assert_eq!(window.slice(29..32).to_ascii(), "CGT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn place_record(sequence: &Sequence, tss_offset: usize, geometry: WindowGeometry) -> Sequence {
    let upstream = geometry.tss_index();
    // A record that begins before the window loses its head; one that begins inside it gets padding in front.
    let cropped = tss_offset.saturating_sub(upstream).min(sequence.len());
    let padding = upstream.saturating_sub(tss_offset);
    let taken = (geometry.len() - padding).min(sequence.len() - cropped);
    embed(&sequence.slice(cropped..cropped + taken), padding, geometry.len())
}

/// `known` at `offset` of a sequence of `length` bases that is otherwise unknown.
fn embed(known: &Sequence, offset: usize, length: usize) -> Sequence {
    let mut codes = vec![UNKNOWN; length];
    codes[offset..offset + known.len()].copy_from_slice(known.codes());
    Sequence::from_codes(codes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::ToyGenome;

    fn geometry(upstream_bp: u32, downstream_bp: u32) -> WindowGeometry {
        WindowGeometry::new(upstream_bp, downstream_bp).unwrap()
    }

    fn window(genome: &ToyGenome, position: u64, strand: Strand, geometry: WindowGeometry) -> Sequence {
        fetch_window(genome, &Tss { chrom: "chr1".to_owned(), position, strand }, geometry).unwrap()
    }

    #[test]
    fn tss_base_is_at_index_upstream_on_both_strands() {
        // One G in a contig of A: on the reverse strand it reads C among T.
        let genome = ToyGenome::new("chr1", &format!("{}G{}", "A".repeat(100), "A".repeat(99)));
        let forward = window(&genome, 100, Strand::Forward, geometry(40, 20)).to_ascii();
        assert_eq!(forward, format!("{}G{}", "A".repeat(40), "A".repeat(19)));
        let reverse = window(&genome, 100, Strand::Reverse, geometry(40, 20)).to_ascii();
        assert_eq!(reverse, format!("{}C{}", "T".repeat(40), "T".repeat(19)));
    }

    #[test]
    fn upstream_of_a_reverse_gene_is_at_higher_positions() {
        // Upstream of a reverse TSS at 99 begins at 100: the run of C, read as G.
        let genome = ToyGenome::new("chr1", &format!("{}{}", "A".repeat(100), "C".repeat(100)));
        let reverse = window(&genome, 99, Strand::Reverse, geometry(50, 10)).to_ascii();
        assert_eq!(reverse, format!("{}{}", "G".repeat(50), "T".repeat(10)));
    }

    #[test]
    fn contig_ends_are_padded() {
        let genome = ToyGenome::new("chr1", "ACGTACGTAC");
        let forward = window(&genome, 0, Strand::Forward, geometry(30, 30));
        assert_eq!(forward.known_range(), Some(30..40));
        assert_eq!(forward.slice(30..40).to_ascii(), "ACGTACGTAC");
        // The last base is the TSS; all ten bases are downstream of it.
        let reverse = window(&genome, 9, Strand::Reverse, geometry(30, 30));
        assert_eq!(reverse.known_range(), Some(30..40));
        assert_eq!(reverse.slice(30..40).to_ascii(), "GTACGTACGT");
    }

    #[test]
    fn tss_past_the_contig_is_an_error() {
        let genome = ToyGenome::new("chr1", "ACGT");
        let tss = Tss { chrom: "chr1".to_owned(), position: 4, strand: Strand::Forward };
        let error = fetch_window(&genome, &tss, geometry(30, 30)).unwrap_err();
        assert!(matches!(error, SequenceError::TssOutsideContig { length: 4, .. }));
        let tss = Tss { chrom: "chr2".to_owned(), ..tss };
        assert!(matches!(
            fetch_window(&genome, &tss, geometry(30, 30)).unwrap_err(),
            SequenceError::UnknownContig { .. }
        ));
    }

    #[test]
    fn geometry_is_checked_however_it_is_made() {
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

    #[test]
    fn records_far_from_the_window_leave_it_unknown() {
        let record = Sequence::from_ascii(b"ACGT").unwrap();
        // The record ends 96 bases before its TSS; the window begins 30 bases before.
        assert_eq!(place_record(&record, 100, geometry(30, 30)), Sequence::unknown(60));
        // The whole record lies upstream, its last base right before the TSS.
        assert_eq!(place_record(&record, 4, geometry(30, 30)).known_range(), Some(26..30));
    }

    proptest! {
        #[test]
        fn length_is_constant_on_both_strands(
            codes in prop::collection::vec(0u8..4, 1..400),
            at in 0.0..1.0f64,
            upstream_bp in 59u32..300,
            downstream_bp in 1u32..300,
        ) {
            let sequence = Sequence::from_codes(codes);
            let position = (at * sequence.len() as f64) as u64;
            let genome = ToyGenome::new("chr1", &sequence.to_ascii());
            let tss_base = sequence.codes()[position as usize];
            for strand in [Strand::Forward, Strand::Reverse] {
                let geometry = geometry(upstream_bp, downstream_bp);
                let window = window(&genome, position, strand, geometry);
                prop_assert_eq!(window.len(), geometry.len());
                let base = window.codes()[geometry.tss_index()];
                prop_assert_eq!(base, if strand == Strand::Forward { tss_base } else { 3 - tss_base });
            }
        }

        #[test]
        fn placing_a_record_equals_fetching_it(
            codes in prop::collection::vec(0u8..4, 1..400),
            at in 0.0..1.0f64,
            upstream_bp in 59u32..300,
            downstream_bp in 1u32..300,
        ) {
            let sequence = Sequence::from_codes(codes);
            let position = (at * sequence.len() as f64) as usize;
            let genome = ToyGenome::new("chr1", &sequence.to_ascii());
            let geometry = geometry(upstream_bp, downstream_bp);
            let fetched = window(&genome, position as u64, Strand::Forward, geometry);
            prop_assert_eq!(place_record(&sequence, position, geometry), fetched);
        }
    }
}
