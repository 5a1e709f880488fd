//! Variants: trimmed and left-aligned changes of a genome.

use std::fmt;

use crate::SequenceError;
use crate::dna::{Sequence, UNKNOWN};
use crate::genome::BufferedGenome;

/// Bases fetched at a time during left-alignment, in bp.
const CHUNK_BP: u64 = 128;

/// Variant: replacement of bases on the forward strand. Coordinates are 0-based and half-open.
///
/// Deleted and inserted bases share no prefix and no suffix.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, Variant, VariantKind};
///
/// let reference = Sequence::from_ascii(b"ATT")?;
/// let alternate = Sequence::from_ascii(b"A")?;
/// let variant = Variant::new("chr1", 10, &reference, &alternate).expect("the alleles differ");
/// assert_eq!((variant.start, variant.end()), (11, 13));
/// assert_eq!(variant.kind(), VariantKind::Deletion);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// Contig name in the genome.
    pub chrom: String,
    /// First deleted base; for an insertion, the base before which bases are inserted.
    pub start: u64,
    /// Deleted bases.
    pub deleted: Sequence,
    /// Inserted bases.
    pub inserted: Sequence,
}

/// Kind of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VariantKind {
    /// Single-nucleotide variant.
    Snv,
    /// Multi-nucleotide variant: several bases replaced by the same number of bases.
    Mnv,
    /// Insertion.
    Insertion,
    /// Deletion.
    Deletion,
    /// Deletion-insertion: bases replaced by more or fewer bases.
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
    /// Variant that changes `reference`, which starts at `start`, to `alternate`; `None` if both are equal. Shared
    /// bases are trimmed, first from the right end.
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

    /// One past the last deleted base.
    pub fn end(&self) -> u64 {
        self.start + self.deleted.len() as u64
    }

    /// Kind of the variant.
    pub fn kind(&self) -> VariantKind {
        match (self.deleted.len(), self.inserted.len()) {
            (0, _) => VariantKind::Insertion,
            (_, 0) => VariantKind::Deletion,
            (1, 1) => VariantKind::Snv,
            (deleted, inserted) if deleted == inserted => VariantKind::Mnv,
            _ => VariantKind::Delins,
        }
    }

    /// Left-aligned form of the variant. Only insertions and deletions can shift. Ambiguous bases match nothing, so an
    /// indel stops at them.
    ///
    /// # Errors
    ///
    /// Read errors of the genome file.
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

/// Number of bases by which an indel of the bases `moved` can shift to the left. At each step, the base to the left
/// must equal the last base of the rotated indel.
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
            if code != last || code == UNKNOWN {
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

    /// Contig with the variant applied.
    fn applied(letters: &str, variant: &Variant) -> String {
        let (start, end) = (variant.start as usize, variant.end() as usize);
        assert_eq!(letters[start..end], variant.deleted.to_ascii());
        format!("{}{}{}", &letters[..start], variant.inserted.to_ascii(), &letters[end..])
    }

    #[test]
    fn variant_new_trims_shared_bases() {
        for (reference, alternate, start, deleted, inserted, kind) in [
            ("A", "G", 10, "A", "G", VariantKind::Snv),
            ("ACGT", "ACTT", 12, "G", "T", VariantKind::Snv),
            ("AC", "GT", 10, "AC", "GT", VariantKind::Mnv),
            ("A", "ATT", 11, "", "TT", VariantKind::Insertion),
            ("ATT", "A", 11, "TT", "", VariantKind::Deletion),
            ("ACG", "TT", 10, "ACG", "TT", VariantKind::Delins),
            // The right end is trimmed first: CAA to CA deletes the first of two As.
            ("CAA", "CA", 11, "A", "", VariantKind::Deletion),
        ] {
            let variant = variant(10, reference, alternate);
            assert_eq!((variant.start, variant.kind()), (start, kind), "{reference} to {alternate}");
            assert_eq!((variant.deleted.to_ascii(), variant.inserted.to_ascii()), (deleted.into(), inserted.into()));
        }
        assert_eq!(Variant::new("chr1", 0, &sequence("ACG"), &sequence("acg")), None);
    }

    #[test]
    fn left_aligned_indel_shifts_to_start_of_repeat() {
        //             0123456789
        let letters = "GGCACACATT";
        let mut buffered = BufferedGenome::new(genome(&[("chr1", letters)]));
        // Deleting the last CA (6, 7) equals deleting the first (2, 3).
        let moved = variant(5, "ACA", "A").left_aligned(&mut buffered).unwrap();
        assert_eq!((moved.start, moved.deleted.to_ascii()), (2, "CA".to_owned()));
        // Inserting AC before the last A equals inserting CA before the first C.
        let moved = variant(6, "C", "CAC").left_aligned(&mut buffered).unwrap();
        assert_eq!((moved.start, moved.inserted.to_ascii()), (2, "CA".to_owned()));
        // An insertion at the start of the contig.
        let moved = variant(1, "G", "GG").left_aligned(&mut buffered).unwrap();
        assert_eq!((moved.start, moved.inserted.to_ascii()), (0, "G".to_owned()));
        let fixed = variant(4, "C", "G");
        assert_eq!(fixed.clone().left_aligned(&mut buffered).unwrap(), fixed);
    }

    #[test]
    fn left_aligned_indel_stops_at_ambiguous_bases() {
        let mut buffered = BufferedGenome::new(genome(&[("chr1", "AANNAAAT")]));
        let moved = variant(6, "A", "AA").left_aligned(&mut buffered).unwrap();
        assert_eq!(moved.start, 4);
        let moved = variant(4, "A", "NA").left_aligned(&mut buffered).unwrap();
        assert_eq!(moved.start, 4);
    }

    #[test]
    fn left_aligned_long_repeat_is_traversed() {
        let letters = format!("C{}G", "A".repeat(1_000));
        let mut buffered = BufferedGenome::new(genome(&[("chr1", &letters)]));
        let moved = variant(999, "AA", "A").left_aligned(&mut buffered).unwrap();
        assert_eq!(moved.start, 1);
    }

    proptest! {
        /// Two letters give many repeats.
        #[test]
        fn left_aligned_preserves_sequence_and_is_unique(
            letters in "[AC]{12,40}",
            inserted in "[AC]{0,5}",
            at in 0usize..8,
            deleted in 0usize..4,
        ) {
            let reference = &letters[at..=at + deleted];
            let alternate = format!("{inserted}{}", &reference[..1]);
            let Some(variant) = Variant::new("chr1", at as u64, &sequence(reference), &sequence(&alternate)) else {
                return Ok(());
            };
            let mut buffered = BufferedGenome::new(genome(&[("chr1", &letters)]));
            let moved = variant.clone().left_aligned(&mut buffered).unwrap();
            prop_assert_eq!(applied(&letters, &moved), applied(&letters, &variant));
            prop_assert!(moved.start <= variant.start);
            prop_assert_eq!(moved.clone().left_aligned(&mut buffered).unwrap(), moved.clone());
            // Every other representation in the same repeat gives the same variant.
            let after = applied(&letters, &variant);
            for start in 0..letters.len() {
                for end in start..=letters.len() {
                    let come = after.len() + end - start;
                    let Some(come) = come.checked_sub(letters.len()) else { continue };
                    let other = format!("{}{}", &letters[..start], after.get(start..start + come).unwrap_or(""));
                    if other.len() == start + come && format!("{other}{}", &letters[end..]) == after {
                        let reference = &letters[start..end];
                        let other = Variant::new("chr1", start as u64, &sequence(reference), &sequence(&other[start..]));
                        prop_assert_eq!(other.unwrap().left_aligned(&mut buffered).unwrap(), moved.clone());
                    }
                }
            }
        }
    }
}
