//! From POS, REF and ALT to a change of the genome at hand.

use std::sync::Arc;

use super::{UnscoredReason, UnscoredVariant, Variant};
use crate::SequenceError;
use crate::coord::ContigNames;
use crate::dna::{Sequence, UNKNOWN};
use crate::genome::{BufferedGenome, ReferenceGenome};

/// Bases of an allele shown in a message.
const MAX_BASES_SHOWN: usize = 40;

/// Finds what the alleles of a variant file do to a genome.
pub struct VariantResolver {
    genome: BufferedGenome,
    names: ContigNames,
    /// Whether the genome's bases take the place of a REF that differs.
    use_genome: bool,
}

/// REF of a record beside the genome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedReference {
    /// The contig, as the genome has it.
    pub chrom: String,
    /// First base, counted from 0.
    pub start: u64,
    /// What the genome has there.
    pub genome: Sequence,
    /// Whether REF is the same. An ambiguity letter of REF is the same as any base.
    pub matches: bool,
    /// REF as written.
    written: String,
}

impl VariantResolver {
    /// For a genome. Where `use_genome` is set, a REF that differs from the genome is replaced by what the genome has.
    pub fn new(genome: Arc<dyn ReferenceGenome>, use_genome: bool) -> Self {
        let names = ContigNames::new(genome.contigs());
        Self { genome: BufferedGenome::new(genome), names, use_genome }
    }

    /// The genome's own name of a contig.
    pub fn contig(&self, name: &str) -> Option<&str> {
        self.names.resolve(name)
    }

    /// The genome, for more than one allele.
    pub fn genome(&mut self) -> &mut BufferedGenome {
        &mut self.genome
    }

    /// Looks REF up. `position` counts from 1, as in the file.
    ///
    /// # Errors
    ///
    /// The outer error is one of the genome's file, the inner one the reason why no allele of the record is scored.
    pub fn reference(
        &mut self,
        chrom: &str,
        position: u64,
        reference: &str,
    ) -> Result<Result<ResolvedReference, UnscoredVariant>, SequenceError> {
        let Some(contig) = self.names.resolve(chrom) else {
            let detail = format!("the genome has no contig {chrom}");
            return Ok(Err(UnscoredReason::ContigNotInGenome.with_detail(detail)));
        };
        let spelled = match letters(reference, "REF") {
            Ok(spelled) => spelled,
            Err(unscored) => return Ok(Err(unscored)),
        };
        let length = self.genome.contig_length(contig).unwrap_or(0);
        let end = (position.wrapping_sub(1)).checked_add(spelled.len() as u64);
        let (Some(start), Some(end)) = (position.checked_sub(1), end.filter(|&end| end <= length)) else {
            let detail =
                format!("POS {position} with REF of {} bp; {contig} has {length} bp, counted from 1", spelled.len());
            return Ok(Err(UnscoredReason::OutsideContig.with_detail(detail)));
        };
        let contig = contig.to_owned();
        let genome = self.genome.codes(&contig, start, end)?;
        if genome.contains(&UNKNOWN) {
            let detail = format!("the genome has {}", shown(&Sequence::from_codes(genome.to_vec()).to_ascii()));
            return Ok(Err(UnscoredReason::ReferenceUnknown.with_detail(detail)));
        }
        let pairs = genome.iter().zip(spelled.codes());
        let matches = pairs.clone().all(|(genome, spelled)| genome == spelled || *spelled == UNKNOWN);
        let genome = Sequence::from_codes(genome.to_vec());
        Ok(Ok(ResolvedReference { chrom: contig, start, genome, matches, written: reference.to_owned() }))
    }

    /// What one ALT does to the genome, left-aligned, and by how many bases it had to be moved for that.
    ///
    /// # Errors
    ///
    /// The outer error is one of the genome's file, the inner one the reason why the allele is not scored; where REF is
    /// not what the genome has, [`UnscoredReason::ReferenceMismatch`] or [`UnscoredReason::AlternateIsGenome`].
    pub fn alternate(
        &mut self,
        reference: &ResolvedReference,
        alternate: &str,
    ) -> Result<Result<(Variant, u64), UnscoredVariant>, SequenceError> {
        let spelled = match read_alternate(alternate) {
            Ok(spelled) => spelled,
            Err(unscored) => return Ok(Err(unscored)),
        };
        if alternate.eq_ignore_ascii_case(&reference.written) {
            return Ok(Err(UnscoredReason::NoChange.with_detail("ALT is REF")));
        }
        let is_genome = spelled == reference.genome;
        if !reference.matches {
            let (genome, written) = (shown(&reference.genome.to_ascii()), shown(&reference.written));
            let place = format!("{}:{}", reference.chrom, reference.start + 1);
            let detail = format!("REF is {written}, the genome has {genome} at {place} (counted from 1)");
            if is_genome {
                let detail = format!("{detail}, which is ALT: the alleles are swapped, or of another assembly");
                return Ok(Err(UnscoredReason::AlternateIsGenome.with_detail(detail)));
            }
            if !self.use_genome {
                return Ok(Err(UnscoredReason::ReferenceMismatch.with_detail(detail)));
            }
        }
        match Variant::new(&*reference.chrom, reference.start, &reference.genome, &spelled) {
            Some(variant) => {
                let written = variant.start;
                let variant = variant.left_aligned(&mut self.genome)?;
                let moved_bp = written - variant.start;
                Ok(Ok((variant, moved_bp)))
            }
            // An ambiguous REF hides that ALT is the genome.
            None => Ok(Err(UnscoredReason::NoChange.with_detail("ALT is what the genome has"))),
        }
    }
}

/// The bases of an ALT that spells some.
fn read_alternate(alternate: &str) -> Result<Sequence, UnscoredVariant> {
    let because = |reason: UnscoredReason| Err(reason.with_detail(format!("ALT {}", shown(alternate))));
    match alternate {
        "." | "" => Err(UnscoredReason::NoAlternate.with_detail("ALT is missing")),
        "*" => because(UnscoredReason::OverlappingDeletion),
        // VCF 4.3, section 5.4: a bracket in a paired breakend, a point at an end of a single one.
        text if text.contains(['[', ']']) || text.starts_with('.') || text.ends_with('.') => {
            because(UnscoredReason::Breakend)
        }
        text if text.starts_with('<') => because(UnscoredReason::SymbolicAllele),
        text => letters(text, "ALT"),
    }
}

fn letters(text: &str, column: &str) -> Result<Sequence, UnscoredVariant> {
    if text.is_empty() || text == "." {
        return Err(UnscoredReason::InvalidAllele.with_detail(format!("{column} is missing")));
    }
    Sequence::from_ascii(text.as_bytes())
        .map_err(|error| UnscoredReason::InvalidAllele.with_detail(format!("{column} {}: {error}", shown(text))))
}

/// An allele as far as a message has room for it.
fn shown(allele: &str) -> String {
    if allele.chars().count() <= MAX_BASES_SHOWN {
        return allele.to_owned();
    }
    let start: String = allele.chars().take(MAX_BASES_SHOWN).collect();
    format!("{start}... ({} letters)", allele.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::in_memory::tests::genome;

    /// 1-based:               123456789012345
    const CONTIG: &str = "ACGTTTTACGNNACG";

    fn outcome(use_genome: bool, chrom: &str, position: u64, alleles: [&str; 2]) -> Result<Variant, UnscoredReason> {
        let mut resolver = VariantResolver::new(genome(&[("chr1", CONTIG)]), use_genome);
        let reference = resolver.reference(chrom, position, alleles[0]).unwrap().map_err(|unscored| unscored.reason)?;
        let resolved = resolver.alternate(&reference, alleles[1]).unwrap();
        resolved.map(|(variant, _)| variant).map_err(|unscored| unscored.reason)
    }

    #[test]
    fn every_reason_is_told_apart() {
        use UnscoredReason::*;
        for (chrom, position, alleles, reason) in [
            ("chr1", 1, ["A", "."], NoAlternate),
            ("chr1", 1, ["A", "<DEL>"], SymbolicAllele),
            ("chr1", 1, ["A", "<*>"], SymbolicAllele),
            ("chr1", 1, ["A", "A[chr2:5["], Breakend),
            ("chr1", 1, ["A", "]chr2:5]A"], Breakend),
            ("chr1", 1, ["A", ".A"], Breakend),
            ("chr1", 1, ["A", "A."], Breakend),
            ("chr1", 1, ["A", "*"], OverlappingDeletion),
            ("chr1", 1, ["A", "E"], InvalidAllele),
            ("chr1", 1, ["A-", "A"], InvalidAllele),
            ("chr1", 1, ["A", "a"], NoChange),
            ("chr1", 1, ["N", "A"], NoChange),
            ("chr9", 1, ["A", "C"], ContigNotInGenome),
            ("chr1", 0, ["A", "C"], OutsideContig),
            ("chr1", 15, ["GA", "G"], OutsideContig),
            ("chr1", u64::MAX, ["A", "C"], OutsideContig),
            ("chr1", 10, ["GN", "G"], ReferenceUnknown),
            ("chr1", 11, ["A", "C"], ReferenceUnknown),
            ("chr1", 1, ["C", "G"], ReferenceMismatch),
            ("chr1", 1, ["C", "A"], AlternateIsGenome),
        ] {
            assert_eq!(outcome(false, chrom, position, alleles).unwrap_err(), reason, "{alleles:?}");
        }
    }

    #[test]
    fn contigs_go_by_any_of_their_names_and_letters_by_any_case() {
        for chrom in ["chr1", "1", "CHR1"] {
            let variant = outcome(false, chrom, 2, ["c", "t"]).unwrap();
            assert_eq!((variant.chrom.as_str(), variant.start), ("chr1", 1));
        }
    }

    #[test]
    fn the_genome_takes_the_place_of_a_reference_that_differs() {
        let variant = outcome(true, "chr1", 1, ["G", "T"]).unwrap();
        assert_eq!((variant.deleted.to_ascii(), variant.inserted.to_ascii()), ("A".to_owned(), "T".to_owned()));
        assert_eq!(outcome(true, "chr1", 1, ["C", "A"]), Err(UnscoredReason::AlternateIsGenome));
    }

    #[test]
    fn two_writings_of_an_indel_are_one_variant() {
        // TTTT at 4..8 loses one T: written at its right and at its left end.
        let right = outcome(false, "chr1", 6, ["TT", "T"]).unwrap();
        let left = outcome(false, "chr1", 3, ["GT", "G"]).unwrap();
        assert_eq!(right, left);
        assert_eq!(right.start, 3);
    }

    #[test]
    fn a_mismatch_tells_both_sequences() {
        let mut resolver = VariantResolver::new(genome(&[("chr1", CONTIG)]), false);
        let reference = resolver.reference("1", 2, "GG").unwrap().unwrap();
        let unscored = resolver.alternate(&reference, "T").unwrap().unwrap_err();
        assert_eq!(unscored.detail, "REF is GG, the genome has CG at chr1:2 (counted from 1)");
    }
}
