//! Windows of sequence around transcription start sites.

use crate::SequenceError;
use crate::coord::{Interval, Strand, Tss, WindowGeometry, WindowSpan};
use crate::dna::{Sequence, UNKNOWN};
use crate::genome::ReferenceGenome;

/// Window of a TSS on its sense strand, with N past the ends of the contig.
///
/// The TSS names its contig as the genome does: see [`crate::ContigNames`].
///
/// # Errors
///
/// [`SequenceError::UnknownContig`], [`SequenceError::TssOutsideContig`], or a read error of the genome file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{InMemoryGenome, Strand, Tss, WindowGeometry, fetch_window};
///
/// let genome = InMemoryGenome::new([("chr1", "TTTTTTTTTTG")])?;
/// let tss = Tss { chrom: "chr1".to_owned(), position: 10, strand: Strand::Reverse };
/// let window = fetch_window(&genome, &tss, WindowGeometry::new(50, 10)?)?;
/// // The TSS base G reads as C on the reverse strand; upstream, the contig has ended.
/// assert_eq!(window.slice(48..54).to_ascii(), "NNCAAA");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fetch_window(
    genome: &dyn ReferenceGenome,
    tss: &Tss,
    geometry: WindowGeometry,
) -> Result<Sequence, SequenceError> {
    let length = genome.contig_length(&tss.chrom)?;
    if tss.position >= length {
        return Err(SequenceError::TssOutsideContig { tss: tss.clone(), length });
    }
    let span = WindowSpan::new(tss, geometry, length);
    let known = genome.fetch(&Interval::new(&*tss.chrom, span.start, span.end))?;
    let window = pad_to_length(&known, span.missing_below, geometry.len());
    Ok(match tss.strand {
        Strand::Forward => window,
        Strand::Reverse => window.reverse_complement(),
    })
}

/// Window of a sense-strand record with the TSS base at index `tss_offset`, cropped or padded with N.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, WindowGeometry, window_from_record};
///
/// let record = Sequence::from_ascii(b"CCCGTTT")?;
/// let window = window_from_record(&record, 3, WindowGeometry::new(30, 30)?);
/// assert_eq!(window.acgt_range(), Some(27..34));
/// assert_eq!(window.slice(29..32).to_ascii(), "CGT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn window_from_record(sequence: &Sequence, tss_offset: usize, geometry: WindowGeometry) -> Sequence {
    let upstream = geometry.tss_index();
    // A record that starts upstream of the window is cropped; one that starts inside it is padded in front.
    let cropped = tss_offset.saturating_sub(upstream).min(sequence.len());
    let padding = upstream.saturating_sub(tss_offset);
    let taken = (geometry.len() - padding).min(sequence.len() - cropped);
    pad_to_length(&sequence.slice(cropped..cropped + taken), padding, geometry.len())
}

/// Sequence of `length` bases with `known` at `offset` and N elsewhere.
fn pad_to_length(known: &Sequence, offset: usize, length: usize) -> Sequence {
    let mut codes = vec![UNKNOWN; length];
    codes[offset..offset + known.len()].copy_from_slice(known.codes());
    Sequence::from_codes(codes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::InMemoryGenome;
    use crate::genome::in_memory::tests::single_contig;

    fn geometry(upstream_bp: u32, downstream_bp: u32) -> WindowGeometry {
        WindowGeometry::new(upstream_bp, downstream_bp).unwrap()
    }

    fn window(genome: &InMemoryGenome, position: u64, strand: Strand, geometry: WindowGeometry) -> Sequence {
        fetch_window(genome, &Tss { chrom: "chr1".to_owned(), position, strand }, geometry).unwrap()
    }

    #[test]
    fn fetch_window_tss_base_is_at_index_upstream_on_both_strands() {
        // One G in a contig of A reads as C among T on the reverse strand.
        let genome = single_contig("chr1", &format!("{}G{}", "A".repeat(100), "A".repeat(99)));
        let forward = window(&genome, 100, Strand::Forward, geometry(40, 20)).to_ascii();
        assert_eq!(forward, format!("{}G{}", "A".repeat(40), "A".repeat(19)));
        let reverse = window(&genome, 100, Strand::Reverse, geometry(40, 20)).to_ascii();
        assert_eq!(reverse, format!("{}C{}", "T".repeat(40), "T".repeat(19)));
    }

    #[test]
    fn fetch_window_reverse_gene_upstream_is_at_higher_positions() {
        // Upstream of a reverse TSS at 99 starts at 100: the run of C, read as G.
        let genome = single_contig("chr1", &format!("{}{}", "A".repeat(100), "C".repeat(100)));
        let reverse = window(&genome, 99, Strand::Reverse, geometry(50, 10)).to_ascii();
        assert_eq!(reverse, format!("{}{}", "G".repeat(50), "T".repeat(10)));
    }

    #[test]
    fn fetch_window_past_contig_end_is_padded() {
        let genome = single_contig("chr1", "ACGTACGTAC");
        let forward = window(&genome, 0, Strand::Forward, geometry(30, 30));
        assert_eq!(forward.acgt_range(), Some(30..40));
        assert_eq!(forward.slice(30..40).to_ascii(), "ACGTACGTAC");
        // The last base is the TSS; all ten bases are downstream of it.
        let reverse = window(&genome, 9, Strand::Reverse, geometry(30, 30));
        assert_eq!(reverse.acgt_range(), Some(30..40));
        assert_eq!(reverse.slice(30..40).to_ascii(), "GTACGTACGT");
    }

    #[test]
    fn fetch_window_tss_past_contig_is_an_error() {
        let genome = single_contig("chr1", "ACGT");
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
    fn window_from_record_distant_record_is_all_n() {
        let record = Sequence::from_ascii(b"ACGT").unwrap();
        // The record ends 96 bases before its TSS; the window starts 30 bases before it.
        assert_eq!(window_from_record(&record, 100, geometry(30, 30)), Sequence::unknown(60));
        // The whole record is upstream, with its last base directly before the TSS.
        assert_eq!(window_from_record(&record, 4, geometry(30, 30)).acgt_range(), Some(26..30));
    }

    proptest! {
        #[test]
        fn fetch_window_length_is_constant_on_both_strands(
            codes in prop::collection::vec(0u8..4, 1..400),
            at in 0.0..1.0f64,
            upstream_bp in 59u32..300,
            downstream_bp in 1u32..300,
        ) {
            let sequence = Sequence::from_codes(codes);
            let position = (at * sequence.len() as f64) as u64;
            let genome = single_contig("chr1", &sequence.to_ascii());
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
        fn window_from_record_matches_fetch_window(
            codes in prop::collection::vec(0u8..4, 1..400),
            at in 0.0..1.0f64,
            upstream_bp in 59u32..300,
            downstream_bp in 1u32..300,
        ) {
            let sequence = Sequence::from_codes(codes);
            let position = (at * sequence.len() as f64) as usize;
            let genome = single_contig("chr1", &sequence.to_ascii());
            let geometry = geometry(upstream_bp, downstream_bp);
            let fetched = window(&genome, position as u64, Strand::Forward, geometry);
            prop_assert_eq!(window_from_record(&sequence, position, geometry), fetched);
        }
    }
}
