//! A change of a genome: bases taken out, bases put in.

use std::fmt;

use crate::SequenceError;
use crate::dna::Sequence;
use crate::genome::BufferedGenome;

/// Bases looked at together while an indel slides to the left.
const CHUNK_BP: u64 = 128;

/// Bases of the forward strand that are replaced by others. Coordinates are 0-based and half-open.
///
/// Nothing is shared by what goes and what comes: neither begins or ends as the other does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// Name of the contig, as the genome has it.
    pub chrom: String,
    /// First base that goes; without any, the base before which bases come.
    pub start: u64,
    /// The bases that go.
    pub deleted: Sequence,
    /// The bases that come in their place.
    pub inserted: Sequence,
}

/// What a variant does to the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VariantKind {
    /// One base for another.
    Snv,
    /// Several bases for as many others.
    Mnv,
    /// Bases come, none goes.
    Insertion,
    /// Bases go, none comes.
    Deletion,
    /// Bases go, and more or fewer come.
    Delins,
}

impl fmt::Display for VariantKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Snv => "snv",
            Self::Mnv => "mnv",
            Self::Insertion => "insertion",
            Self::Deletion => "deletion",
            Self::Delins => "delins",
        })
    }
}

impl Variant {
    /// The variant that turns `reference`, which begins at `start`, into `alternate`; `None` where both are the same.
    /// What both share at their ends is left out, at the right end first.
    pub fn new(chrom: impl Into<String>, start: u64, reference: &Sequence, alternate: &Sequence) -> Option<Self> {
        let (reference, alternate) = (reference.codes(), alternate.codes());
        if reference == alternate {
            return None;
        }
        let shared =
            |pairs: &mut dyn Iterator<Item = (&u8, &u8)>| pairs.take_while(|(left, right)| left == right).count();
        let right = shared(&mut reference.iter().rev().zip(alternate.iter().rev()));
        let (reference, alternate) = (&reference[..reference.len() - right], &alternate[..alternate.len() - right]);
        let left = shared(&mut reference.iter().zip(alternate));
        Some(Self {
            chrom: chrom.into(),
            start: start + left as u64,
            deleted: Sequence::from_codes(reference[left..].to_vec()),
            inserted: Sequence::from_codes(alternate[left..].to_vec()),
        })
    }

    /// One past the last base that goes.
    pub fn end(&self) -> u64 {
        self.start + self.deleted.len() as u64
    }

    /// What it does to the sequence.
    pub fn kind(&self) -> VariantKind {
        match (self.deleted.len(), self.inserted.len()) {
            (0, _) => VariantKind::Insertion,
            (_, 0) => VariantKind::Deletion,
            (1, 1) => VariantKind::Snv,
            (gone, come) if gone == come => VariantKind::Mnv,
            _ => VariantKind::Delins,
        }
    }

    /// The same change of the genome written as far to the left as it goes. Only insertions and deletions can move.
    /// Bases that are not known equal nothing, so that an indel stops at them.
    ///
    /// # Errors
    ///
    /// Those of the genome's file.
    ///
    /// # Source
    ///
    /// Tan et al. 2015, <https://doi.org/10.1093/bioinformatics/btv112>.
    pub fn left_aligned(mut self, genome: &mut BufferedGenome) -> Result<Self, SequenceError> {
        let moves = match self.kind() {
            VariantKind::Insertion => &self.inserted,
            VariantKind::Deletion => &self.deleted,
            _ => return Ok(self),
        };
        let moved = moves.codes().to_vec();
        let steps = left_shift(&moved, &self.chrom, self.start, genome)?;
        let mut rotated = moved;
        let by = (steps % rotated.len() as u64) as usize;
        rotated.rotate_right(by);
        self.start -= steps;
        let rotated = Sequence::from_codes(rotated);
        if self.deleted.is_empty() {
            self.inserted = rotated;
        } else {
            self.deleted = rotated;
        }
        Ok(self)
    }
}

/// Bases that `moved` can go to the left of `start` and still make the same sequence: each must equal the base that
/// comes last, which then stands first.
fn left_shift(moved: &[u8], chrom: &str, start: u64, genome: &mut BufferedGenome) -> Result<u64, SequenceError> {
    let mut steps = 0;
    loop {
        let end = start - steps;
        let codes = genome.codes(chrom, end.saturating_sub(CHUNK_BP), end)?;
        if codes.is_empty() {
            return Ok(steps);
        }
        for &code in codes.iter().rev() {
            let last = moved[moved.len() - 1 - (steps % moved.len() as u64) as usize];
            if code != last || code == crate::UNKNOWN {
                return Ok(steps);
            }
            steps += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::in_memory::tests::genome;

    fn sequence(letters: &str) -> Sequence {
        Sequence::from_ascii(letters.as_bytes()).unwrap()
    }

    fn variant(start: u64, reference: &str, alternate: &str) -> Variant {
        Variant::new("chr1", start, &sequence(reference), &sequence(alternate)).unwrap()
    }

    /// The contig after the variant.
    fn applied(letters: &str, variant: &Variant) -> String {
        let (start, end) = (variant.start as usize, variant.end() as usize);
        assert_eq!(letters[start..end], variant.deleted.to_ascii());
        format!("{}{}{}", &letters[..start], variant.inserted.to_ascii(), &letters[end..])
    }

    #[test]
    fn what_both_alleles_share_is_left_out() {
        for (reference, alternate, start, deleted, inserted, kind) in [
            ("A", "G", 10, "A", "G", VariantKind::Snv),
            ("ACGT", "ACTT", 12, "G", "T", VariantKind::Snv),
            ("AC", "GT", 10, "AC", "GT", VariantKind::Mnv),
            ("A", "ATT", 11, "", "TT", VariantKind::Insertion),
            ("ATT", "A", 11, "TT", "", VariantKind::Deletion),
            ("ACG", "TT", 10, "ACG", "TT", VariantKind::Delins),
            // The right end goes first: CAA to CA loses the first of two As.
            ("CAA", "CA", 11, "A", "", VariantKind::Deletion),
        ] {
            let variant = variant(10, reference, alternate);
            assert_eq!((variant.start, variant.kind()), (start, kind), "{reference} to {alternate}");
            assert_eq!((variant.deleted.to_ascii(), variant.inserted.to_ascii()), (deleted.into(), inserted.into()));
        }
        assert_eq!(Variant::new("chr1", 0, &sequence("ACG"), &sequence("acg")), None);
    }

    #[test]
    fn indels_slide_to_the_left_end_of_a_repeat() {
        //             0123456789
        let letters = "GGCACACATT";
        let mut stretch = BufferedGenome::new(genome(&[("chr1", letters)]));
        // The last CA (6, 7) goes: the same as the first (2, 3).
        let moved = variant(5, "ACA", "A").left_aligned(&mut stretch).unwrap();
        assert_eq!((moved.start, moved.deleted.to_ascii()), (2, "CA".to_owned()));
        // An AC comes before the last A: the same as CA before the first C.
        let moved = variant(6, "C", "CAC").left_aligned(&mut stretch).unwrap();
        assert_eq!((moved.start, moved.inserted.to_ascii()), (2, "CA".to_owned()));
        // At the start of the contig.
        let moved = variant(1, "G", "GG").left_aligned(&mut stretch).unwrap();
        assert_eq!((moved.start, moved.inserted.to_ascii()), (0, "G".to_owned()));
        let fixed = variant(4, "C", "G");
        assert_eq!(fixed.clone().left_aligned(&mut stretch).unwrap(), fixed);
    }

    #[test]
    fn indels_stop_at_unknown_bases() {
        let mut stretch = BufferedGenome::new(genome(&[("chr1", "AANNAAAT")]));
        let moved = variant(6, "A", "AA").left_aligned(&mut stretch).unwrap();
        assert_eq!(moved.start, 4);
        let moved = variant(4, "A", "NA").left_aligned(&mut stretch).unwrap();
        assert_eq!(moved.start, 4);
    }

    #[test]
    fn a_long_repeat_is_slid_through() {
        let letters = format!("C{}G", "A".repeat(1_000));
        let mut stretch = BufferedGenome::new(genome(&[("chr1", &letters)]));
        let moved = variant(999, "AA", "A").left_aligned(&mut stretch).unwrap();
        assert_eq!(moved.start, 1);
    }

    proptest! {
        /// Two letters make many repeats.
        #[test]
        fn sliding_keeps_the_sequence_and_ends_at_one_place(
            letters in "[AC]{12,40}",
            inserted in "[AC]{0,5}",
            at in 0usize..8,
            gone in 0usize..4,
        ) {
            let reference = &letters[at..=at + gone];
            let alternate = format!("{inserted}{}", &reference[..1]);
            let Some(variant) = Variant::new("chr1", at as u64, &sequence(reference), &sequence(&alternate)) else {
                return Ok(());
            };
            let mut stretch = BufferedGenome::new(genome(&[("chr1", &letters)]));
            let moved = variant.clone().left_aligned(&mut stretch).unwrap();
            prop_assert_eq!(applied(&letters, &moved), applied(&letters, &variant));
            prop_assert!(moved.start <= variant.start);
            prop_assert_eq!(moved.clone().left_aligned(&mut stretch).unwrap(), moved.clone());
            // Written at any other place of the same repeat, it comes to the same.
            let after = applied(&letters, &variant);
            for start in 0..letters.len() {
                for end in start..=letters.len() {
                    let come = after.len() + end - start;
                    let Some(come) = come.checked_sub(letters.len()) else { continue };
                    let other = format!("{}{}", &letters[..start], after.get(start..start + come).unwrap_or(""));
                    if other.len() == start + come && format!("{other}{}", &letters[end..]) == after {
                        let reference = &letters[start..end];
                        let other = Variant::new("chr1", start as u64, &sequence(reference), &sequence(&other[start..]));
                        prop_assert_eq!(other.unwrap().left_aligned(&mut stretch).unwrap(), moved.clone());
                    }
                }
            }
        }
    }
}
