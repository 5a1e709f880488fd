//! Windows of a promoter with and without a variant.

use std::ops::Range;

use super::{Anchor, TssRelativeVariant};
use crate::SequenceError;
use crate::coord::{Strand, Tss, WindowGeometry};
use crate::dna::{Sequence, UNKNOWN};
use crate::genome::BufferedGenome;

/// Bases around a TSS on the sense strand, N past the ends of the contig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromoterBases {
    /// Position of the first base, counted from the TSS base.
    start: i64,
    codes: Vec<u8>,
}

impl PromoterBases {
    /// The bases at `range`, counted from the TSS base. The contig goes by the genome's own name.
    ///
    /// # Errors
    ///
    /// Those of [`BufferedGenome::codes`].
    pub fn fetch(genome: &mut BufferedGenome, tss: &Tss, range: Range<i64>) -> Result<Self, SequenceError> {
        let position = tss.position as i64;
        let wanted = match tss.strand {
            Strand::Forward => position + range.start..position + range.end,
            Strand::Reverse => position - range.end + 1..position - range.start + 1,
        };
        let length = genome.contig_length(&tss.chrom).unwrap_or(0) as i64;
        let known = wanted.start.clamp(0, length)..wanted.end.clamp(0, length);
        let mut codes = vec![UNKNOWN; (range.end - range.start).max(0) as usize];
        let read = genome.codes(&tss.chrom, known.start as u64, known.end as u64)?;
        let offset = (known.start - wanted.start) as usize;
        if !read.is_empty() {
            codes[offset..offset + read.len()].copy_from_slice(read);
        }
        if tss.strand == Strand::Reverse {
            codes = Sequence::from_codes(codes).reverse_complement().into_codes();
        }
        Ok(Self { start: range.start, codes })
    }

    /// Whether the bases at `range` are all here.
    pub fn covers(&self, range: &Range<i64>) -> bool {
        self.start <= range.start && range.end <= self.start + self.codes.len() as i64
    }

    /// The bases at `range`, which must be here.
    fn at(&self, range: Range<i64>) -> &[u8] {
        if range.is_empty() {
            return &[];
        }
        &self.codes[(range.start - self.start) as usize..(range.end - self.start) as usize]
    }
}

/// The window of a promoter as it is, with a variant, and with the variant's change of length alone, each with some
/// bases more on either side so that the window can be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlleleWindows {
    /// The promoter of the genome.
    pub reference: Vec<u8>,
    /// The promoter with the variant.
    pub alternate: Vec<u8>,
    /// What tells the effect of the length alone; only where the length changes.
    ///
    /// Of an insertion the reference with as many N in it, the same bases displaced. Of a deletion the alternate
    /// sequence with as many N in it, nothing displaced.
    pub length_control: Option<Vec<u8>>,
    /// Whether the variant makes the sequence longer.
    pub is_longer: bool,
}

/// Bases that have to be known to make the windows of an edit, counted from the TSS base.
pub fn required_bases(edit: &TssRelativeVariant, geometry: WindowGeometry, max_shift_bp: u32) -> Range<i64> {
    let margin = i64::from(max_shift_bp) + (edit.end - edit.start);
    -i64::from(geometry.upstream_bp) - margin..i64::from(geometry.downstream_bp) + margin
}

impl AlleleWindows {
    /// The windows of `edit`, which can be moved by `max_shift_bp` either way. `bases` hold what [`required_bases`] says.
    pub fn new(bases: &PromoterBases, edit: &TssRelativeVariant, geometry: WindowGeometry, max_shift_bp: u32) -> Self {
        let moved = i64::from(max_shift_bp);
        let window = -i64::from(geometry.upstream_bp) - moved..i64::from(geometry.downstream_bp) + moved;
        let reference = bases.at(window.clone()).to_vec();
        let make = |come: &[u8], anchor| splice(bases, edit.start..edit.end, come, anchor, window.clone());
        let (anchor, come) = (edit.anchor(), edit.inserted.codes());
        let unknown = vec![UNKNOWN; edit.length_change().unsigned_abs() as usize];
        // N stands on the side that slides, so that the other bases stay where they are.
        let beside = |kept: &[u8]| match anchor {
            Anchor::Upstream => [kept, &unknown].concat(),
            Anchor::Downstream | Anchor::NextBase => [&unknown, kept].concat(),
        };
        let length_control = match edit.length_change() {
            0 => None,
            1.. => Some(make(&beside(bases.at(edit.start..edit.end)), anchor)),
            // As many come as go, and nothing slides.
            _ => Some(make(&beside(come), Anchor::Upstream)),
        };
        Self { alternate: make(come, anchor), reference, length_control, is_longer: edit.length_change() > 0 }
    }
}

/// The bases at `window` after those at `gone` have been replaced by `come`.
fn splice(bases: &PromoterBases, gone: Range<i64>, come: &[u8], anchor: Anchor, window: Range<i64>) -> Vec<u8> {
    let come_bp = come.len() as i64;
    // How far everything behind the edit slides.
    let behind = match anchor {
        Anchor::Downstream => 0,
        Anchor::Upstream => come_bp - (gone.end - gone.start),
        Anchor::NextBase => -gone.end,
    };
    let (come_end, come_start) = (gone.end + behind, gone.end + behind - come_bp);
    let before = come_start - gone.start;
    let within = |range: Range<i64>| {
        let start = range.start.clamp(window.start, window.end);
        start..range.end.clamp(start, window.end)
    };
    let mut codes = Vec::with_capacity((window.end - window.start) as usize);
    let left = within(window.start..come_start);
    codes.extend_from_slice(bases.at(left.start - before..left.end - before));
    let middle = within(come_start..come_end);
    let first = (middle.start - come_start).clamp(0, come_bp) as usize;
    codes.extend_from_slice(&come[first..][..(middle.end - middle.start) as usize]);
    let right = within(come_end.max(window.start)..window.end);
    codes.extend_from_slice(bases.at(right.start - behind..right.end - behind));
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

    /// Windows of a variant of a contig, movable by 2, and the edit that they show.
    fn haplotypes(letters: &str, tss: &Tss, variant: &Variant) -> (AlleleWindows, TssRelativeVariant) {
        let mut stretch = BufferedGenome::new(genome(&[("chr1", letters)]));
        let edit = TssRelativeVariant::new(variant, tss);
        let bases = PromoterBases::fetch(&mut stretch, tss, required_bases(&edit, geometry(), 2)).unwrap();
        (AlleleWindows::new(&bases, &edit, geometry(), 2), edit)
    }

    fn variant(start: usize, deleted: &str, inserted: &str) -> Option<Variant> {
        let sequence = |letters: &str| Sequence::from_ascii(letters.as_bytes()).unwrap();
        Variant::new("chr1", start as u64, &sequence(deleted), &sequence(inserted))
    }

    fn letters(codes: &[u8]) -> String {
        Sequence::from_codes(codes.to_vec()).to_ascii()
    }

    /// Window of a TSS, moved by nothing, of a contig in which the variant has been made.
    fn window(contig: &str, tss: &Tss) -> Vec<u8> {
        fetch_window(&*genome(&[("chr1", contig)]), tss, geometry()).unwrap().into_codes()
    }

    #[test]
    fn the_far_side_slides_and_the_near_side_stays() {
        // Upstream of the TSS at 60: bases 0..60 are C but for a G at 30 and a T at 10; behind it all A.
        let contig = format!("{}T{}G{}{}", "C".repeat(10), "C".repeat(19), "C".repeat(29), "A".repeat(40));
        let site = tss(60, Strand::Forward);
        // The G, 30 before the TSS, goes: the T, 50 before it, comes to be 49 before it.
        let (made, edit) = haplotypes(&contig, &site, &variant(30, "G", "").unwrap());
        assert_eq!((edit.start, edit.anchor()), (-30, Anchor::Downstream));
        let moved = |codes: &[u8]| letters(&codes[2..codes.len() - 2]);
        let downstream = "A".repeat(12);
        assert_eq!(moved(&made.reference), format!("T{}G{}{downstream}", "C".repeat(19), "C".repeat(29)));
        assert_eq!(moved(&made.alternate), format!("CT{}{downstream}", "C".repeat(48)));
        // N in the place of the G, nothing displaced.
        let control = moved(made.length_control.as_deref().unwrap());
        assert_eq!(control, format!("T{}N{}{downstream}", "C".repeat(19), "C".repeat(29)));
        // TT before the G pushes the T out; N in their place does the same.
        let (made, _) = haplotypes(&contig, &site, &variant(30, "", "TT").unwrap());
        assert_eq!(moved(&made.alternate), format!("{}TTG{}{downstream}", "C".repeat(18), "C".repeat(29)));
        let control = moved(made.length_control.as_deref().unwrap());
        assert_eq!(control, format!("{}NNG{}{downstream}", "C".repeat(18), "C".repeat(29)));
    }

    #[test]
    fn of_a_change_of_length_n_stands_on_the_side_that_slides() {
        let contig = "ACGT".repeat(40);
        let site = tss(80, Strand::Forward);
        // CGT (73..76, 7 to 5 before the TSS) becomes AA: two bases come, one slides; nothing slides in the control.
        let (made, edit) = haplotypes(&contig, &site, &variant(73, "CGT", "AA").unwrap());
        assert_eq!((edit.start, edit.end), (-7, -4));
        let at = |codes: &[u8]| letters(&codes[44..53]);
        assert_eq!(at(&made.reference), "ACGTACGTA");
        assert_eq!(at(&made.alternate), "TAAAACGTA");
        assert_eq!(at(made.length_control.as_deref().unwrap()), "ANAAACGTA");
        // Downstream the other way round: C, G, T at 1 to 3.
        let (made, _) = haplotypes(&contig, &site, &variant(81, "CGT", "AA").unwrap());
        let at = |codes: &[u8]| letters(&codes[52..52 + 6]);
        assert_eq!([at(&made.reference), at(&made.alternate)], ["ACGTAC", "AAAACG"]);
        assert_eq!(at(made.length_control.as_deref().unwrap()), "AAANAC");
    }

    #[test]
    fn an_edit_of_one_length_has_no_control() {
        let (made, _) = haplotypes(&"ACGT".repeat(40), &tss(80, Strand::Forward), &variant(79, "TA", "CC").unwrap());
        assert_eq!(made.length_control, None);
        assert_eq!(letters(&made.alternate[51..54]), "CCC");
    }

    #[test]
    fn pushing_padding_alone_changes_nothing_but_the_bases_that_come() {
        // Known from 40 before the TSS on.
        let contig = format!("{}{}", "N".repeat(40), "ACGT".repeat(20));
        let site = tss(80, Strand::Forward);
        let (made, _) = haplotypes(&contig, &site, &variant(40, "", "GG").unwrap());
        assert_eq!(made.length_control.as_deref(), Some(&made.reference[..]));
        assert_ne!(made.alternate, made.reference);
    }

    proptest! {
        /// Against the window of a contig in which the variant has been made, on both strands.
        #[test]
        fn windows_are_those_of_the_changed_contig(
            contig in "[ACGT]{100,160}",
            come in "[ACGT]{0,70}",
            at in 0.0..1.0f64,
            gone in 0usize..60,
            position in 0.0..1.0f64,
            reverse in any::<bool>(),
        ) {
            let start = (at * contig.len() as f64) as usize;
            let end = contig.len().min(start + gone);
            let Some(variant) = variant(start, &contig[start..end], &come) else { return Ok(()) };
            let strand = if reverse { Strand::Reverse } else { Strand::Forward };
            let site = tss((position * contig.len() as f64) as u64, strand);
            let edit = TssRelativeVariant::new(&variant, &site);
            if !edit.overlaps(geometry()) {
                // Then the window is as it was.
                if edit.anchor() != Anchor::NextBase {
                    let (start, end) = (variant.start as usize, variant.end() as usize);
                    let changed = format!("{}{}{}", &contig[..start], variant.inserted.to_ascii(), &contig[end..]);
                    let slides = end as u64 <= site.position;
                    let by = if slides { variant.inserted.len() as i64 - variant.deleted.len() as i64 } else { 0 };
                    let moved = tss((site.position as i64 + by) as u64, strand);
                    // What lies outside pushes bases past the window's end, or draws none in.
                    prop_assert_eq!(window(&changed, &moved), window(&contig, &site));
                }
                return Ok(());
            }
            let (made, edit) = haplotypes(&contig, &site, &variant);
            let length = made.reference.len();
            prop_assert_eq!(&made.reference[2..length - 2], &window(&contig, &site)[..]);
            prop_assert_eq!(made.alternate.len(), length);

            let (start, end) = (variant.start as usize, variant.end() as usize);
            let changed = format!("{}{}{}", &contig[..start], variant.inserted.to_ascii(), &contig[end..]);
            let come = variant.inserted.len() as i64;
            let by = come - (end - start) as i64;
            let old = site.position as i64;
            let new = if edit.removes_tss_base() {
                // The first base kept on the 3' side: behind what comes on the forward strand, before it on the other.
                if reverse { start as i64 - 1 } else { start as i64 + come }
            } else if end as i64 <= old {
                old + by
            } else {
                old
            };
            if (0..changed.len() as i64).contains(&new) {
                prop_assert_eq!(&made.alternate[2..length - 2], &window(&changed, &tss(new as u64, strand))[..]);
                // And back again.
                if !edit.removes_tss_base() {
                    let back = Variant {
                        deleted: variant.inserted.clone(),
                        inserted: variant.deleted.clone(),
                        ..variant.clone()
                    };
                    let moved = tss(new as u64, strand);
                    let (reverted, back) = haplotypes(&changed, &moved, &back);
                    if back.overlaps(geometry()) && !back.removes_tss_base() && back.anchor() == edit.anchor() {
                        prop_assert_eq!(reverted.alternate, made.reference);
                    }
                }
            }
            prop_assert_eq!(made.length_control.is_some(), by != 0);
            if let Some(control) = made.length_control {
                prop_assert_eq!(control.len(), length);
            }
        }
    }
}
