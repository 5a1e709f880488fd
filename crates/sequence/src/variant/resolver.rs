//! Resolution of POS, REF and ALT to a variant of a genome.

use std::sync::Arc;

use super::{UnscoredReason, UnscoredVariant, Variant};
use crate::SequenceError;
use crate::coord::ContigNames;
use crate::dna::{Sequence, UNKNOWN, iupac_bases};
use crate::genome::{BufferedGenome, ReferenceGenome};

/// Largest number of bases of an allele shown in a message.
const MAX_BASES_SHOWN: usize = 40;

/// Resolver of the alleles of a variant file to variants of a genome.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tatabox_sequence::{InMemoryGenome, VariantResolver};
///
/// //                                            1-based: 1234567
/// let genome = InMemoryGenome::new([("chr1", "GGTTTTA")])?;
/// let mut resolver = VariantResolver::new(Arc::new(genome), false);
/// let reference = resolver.reference("1", 5, "TT")?.expect("REF matches");
/// let (variant, shift_bp) = resolver.alternate(&reference, "T")?.expect("a scored allele");
/// // The deletion of one T is written at POS 5 and left-aligned to the start of the repeat.
/// assert_eq!((variant.start, variant.deleted.to_ascii().as_str(), shift_bp), (2, "T", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct VariantResolver {
    genome: BufferedGenome,
    names: ContigNames,
    /// Whether the bases of the genome replace a REF that differs.
    use_genome: bool,
}

/// REF of a record, compared with the genome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedReference {
    /// Contig name in the genome.
    pub chrom: String,
    /// 0-based position of the first base.
    pub start: u64,
    /// Bases of the genome at REF.
    pub genome: Sequence,
    /// Whether REF matches the genome. An ambiguity letter matches the bases that it denotes.
    pub matches: bool,
    /// Whether REF matches the genome only by ambiguity letters.
    pub is_ambiguous: bool,
    /// REF as in the file.
    written: String,
}

impl VariantResolver {
    /// Resolver for a genome. With `use_genome`, the bases of the genome replace a REF that differs.
    pub fn new(genome: Arc<dyn ReferenceGenome>, use_genome: bool) -> Self {
        let names = ContigNames::new(genome.contigs());
        Self { genome: BufferedGenome::new(genome), names, use_genome }
    }

    /// Name of a contig in the genome.
    pub fn contig(&self, name: &str) -> Option<&str> {
        self.names.resolve(name)
    }

    /// Buffered reader of the genome.
    pub fn genome(&mut self) -> &mut BufferedGenome {
        &mut self.genome
    }

    /// Compares REF with the genome. `position` counts from 1, as in the file.
    ///
    /// # Errors
    ///
    /// The outer error is a read error of the genome file; the inner one is the reason why no allele of the record is
    /// scored.
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
            let detail = format!("the genome has {}", abbreviated(&Sequence::from_codes(genome.to_vec()).to_ascii()));
            return Ok(Err(UnscoredReason::ReferenceUnknown.with_detail(detail)));
        }
        let matches = genome.iter().zip(reference.bytes()).all(|(&base, letter)| denotes(letter, base));
        let is_ambiguous = matches && spelled.codes().contains(&UNKNOWN);
        let genome = Sequence::from_codes(genome.to_vec());
        let written = reference.to_owned();
        Ok(Ok(ResolvedReference { chrom: contig, start, genome, matches, is_ambiguous, written }))
    }

    /// Left-aligned variant of one ALT allele, and the number of bases by which left-alignment shifted it.
    ///
    /// # Errors
    ///
    /// The outer error is a read error of the genome file; the inner one is the reason why the allele is not scored. If
    /// REF differs from the genome, it is [`UnscoredReason::ReferenceMismatch`] or
    /// [`UnscoredReason::AlternateIsGenome`].
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
            return Ok(Err(UnscoredReason::NoChange.with_detail("ALT equals REF")));
        }
        let is_genome = spelled == reference.genome;
        if !reference.matches {
            let (genome, written) = (abbreviated(&reference.genome.to_ascii()), abbreviated(&reference.written));
            let place = format!("{}:{}", reference.chrom, reference.start + 1);
            let detail = format!("REF is {written}, the genome has {genome} at {place} (counted from 1)");
            if is_genome {
                let detail = format!("{detail}, which equals ALT: the alleles are swapped or from another assembly");
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
            // ALT equals the genome, and REF has ambiguity letters.
            None => Ok(Err(UnscoredReason::NoChange.with_detail("ALT equals the genome"))),
        }
    }
}

/// Whether a nucleotide letter denotes the base of a code.
fn denotes(letter: u8, code: u8) -> bool {
    iupac_bases(letter).is_some_and(|bases| bases.get(usize::from(code)).is_some_and(|&is_denoted| is_denoted))
}

/// Bases of an ALT allele.
fn read_alternate(alternate: &str) -> Result<Sequence, UnscoredVariant> {
    let unscored = |reason: UnscoredReason| Err(reason.with_detail(format!("ALT {}", abbreviated(alternate))));
    match alternate {
        "." | "" => Err(UnscoredReason::NoAlternate.with_detail("ALT is missing")),
        "*" => unscored(UnscoredReason::OverlappingDeletion),
        // VCF 4.3, section 5.4: paired breakends have a bracket, single ones a dot at one end.
        text if text.contains(['[', ']']) || text.starts_with('.') || text.ends_with('.') => {
            unscored(UnscoredReason::Breakend)
        }
        text if text.starts_with('<') => unscored(UnscoredReason::SymbolicAllele),
        text => letters(text, "ALT"),
    }
}

fn letters(text: &str, column: &str) -> Result<Sequence, UnscoredVariant> {
    if text.is_empty() || text == "." {
        return Err(UnscoredReason::InvalidAllele.with_detail(format!("{column} is missing")));
    }
    Sequence::from_ascii(text.as_bytes())
        .map_err(|error| UnscoredReason::InvalidAllele.with_detail(format!("{column} {}: {error}", abbreviated(text))))
}

/// Allele, abbreviated for messages.
fn abbreviated(allele: &str) -> String {
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
    fn resolver_each_unscored_reason_is_reported() {
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

    /// igvteam/igv#927, samtools/hts-specs#54.
    #[test]
    fn resolver_ambiguity_letter_that_excludes_the_base_is_a_mismatch() {
        let reference = |position, letters: &str| {
            let mut resolver = VariantResolver::new(genome(&[("chr1", CONTIG)]), false);
            let reference = resolver.reference("chr1", position, letters).unwrap().unwrap();
            (reference.matches, reference.is_ambiguous)
        };
        // Bases 1 to 4 are ACGT. R is A or G, Y is C or T.
        assert_eq!([reference(1, "R"), reference(1, "n"), reference(2, "Y")], [(true, true); 3]);
        assert_eq!([reference(1, "Y"), reference(2, "R"), reference(2, "CA")], [(false, false); 3]);
        assert_eq!([reference(1, "RCr"), reference(1, "ACGu")], [(true, true), (true, false)]);
        assert_eq!(reference(1, "RYC"), (false, false));
        assert_eq!(outcome(false, "chr1", 1, ["Y", "G"]), Err(UnscoredReason::ReferenceMismatch));
        assert_eq!(outcome(false, "chr1", 1, ["Y", "A"]), Err(UnscoredReason::AlternateIsGenome));
        assert_eq!(outcome(true, "chr1", 1, ["Y", "G"]).unwrap().deleted.to_ascii(), "A");
    }

    #[test]
    fn resolver_accepts_contig_aliases_and_lower_case() {
        for chrom in ["chr1", "1", "CHR1"] {
            let variant = outcome(false, chrom, 2, ["c", "t"]).unwrap();
            assert_eq!((variant.chrom.as_str(), variant.start), ("chr1", 1));
        }
    }

    #[test]
    fn resolver_use_genome_replaces_mismatched_ref() {
        let variant = outcome(true, "chr1", 1, ["G", "T"]).unwrap();
        assert_eq!((variant.deleted.to_ascii(), variant.inserted.to_ascii()), ("A".to_owned(), "T".to_owned()));
        assert_eq!(outcome(true, "chr1", 1, ["C", "A"]), Err(UnscoredReason::AlternateIsGenome));
    }

    #[test]
    fn resolver_indel_representations_give_same_variant() {
        // One T of TTTT at 4 to 7 is deleted, written at its right and at its left end.
        let right = outcome(false, "chr1", 6, ["TT", "T"]).unwrap();
        let left = outcome(false, "chr1", 3, ["GT", "G"]).unwrap();
        assert_eq!(right, left);
        assert_eq!(right.start, 3);
    }

    #[test]
    fn resolver_mismatch_names_both_sequences() {
        let mut resolver = VariantResolver::new(genome(&[("chr1", CONTIG)]), false);
        let reference = resolver.reference("1", 2, "GG").unwrap().unwrap();
        let unscored = resolver.alternate(&reference, "T").unwrap().unwrap_err();
        assert_eq!(unscored.detail, "REF is GG, the genome has CG at chr1:2 (counted from 1)");
    }
}
