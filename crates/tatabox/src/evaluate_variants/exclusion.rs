//! Variants that are not compared, with the reason.

use std::collections::BTreeMap;

use tatabox_sequence::{UnscoredReason, UnscoredVariant};

/// Variant that is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludedVariant {
    /// Index of the row in the table of measured effects.
    pub row: usize,
    /// Reason.
    pub reason: ExclusionReason,
    /// Details of the finding.
    pub detail: String,
}

/// Reason why a variant is not compared.
///
/// ```
/// use tatabox::evaluate_variants::ExclusionReason;
///
/// assert_eq!(ExclusionReason::NoEffect.name(), "no_effect");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExclusionReason {
    /// The table has no effect in the row.
    NoEffect,
    /// A model does not have the output in which the effect was measured.
    UnknownOutput,
    /// The FASTA file has no promoter of this name.
    UnknownPromoter,
    /// The annotation has no gene of this identifier or name.
    UnknownGene,
    /// No TSS is stated, and none is near.
    NoTss,
    /// The variant is in no window that a model reads.
    InNoWindow,
    /// The alleles cannot be scored.
    Alleles(UnscoredReason),
}

impl ExclusionReason {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoEffect => "no_effect",
            Self::UnknownOutput => "unknown_output",
            Self::UnknownPromoter => "unknown_promoter",
            Self::UnknownGene => "unknown_gene",
            Self::NoTss => "no_tss",
            Self::InNoWindow => "in_no_window",
            Self::Alleles(reason) => reason.name(),
        }
    }

    /// Exclusion of a row for this reason.
    pub(super) fn of(self, row: usize, detail: impl Into<String>) -> ExcludedVariant {
        ExcludedVariant { row, reason: self, detail: detail.into() }
    }
}

impl ExcludedVariant {
    /// Exclusion of a row whose alleles cannot be scored.
    pub(super) fn of_alleles(row: usize, unscored: UnscoredVariant) -> Self {
        ExclusionReason::Alleles(unscored.reason).of(row, unscored.detail)
    }
}

/// Number of excluded variants per reason.
pub(super) fn count_by_reason(excluded: &[ExcludedVariant]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for excluded in excluded {
        *counts.entry(excluded.reason.name()).or_default() += 1;
    }
    counts
}
