//! A variant as a gene sees it: in the direction of transcription, counted from its TSS.

use super::Variant;
use crate::coord::{Strand, Tss, WindowGeometry};
use crate::dna::Sequence;

/// Bases around a TSS that are replaced by others, on the sense strand. Positions count from the TSS base, which is 0;
/// before it they are negative. Half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TssRelativeVariant {
    /// First base that goes; without any, the base before which bases come.
    pub start: i64,
    /// One past the last base that goes.
    pub end: i64,
    /// The bases that come in their place.
    pub inserted: Sequence,
}

/// Which bases keep their distance from the TSS when an edit changes the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The edit lies before the TSS: everything from its end on stays, what is upstream of it slides.
    Downstream,
    /// The edit lies behind the TSS base: everything before it stays, what is downstream of it slides.
    Upstream,
    /// The TSS base is gone: the first base kept on its 3' side takes its place, and the bases that come lie before it.
    NextBase,
}

impl TssRelativeVariant {
    /// A variant on the contig of `tss`, as that gene sees it.
    pub fn new(variant: &Variant, tss: &Tss) -> Self {
        let (start, end, position) = (variant.start as i64, variant.end() as i64, tss.position as i64);
        match tss.strand {
            Strand::Forward => {
                Self { start: start - position, end: end - position, inserted: variant.inserted.clone() }
            }
            // Forward base g is at position - g; [start, end) turned around begins with end - 1.
            Strand::Reverse => Self {
                start: position - end + 1,
                end: position - start + 1,
                inserted: variant.inserted.reverse_complement(),
            },
        }
    }

    /// Whether it changes the window: a base of the window goes, or bases come between two bases of the window.
    pub fn overlaps(&self, geometry: WindowGeometry) -> bool {
        let (first, end) = (-i64::from(geometry.upstream_bp), i64::from(geometry.downstream_bp));
        if self.start == self.end {
            first < self.start && self.start < end
        } else {
            self.start < end && first < self.end
        }
    }

    /// How many bases longer it makes the sequence; negative where it makes it shorter.
    pub fn length_change(&self) -> i64 {
        self.inserted.len() as i64 - (self.end - self.start)
    }

    /// Whether the TSS base is among those that go, and the length changes, so that another base takes its place.
    pub fn removes_tss_base(&self) -> bool {
        self.length_change() != 0 && self.start <= 0 && 0 < self.end
    }

    /// Which bases keep their distance from the TSS.
    pub fn anchor(&self) -> Anchor {
        if self.removes_tss_base() {
            Anchor::NextBase
        } else if self.end <= 0 {
            Anchor::Downstream
        } else {
            Anchor::Upstream
        }
    }

    /// Position of the changed base that is nearest to the TSS, 0 where the TSS base itself changes. For an insertion,
    /// of the farther of the two bases that it comes between.
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
    fn both_strands_count_in_the_direction_of_transcription() {
        let forward = edit(Strand::Forward, 97, "AC", "GT");
        assert_eq!((forward.start, forward.end, forward.inserted.to_ascii()), (-3, -1, "GT".to_owned()));
        // Bases 97 and 98 are 3 and 2 bases downstream of a TSS at 100 on the reverse strand.
        let reverse = edit(Strand::Reverse, 97, "AC", "TT");
        assert_eq!((reverse.start, reverse.end, reverse.inserted.to_ascii()), (2, 4, "AA".to_owned()));
        // Between 100 and 101: before the TSS base on the reverse strand, behind it on the forward one.
        assert_eq!(edit(Strand::Forward, 100, "A", "AG").start, 1);
        assert_eq!(edit(Strand::Reverse, 100, "A", "AG").start, 0);
    }

    #[test]
    fn an_edit_is_in_the_window_when_it_changes_it() {
        let geometry = WindowGeometry::new(50, 10).unwrap();
        let is_in = |start, end| TssRelativeVariant { start, end, inserted: Sequence::unknown(1) }.overlaps(geometry);
        assert_eq!([is_in(-51, -50), is_in(-50, -49), is_in(9, 10), is_in(10, 11)], [false, true, true, false]);
        assert_eq!([is_in(-60, -49), is_in(9, 30), is_in(-60, 30)], [true, true, true]);
        // Insertions: between bases -51 and -50, -50 and -49, 8 and 9, 9 and 10.
        assert_eq!([is_in(-50, -50), is_in(-49, -49), is_in(9, 9), is_in(10, 10)], [false, true, true, false]);
    }

    #[test]
    fn the_distance_is_that_of_the_nearest_changed_base() {
        let distance = |start, end| TssRelativeVariant { start, end, inserted: Sequence::default() }.tss_distance();
        assert_eq!([distance(-5, -4), distance(-9, -4), distance(-3, 4), distance(3, 9)], [-5, -5, 0, 3]);
        assert_eq!([distance(0, 0), distance(1, 1), distance(-4, -4)], [-1, 1, -5]);
    }

    #[test]
    fn the_side_of_the_tss_decides_what_stays() {
        let anchor = |start, end, come| TssRelativeVariant { start, end, inserted: Sequence::unknown(come) }.anchor();
        assert_eq!(anchor(-4, 0, 0), Anchor::Downstream);
        assert_eq!(anchor(0, 0, 3), Anchor::Downstream);
        assert_eq!(anchor(1, 1, 3), Anchor::Upstream);
        assert_eq!(anchor(-1, 1, 0), Anchor::NextBase);
        assert_eq!(anchor(0, 3, 1), Anchor::NextBase);
        // As many come as go: nothing slides, and the TSS stays where it is.
        assert_eq!(anchor(0, 3, 3), Anchor::Upstream);
    }
}
