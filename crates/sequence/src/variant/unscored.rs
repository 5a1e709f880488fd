//! Alleles that are not scored, with reasons.

use std::fmt;

/// Allele that is not scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnscoredVariant {
    /// Reason.
    pub reason: UnscoredReason,
    /// Details of the finding.
    pub detail: String,
}

/// Reason why an allele is not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnscoredReason {
    /// ALT is missing (`.`).
    NoAlternate,
    /// ALT is symbolic, such as `<DEL>`, and has no bases.
    SymbolicAllele,
    /// ALT is a breakend of a rearrangement.
    Breakend,
    /// ALT is `*`: another record deletes the bases.
    OverlappingDeletion,
    /// REF or ALT has a letter that is not a nucleotide letter.
    InvalidAllele,
    /// ALT equals REF.
    NoChange,
    /// The genome has no contig of this name.
    ContigNotInGenome,
    /// POS is 0, or REF extends past the end of the contig.
    OutsideContig,
    /// The genome has ambiguous bases (N) at REF.
    ReferenceUnknown,
    /// REF differs from the genome.
    ReferenceMismatch,
    /// ALT equals the genome, and REF differs from it.
    AlternateIsGenome,
    /// The record is malformed.
    MalformedRecord,
}

impl UnscoredReason {
    /// Name in tables.
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
            Self::MalformedRecord => "malformed_record",
        }
    }

    /// Unscored allele with this reason.
    pub fn with_detail(self, detail: impl Into<String>) -> UnscoredVariant {
        UnscoredVariant { reason: self, detail: detail.into() }
    }
}

impl fmt::Display for UnscoredReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
