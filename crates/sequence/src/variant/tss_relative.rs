//! Variants relative to a TSS, in the direction of transcription.

use super::Variant;
use crate::coord::{Strand, Tss, WindowGeometry};
use crate::dna::Sequence;

/// Variant relative to a TSS, on the sense strand. Positions are relative to the TSS base, which is 0; upstream
/// positions are negative. Half-open.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, Strand, Tss, TssRelativeVariant, Variant};
///
/// let allele = |letters: &[u8]| Sequence::from_ascii(letters);
/// let variant = Variant::new("chr1", 97, &allele(b"AC")?, &allele(b"TT")?).expect("the alleles differ");
/// let tss = Tss { chrom: "chr1".to_owned(), position: 100, strand: Strand::Reverse };
/// let relative = TssRelativeVariant::new(&variant, &tss);
/// assert_eq!((relative.start, relative.end), (2, 4));
/// assert_eq!(relative.inserted.to_ascii(), "AA");
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TssRelativeVariant {
    /// First deleted base; for an insertion, the base before which bases are inserted.
    pub start: i64,
    /// One past the last deleted base.
    pub end: i64,
    /// Inserted bases, on the sense strand.
    pub inserted: Sequence,
}

/// Bases that keep their distance from the TSS when a variant changes the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The variant is upstream of the TSS: bases from its end on stay in place, bases upstream of it shift.
    Downstream,
    /// The variant is downstream of the TSS base: bases before it stay in place, bases downstream of it shift.
    Upstream,
    /// The TSS base is deleted: the first base kept on its 3' side takes its place, and the inserted bases are upstream
    /// of it.
    NextBase,
}

impl TssRelativeVariant {
    /// Variant relative to `tss`, which must be on the same contig.
    pub fn new(variant: &Variant, tss: &Tss) -> Self {
        let (start, end, position) = (variant.start as i64, variant.end() as i64, tss.position as i64);
        match tss.strand {
            Strand::Forward => {
                Self { start: start - position, end: end - position, inserted: variant.inserted.clone() }
            }
            // Forward base g is at `position - g`; reversed, [start, end) starts with `end - 1`.
            Strand::Reverse => Self {
                start: position - end + 1,
                end: position - start + 1,
                inserted: variant.inserted.reverse_complement(),
            },
        }
    }

    /// Whether the variant changes the window: a base of the window is deleted, or bases are inserted between two bases
    /// of the window.
    pub fn overlaps(&self, geometry: WindowGeometry) -> bool {
        let (first, end) = (-i64::from(geometry.upstream_bp), i64::from(geometry.downstream_bp));
        if self.start == self.end {
            first < self.start && self.start < end
        } else {
            self.start < end && first < self.end
        }
    }

    /// Change in the length of the sequence in bp; negative for a deletion.
    pub fn length_change(&self) -> i64 {
        self.inserted.len() as i64 - (self.end - self.start)
    }

    /// Whether the variant deletes the TSS base and changes the length, so that another base takes its place.
    pub fn removes_tss_base(&self) -> bool {
        self.length_change() != 0 && self.start <= 0 && 0 < self.end
    }

    /// Bases that keep their distance from the TSS.
    pub fn anchor(&self) -> Anchor {
        if self.removes_tss_base() {
            Anchor::NextBase
        } else if self.end <= 0 {
            Anchor::Downstream
        } else {
            Anchor::Upstream
        }
    }

    /// Position of the changed base nearest to the TSS; 0 if the TSS base itself changes. For an insertion, the farther
    /// of the two adjacent bases.
    pub fn tss_distance(&self) -> i64 {
        if self.start == self.end {
            return if self.start <= 0 { self.start - 1 } else { self.start };
        }
        if self.end <= 0 { self.end - 1 } else { self.start.max(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(strand: Strand, start: u64, reference: &str, alternate: &str) -> TssRelativeVariant {
        let sequence = |letters: &str| Sequence::from_ascii(letters.as_bytes()).unwrap();
        let variant = Variant::new("chr1", start, &sequence(reference), &sequence(alternate)).unwrap();
        TssRelativeVariant::new(&variant, &Tss { chrom: "chr1".to_owned(), position: 100, strand })
    }

    #[test]
    fn tss_relative_variant_new_uses_direction_of_transcription() {
        let forward = edit(Strand::Forward, 97, "AC", "GT");
        assert_eq!((forward.start, forward.end, forward.inserted.to_ascii()), (-3, -1, "GT".to_owned()));
        // On the reverse strand, bases 97 and 98 are 3 and 2 bases downstream of a TSS at 100.
        let reverse = edit(Strand::Reverse, 97, "AC", "TT");
        assert_eq!((reverse.start, reverse.end, reverse.inserted.to_ascii()), (2, 4, "AA".to_owned()));
        // An insertion between 100 and 101 is upstream of the TSS base on the reverse strand and downstream on the
        // forward strand.
        assert_eq!(edit(Strand::Forward, 100, "A", "AG").start, 1);
        assert_eq!(edit(Strand::Reverse, 100, "A", "AG").start, 0);
    }

    #[test]
    fn overlaps_only_variants_that_change_the_window() {
        let geometry = WindowGeometry::new(50, 10).unwrap();
        let overlaps =
            |start, end| TssRelativeVariant { start, end, inserted: Sequence::unknown(1) }.overlaps(geometry);
        assert_eq!(
            [overlaps(-51, -50), overlaps(-50, -49), overlaps(9, 10), overlaps(10, 11)],
            [false, true, true, false]
        );
        assert_eq!([overlaps(-60, -49), overlaps(9, 30), overlaps(-60, 30)], [true, true, true]);
        // Insertions: between bases -51 and -50, -50 and -49, 8 and 9, 9 and 10.
        assert_eq!(
            [overlaps(-50, -50), overlaps(-49, -49), overlaps(9, 9), overlaps(10, 10)],
            [false, true, true, false]
        );
    }

    #[test]
    fn tss_distance_is_nearest_changed_base() {
        let distance = |start, end| TssRelativeVariant { start, end, inserted: Sequence::default() }.tss_distance();
        assert_eq!([distance(-5, -4), distance(-9, -4), distance(-3, 4), distance(3, 9)], [-5, -5, 0, 3]);
        assert_eq!([distance(0, 0), distance(1, 1), distance(-4, -4)], [-1, 1, -5]);
    }

    #[test]
    fn anchor_depends_on_side_of_tss() {
        let anchor =
            |start, end, inserted| TssRelativeVariant { start, end, inserted: Sequence::unknown(inserted) }.anchor();
        assert_eq!(anchor(-4, 0, 0), Anchor::Downstream);
        assert_eq!(anchor(0, 0, 3), Anchor::Downstream);
        assert_eq!(anchor(1, 1, 3), Anchor::Upstream);
        assert_eq!(anchor(-1, 1, 0), Anchor::NextBase);
        assert_eq!(anchor(0, 3, 1), Anchor::NextBase);
        // The length is preserved: nothing shifts, and the TSS stays in place.
        assert_eq!(anchor(0, 3, 3), Anchor::Upstream);
    }
}
