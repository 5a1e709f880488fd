//! Records on their way from the file to the table.

use std::sync::Arc;

use tatabox_sequence::{NamedTss, PromoterHaplotypes, UnscoredVariant, VariantEntry, VariantKind};

use super::effect::Effect;

/// Records that go through the network together.
pub(super) struct Batch {
    pub(super) records: Vec<ReadRecord>,
    /// Index of a site, and its windows with one allele.
    pub(super) haplotypes: Vec<(usize, PromoterHaplotypes)>,
}

/// Records with their effects.
pub(super) struct ScoredBatch {
    pub(super) records: Vec<ReadRecord>,
    /// One for each cell type, for each of [`Batch::haplotypes`].
    pub(super) effects: Vec<Vec<Effect>>,
}

/// A record and what came of its alleles.
pub(super) struct ReadRecord {
    pub(super) entry: VariantEntry,
    /// In their order; of a broken record one.
    pub(super) alleles: Vec<ReadAllele>,
}

/// An allele of ALT.
pub(super) struct ReadAllele {
    /// As it is written.
    pub(super) alternate: String,
    pub(super) outcome: Outcome,
}

/// What came of an allele.
pub(super) enum Outcome {
    Unscored(UnscoredVariant),
    Placed {
        kind: VariantKind,
        /// Whether REF is what the genome has.
        reference_matches: bool,
        /// What to know of every row of it.
        note: String,
        /// The promoters whose window holds it; none where it lies in no window.
        promoters: Vec<HitPromoter>,
    },
}

/// A promoter whose window holds an allele.
pub(super) struct HitPromoter {
    pub(super) site: Arc<NamedTss>,
    /// Index in [`Batch::haplotypes`].
    pub(super) haplotypes: usize,
    /// In the direction of transcription.
    pub(super) distance_to_tss: i64,
    pub(super) tss_deleted: bool,
    /// How far the known sequence reaches, where that is less than the model reads.
    pub(super) shortfall: Option<String>,
}
