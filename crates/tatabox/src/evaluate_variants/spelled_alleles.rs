//! Alleles as written in a table of measured effects.

use std::sync::Arc;

use tatabox_sequence::{ReferenceGenome, Sequence, UnscoredReason, UnscoredVariant, Variant, VariantResolver};

use crate::error::Result;

/// Spelling of an allele without bases, as in tables of saturation mutagenesis.
const NO_BASES: &str = "-";

/// Resolver of alleles as in VCF, and of indels without an anchor base: `-` as alternative deletes the reference allele, `-` as
/// reference inserts the alternative in front of the position.
pub(super) struct SpelledAlleles {
    resolver: VariantResolver,
    use_genome: bool,
}

impl SpelledAlleles {
    pub(super) fn new(genome: Arc<dyn ReferenceGenome>, use_genome: bool) -> Self {
        Self { resolver: VariantResolver::new(genome, use_genome), use_genome }
    }

    /// Left-aligned variant of the alleles at `position`, counted from 1, or the reason why it cannot be scored.
    ///
    /// # Errors
    /// The genome cannot be read.
    pub(super) fn resolve(
        &mut self,
        chrom: &str,
        position: u64,
        reference: &str,
        alternate: &str,
    ) -> Result<Result<Variant, UnscoredVariant>> {
        match (reference, alternate) {
            (NO_BASES, NO_BASES) => Ok(Err(UnscoredReason::NoChange.with_detail("both alleles are -"))),
            (NO_BASES, inserted) => self.insertion(chrom, position, inserted),
            (deleted, NO_BASES) => self.deletion(chrom, position, deleted),
            (reference, alternate) => Ok(match self.resolver.reference(chrom, position, reference)? {
                Ok(resolved) => self.resolver.alternate(&resolved, alternate)?.map(|(variant, _)| variant),
                Err(unscored) => Err(unscored),
            }),
        }
    }

    fn deletion(&mut self, chrom: &str, position: u64, deleted: &str) -> Result<Result<Variant, UnscoredVariant>> {
        let found = match self.resolver.reference(chrom, position, deleted)? {
            Ok(found) => found,
            Err(unscored) => return Ok(Err(unscored)),
        };
        if !found.matches && !self.use_genome {
            let detail = format!(
                "REF is {deleted}, the genome has {} at {}:{} (counted from 1)",
                found.genome.to_ascii(),
                found.chrom,
                found.start + 1
            );
            return Ok(Err(UnscoredReason::ReferenceMismatch.with_detail(detail)));
        }
        let none = Sequence::from_codes(Vec::new());
        let variant = Variant::new(found.chrom.as_str(), found.start, &found.genome, &none);
        self.left_aligned(variant)
    }

    fn insertion(&mut self, chrom: &str, position: u64, inserted: &str) -> Result<Result<Variant, UnscoredVariant>> {
        // The base after the insertion is read so that contig and position are checked as for any other variant.
        let next = match self.resolver.reference(chrom, position, "N")? {
            Ok(next) => next,
            Err(unscored) => return Ok(Err(unscored)),
        };
        let none = Sequence::from_codes(Vec::new());
        match Sequence::from_ascii(inserted.as_bytes()) {
            Ok(bases) if !bases.is_empty() => {
                self.left_aligned(Variant::new(next.chrom.as_str(), next.start, &none, &bases))
            }
            Ok(_) => Ok(Err(UnscoredReason::NoAlternate.with_detail("ALT is missing"))),
            Err(error) => Ok(Err(UnscoredReason::InvalidAllele.with_detail(format!("ALT {inserted}: {error}")))),
        }
    }

    fn left_aligned(&mut self, variant: Option<Variant>) -> Result<Result<Variant, UnscoredVariant>> {
        Ok(match variant {
            Some(variant) => Ok(variant.left_aligned(self.resolver.genome())?),
            None => Err(UnscoredReason::NoChange.with_detail("the alleles are equal")),
        })
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::InMemoryGenome;

    use super::*;

    fn resolve(position: u64, reference: &str, alternate: &str) -> Result<Variant, UnscoredVariant> {
        //                                            1-based: 12345678
        let genome = InMemoryGenome::new([("chr1", "GGTTTTAC")]).expect("letters");
        let mut alleles = SpelledAlleles::new(Arc::new(genome), false);
        alleles.resolve("1", position, reference, alternate).expect("in memory")
    }

    #[test]
    fn spelled_alleles_without_bases_are_indels() {
        // The last T of the run is left-aligned to its start, at index 2.
        let deletion = resolve(6, "T", "-").expect("a deletion");
        assert_eq!((deletion.start, deletion.deleted.to_ascii(), deletion.inserted.len()), (2, "T".to_owned(), 0));
        assert_eq!(resolve(5, "TT", "T").expect("a deletion"), deletion);
        let insertion = resolve(7, "-", "T").expect("an insertion");
        assert_eq!((insertion.start, insertion.deleted.len(), insertion.inserted.to_ascii()), (2, 0, "T".to_owned()));
        assert_eq!(resolve(8, "-", "G").expect("an insertion").start, 7);
    }

    #[test]
    fn spelled_alleles_that_cannot_be_scored_have_a_reason() {
        let reason = |position, reference, alternate| resolve(position, reference, alternate).expect_err("none").reason;
        assert_eq!(reason(6, "C", "-"), UnscoredReason::ReferenceMismatch);
        assert_eq!(reason(6, "C", "G"), UnscoredReason::ReferenceMismatch);
        assert_eq!(reason(9, "-", "G"), UnscoredReason::OutsideContig);
        assert_eq!(reason(8, "CA", "-"), UnscoredReason::OutsideContig);
        assert_eq!(reason(1, "-", "-"), UnscoredReason::NoChange);
        assert_eq!(reason(1, "-", "?"), UnscoredReason::InvalidAllele);
        assert_eq!(reason(1, "G", "G"), UnscoredReason::NoChange);
        assert_eq!(reason(1, "", "G"), UnscoredReason::InvalidAllele);
    }
}
