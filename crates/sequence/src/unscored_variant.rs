//! Alleles of a variant file that no window can be made for, and why.

use std::fmt;

/// An allele that is not scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnscoredVariant {
    /// Why, by name.
    pub reason: UnscoredReason,
    /// What was found.
    pub detail: String,
}

/// Why an allele is not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnscoredReason {
    /// There is no ALT (`.`).
    NoAlternate,
    /// ALT names a structural variant, such as `<DEL>`, and spells no bases.
    SymbolicAllele,
    /// ALT is an end of a rearrangement.
    Breakend,
    /// ALT is `*`: the bases are gone by another record's deletion.
    OverlappingDeletion,
    /// A letter of REF or ALT is no nucleotide.
    InvalidAllele,
    /// ALT is REF.
    NoChange,
    /// The genome does not have the contig.
    ContigNotInGenome,
    /// POS is 0, or REF reaches past the end of the contig.
    OutsideContig,
    /// The genome is not known (N) where REF stands.
    ReferenceUnknown,
    /// REF is not what the genome has.
    ReferenceMismatch,
    /// ALT is what the genome has and REF is not.
    AlternateIsGenome,
    /// The record cannot be read.
    BrokenRecord,
}

impl UnscoredReason {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoAlternate => "no_alternate",
            Self::SymbolicAllele => "symbolic_allele",
            Self::Breakend => "breakend",
            Self::OverlappingDeletion => "overlapping_deletion",
            Self::InvalidAllele => "invalid_allele",
            Self::NoChange => "no_change",
            Self::ContigNotInGenome => "contig_not_in_genome",
            Self::OutsideContig => "outside_contig",
            Self::ReferenceUnknown => "reference_unknown",
            Self::ReferenceMismatch => "reference_mismatch",
            Self::AlternateIsGenome => "alternate_is_genome",
            Self::BrokenRecord => "malformed_record",
        }
    }

    /// An allele that is not scored for this reason.
    pub fn because(self, detail: impl Into<String>) -> UnscoredVariant {
        UnscoredVariant { reason: self, detail: detail.into() }
    }
}

impl fmt::Display for UnscoredReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
