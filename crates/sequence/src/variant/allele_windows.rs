//! Windows of a promoter for the reference and the alternate allele.

use std::ops::Range;

use super::{Anchor, TssRelativeVariant};
use crate::SequenceError;
use crate::coord::{Strand, Tss, WindowGeometry};
use crate::dna::{Sequence, UNKNOWN};
use crate::genome::BufferedGenome;

/// Bases around a TSS on the sense strand, with N past the ends of the contig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromoterBases {
    /// Position of the first base relative to the TSS base.
    start: i64,
    codes: Vec<u8>,
}

impl PromoterBases {
    /// Bases at `range`, relative to the TSS base. The TSS names its contig as the genome does.
    ///
    /// # Errors
    ///
    /// Those of [`BufferedGenome::codes`].
    pub fn fetch(genome: &mut BufferedGenome, tss: &Tss, range: Range<i64>) -> Result<Self, SequenceError> {
        let position = tss.position as i64;
        let requested = match tss.strand {
            Strand::Forward => position + range.start..position + range.end,
            Strand::Reverse => position - range.end + 1..position - range.start + 1,
        };
        let length = genome.contig_length(&tss.chrom).unwrap_or(0) as i64;
        let on_contig = requested.start.clamp(0, length)..requested.end.clamp(0, length);
        let mut codes = vec![UNKNOWN; (range.end - range.start).max(0) as usize];
        let read = genome.codes(&tss.chrom, on_contig.start as u64, on_contig.end as u64)?;
        let offset = (on_contig.start - requested.start) as usize;
        if !read.is_empty() {
            codes[offset..offset + read.len()].copy_from_slice(read);
        }
        if tss.strand == Strand::Reverse {
            codes = Sequence::from_codes(codes).reverse_complement().into_codes();
        }
        Ok(Self { start: range.start, codes })
    }

    /// Whether all bases at `range` are included.
    pub fn covers(&self, range: &Range<i64>) -> bool {
        self.start <= range.start && range.end <= self.start + self.codes.len() as i64
    }

    /// Bases at `range`, which must be included.
    fn at(&self, range: Range<i64>) -> &[u8] {
        if range.is_empty() {
            return &[];
        }
        &self.codes[(range.start - self.start) as usize..(range.end - self.start) as usize]
    }
}

/// Windows of the reference allele, the alternate allele and a length-matched control.
///
/// Each window has extra bases on both sides, so that it can be shifted. The control isolates the effect of an indel's
/// change in length.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use tatabox_sequence::{
///     AlleleWindows, BufferedGenome, InMemoryGenome, PromoterBases, Sequence, Strand, Tss, TssRelativeVariant, Variant,
///     WindowGeometry, required_bases,
/// };
///
/// let contig = format!("{}G{}", "C".repeat(70), "A".repeat(40));
/// let mut genome = BufferedGenome::new(Arc::new(InMemoryGenome::new([("chr1", contig.as_str())])?));
/// let tss = Tss { chrom: "chr1".to_owned(), position: 80, strand: Strand::Forward };
/// let (g, t) = (Sequence::from_ascii(b"G")?, Sequence::from_ascii(b"T")?);
/// let snv = TssRelativeVariant::new(&Variant::new("chr1", 70, &g, &t).expect("the alleles differ"), &tss);
///
/// let geometry = WindowGeometry::new(50, 10)?;
/// let bases = PromoterBases::fetch(&mut genome, &tss, required_bases(&snv, geometry, 0))?;
/// let windows = AlleleWindows::new(&bases, &snv, geometry, 0);
/// // The variant is 10 bases upstream of the TSS, which is at index 50.
/// assert_eq!((windows.reference[40], windows.alternate[40]), (g.codes()[0], t.codes()[0]));
/// assert_eq!(windows.length_control, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlleleWindows {
    /// Window of the reference allele, as nucleotide codes.
    pub reference: Vec<u8>,
    /// Window of the alternate allele, as nucleotide codes.
    pub alternate: Vec<u8>,
    /// Length-matched control of an indel; `None` if the variant preserves the length.
    ///
    /// For an insertion, the reference with as many N inserted: the same displacement without the inserted bases. For a
    /// deletion, the alternate allele with as many N in place of the deleted bases: no displacement.
    pub length_control: Option<Vec<u8>>,
    /// Whether the variant lengthens the sequence.
    pub is_longer: bool,
}

/// Range of bases that [`AlleleWindows::new`] requires, relative to the TSS base.
pub fn required_bases(edit: &TssRelativeVariant, geometry: WindowGeometry, max_shift_bp: u32) -> Range<i64> {
    let margin = i64::from(max_shift_bp) + (edit.end - edit.start);
    -i64::from(geometry.upstream_bp) - margin..i64::from(geometry.downstream_bp) + margin
}

impl AlleleWindows {
    /// Windows of a variant with `max_shift_bp` extra bases on both sides.
    ///
    /// # Panics
    ///
    /// If `bases` does not cover the range of [`required_bases`].
    pub fn new(bases: &PromoterBases, edit: &TssRelativeVariant, geometry: WindowGeometry, max_shift_bp: u32) -> Self {
        let max_shift = i64::from(max_shift_bp);
        let window = -i64::from(geometry.upstream_bp) - max_shift..i64::from(geometry.downstream_bp) + max_shift;
        let reference = bases.at(window.clone()).to_vec();
        let with_inserted =
            |inserted: &[u8], anchor| splice(bases, edit.start..edit.end, inserted, anchor, window.clone());
        let (anchor, inserted) = (edit.anchor(), edit.inserted.codes());
        let padding = vec![UNKNOWN; edit.length_change().unsigned_abs() as usize];
        // N is on the side that shifts, so that the other bases stay in place.
        let padded = |kept: &[u8]| match anchor {
            Anchor::Upstream => [kept, &padding].concat(),
            Anchor::Downstream | Anchor::NextBase => [&padding, kept].concat(),
        };
        let length_control = match edit.length_change() {
            0 => None,
            1.. => Some(with_inserted(&padded(bases.at(edit.start..edit.end)), anchor)),
            // The length is preserved, so nothing shifts.
            _ => Some(with_inserted(&padded(inserted), Anchor::Upstream)),
        };
        Self {
            alternate: with_inserted(inserted, anchor),
            reference,
            length_control,
            is_longer: edit.length_change() > 0,
        }
    }
}

/// Bases at `window` after replacement of those at `deleted` by `inserted`.
fn splice(bases: &PromoterBases, deleted: Range<i64>, inserted: &[u8], anchor: Anchor, window: Range<i64>) -> Vec<u8> {
    let inserted_bp = inserted.len() as i64;
    // Shift of the bases downstream of the variant.
    let downstream_shift = match anchor {
        Anchor::Downstream => 0,
        Anchor::Upstream => inserted_bp - (deleted.end - deleted.start),
        Anchor::NextBase => -deleted.end,
    };
    let inserted_end = deleted.end + downstream_shift;
    let inserted_start = inserted_end - inserted_bp;
    let upstream_shift = inserted_start - deleted.start;
    let within = |range: Range<i64>| {
        let start = range.start.clamp(window.start, window.end);
        start..range.end.clamp(start, window.end)
    };
    let mut codes = Vec::with_capacity((window.end - window.start) as usize);
    let left = within(window.start..inserted_start);
    codes.extend_from_slice(bases.at(left.start - upstream_shift..left.end - upstream_shift));
    let middle = within(inserted_start..inserted_end);
    let first = (middle.start - inserted_start).clamp(0, inserted_bp) as usize;
    codes.extend_from_slice(&inserted[first..][..(middle.end - middle.start) as usize]);
    let right = within(inserted_end.max(window.start)..window.end);
    codes.extend_from_slice(bases.at(right.start - downstream_shift..right.end - downstream_shift));
    codes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::in_memory::tests::genome;
    use crate::tss::fetch_window;
    use crate::variant::Variant;

    const UPSTREAM_BP: u32 = 50;
    const DOWNSTREAM_BP: u32 = 12;

    fn geometry() -> WindowGeometry {
        WindowGeometry::new(UPSTREAM_BP, DOWNSTREAM_BP).unwrap()
    }

    fn tss(position: u64, strand: Strand) -> Tss {
        Tss { chrom: "chr1".to_owned(), position, strand }
    }

    /// Windows of a variant with 2 extra bases on both sides, and the variant relative to the TSS.
    fn allele_windows(letters: &str, tss: &Tss, variant: &Variant) -> (AlleleWindows, TssRelativeVariant) {
        let mut buffered = BufferedGenome::new(genome(&[("chr1", letters)]));
        let edit = TssRelativeVariant::new(variant, tss);
        let bases = PromoterBases::fetch(&mut buffered, tss, required_bases(&edit, geometry(), 2)).unwrap();
        (AlleleWindows::new(&bases, &edit, geometry(), 2), edit)
    }

    fn variant(start: usize, deleted: &str, inserted: &str) -> Option<Variant> {
        let sequence = |letters: &str| Sequence::from_ascii(letters.as_bytes()).unwrap();
        Variant::new("chr1", start as u64, &sequence(deleted), &sequence(inserted))
    }

    fn letters(codes: &[u8]) -> String {
        Sequence::from_codes(codes.to_vec()).to_ascii()
    }

    /// Window of a TSS without shift in a contig that already contains the variant.
    fn window(contig: &str, tss: &Tss) -> Vec<u8> {
        fetch_window(&*genome(&[("chr1", contig)]), tss, geometry()).unwrap().into_codes()
    }

    #[test]
    fn allele_windows_indel_shifts_side_away_from_tss() {
        // Upstream of the TSS at 60, bases 0 to 59 are C except for a G at 30 and a T at 10; downstream all bases are
        // A.
        let contig = format!("{}T{}G{}{}", "C".repeat(10), "C".repeat(19), "C".repeat(29), "A".repeat(40));
        let site = tss(60, Strand::Forward);
        // Deleting the G at -30 moves the T from -50 to -49.
        let (windows, edit) = allele_windows(&contig, &site, &variant(30, "G", "").unwrap());
        assert_eq!((edit.start, edit.anchor()), (-30, Anchor::Downstream));
        let moved = |codes: &[u8]| letters(&codes[2..codes.len() - 2]);
        let downstream = "A".repeat(12);
        assert_eq!(moved(&windows.reference), format!("T{}G{}{downstream}", "C".repeat(19), "C".repeat(29)));
        assert_eq!(moved(&windows.alternate), format!("CT{}{downstream}", "C".repeat(48)));
        // The control has N in place of the G, and nothing shifts.
        let control = moved(windows.length_control.as_deref().unwrap());
        assert_eq!(control, format!("T{}N{}{downstream}", "C".repeat(19), "C".repeat(29)));
        // Inserting TT before the G shifts the T out of the window; so does the control with N.
        let (windows, _) = allele_windows(&contig, &site, &variant(30, "", "TT").unwrap());
        assert_eq!(moved(&windows.alternate), format!("{}TTG{}{downstream}", "C".repeat(18), "C".repeat(29)));
        let control = moved(windows.length_control.as_deref().unwrap());
        assert_eq!(control, format!("{}NNG{}{downstream}", "C".repeat(18), "C".repeat(29)));
    }

    #[test]
    fn allele_windows_control_has_n_on_shifting_side() {
        let contig = "ACGT".repeat(40);
        let site = tss(80, Strand::Forward);
        // CGT at -7 to -5 becomes AA: one base shifts; nothing shifts in the control.
        let (windows, edit) = allele_windows(&contig, &site, &variant(73, "CGT", "AA").unwrap());
        assert_eq!((edit.start, edit.end), (-7, -4));
        let at = |codes: &[u8]| letters(&codes[44..53]);
        assert_eq!(at(&windows.reference), "ACGTACGTA");
        assert_eq!(at(&windows.alternate), "TAAAACGTA");
        assert_eq!(at(windows.length_control.as_deref().unwrap()), "ANAAACGTA");
        // Downstream, the other side shifts: C, G, T are at 1 to 3.
        let (windows, _) = allele_windows(&contig, &site, &variant(81, "CGT", "AA").unwrap());
        let at = |codes: &[u8]| letters(&codes[52..52 + 6]);
        assert_eq!([at(&windows.reference), at(&windows.alternate)], ["ACGTAC", "AAAACG"]);
        assert_eq!(at(windows.length_control.as_deref().unwrap()), "AAANAC");
    }

    #[test]
    fn allele_windows_same_length_has_no_control() {
        let (windows, _) =
            allele_windows(&"ACGT".repeat(40), &tss(80, Strand::Forward), &variant(79, "TA", "CC").unwrap());
        assert_eq!(windows.length_control, None);
        assert_eq!(letters(&windows.alternate[51..54]), "CCC");
    }

    #[test]
    fn allele_windows_insertion_at_padding_control_equals_reference() {
        // The bases are unambiguous from -40 on.
        let contig = format!("{}{}", "N".repeat(40), "ACGT".repeat(20));
        let site = tss(80, Strand::Forward);
        let (windows, _) = allele_windows(&contig, &site, &variant(40, "", "GG").unwrap());
        assert_eq!(windows.length_control.as_deref(), Some(&windows.reference[..]));
        assert_ne!(windows.alternate, windows.reference);
    }

    proptest! {
        /// Comparison with the window of a contig that contains the variant, on both strands.
        #[test]
        fn allele_windows_match_windows_of_changed_contig(
            contig in "[ACGT]{100,160}",
            inserted in "[ACGT]{0,70}",
            at in 0.0..1.0f64,
            deleted in 0usize..60,
            position in 0.0..1.0f64,
            reverse in any::<bool>(),
        ) {
            let start = (at * contig.len() as f64) as usize;
            let end = contig.len().min(start + deleted);
            let Some(variant) = variant(start, &contig[start..end], &inserted) else { return Ok(()) };
            let strand = if reverse { Strand::Reverse } else { Strand::Forward };
            let site = tss((position * contig.len() as f64) as u64, strand);
            let edit = TssRelativeVariant::new(&variant, &site);
            if !edit.overlaps(geometry()) {
                // The variant does not change the window.
                if edit.anchor() != Anchor::NextBase {
                    let (start, end) = (variant.start as usize, variant.end() as usize);
                    let changed = format!("{}{}{}", &contig[..start], variant.inserted.to_ascii(), &contig[end..]);
                    let shifts = end as u64 <= site.position;
                    let by = if shifts { variant.inserted.len() as i64 - variant.deleted.len() as i64 } else { 0 };
                    let moved = tss((site.position as i64 + by) as u64, strand);
                    // A variant outside the window neither removes nor adds bases of the window.
                    prop_assert_eq!(window(&changed, &moved), window(&contig, &site));
                }
                return Ok(());
            }
            let (windows, edit) = allele_windows(&contig, &site, &variant);
            let length = windows.reference.len();
            prop_assert_eq!(&windows.reference[2..length - 2], &window(&contig, &site)[..]);
            prop_assert_eq!(windows.alternate.len(), length);

            let (start, end) = (variant.start as usize, variant.end() as usize);
            let changed = format!("{}{}{}", &contig[..start], variant.inserted.to_ascii(), &contig[end..]);
            let inserted_bp = variant.inserted.len() as i64;
            let by = inserted_bp - (end - start) as i64;
            let old = site.position as i64;
            let new = if edit.removes_tss_base() {
                // The first base kept on the 3' side: after the inserted bases on the forward strand, before them on
                // the reverse strand.
                if reverse { start as i64 - 1 } else { start as i64 + inserted_bp }
            } else if end as i64 <= old {
                old + by
            } else {
                old
            };
            if (0..changed.len() as i64).contains(&new) {
                prop_assert_eq!(&windows.alternate[2..length - 2], &window(&changed, &tss(new as u64, strand))[..]);
                // The reverse variant restores the reference.
                if !edit.removes_tss_base() {
                    let back = Variant {
                        deleted: variant.inserted.clone(),
                        inserted: variant.deleted.clone(),
                        ..variant.clone()
                    };
                    let moved = tss(new as u64, strand);
                    let (reverted, back) = allele_windows(&changed, &moved, &back);
                    if back.overlaps(geometry()) && !back.removes_tss_base() && back.anchor() == edit.anchor() {
                        prop_assert_eq!(reverted.alternate, windows.reference);
                    }
                }
            }
            prop_assert_eq!(windows.length_control.is_some(), by != 0);
            if let Some(control) = windows.length_control {
                prop_assert_eq!(control.len(), length);
            }
        }
    }
}
