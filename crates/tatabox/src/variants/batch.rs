//! Batches of records between the reader, the scorer and the writer.

use std::sync::Arc;

use tatabox_sequence::{AlleleWindows, GeneTss, UnscoredVariant, VariantEntry, VariantKind};

use super::effect::Effect;

/// Records that are predicted together.
pub(super) struct Batch {
    pub(super) records: Vec<ReadRecord>,
    /// Index of a TSS, and its windows without and with one allele.
    pub(super) alleles: Vec<(usize, AlleleWindows)>,
}

/// Records and their effects.
pub(super) struct ScoredBatch {
    pub(super) records: Vec<ReadRecord>,
    /// One effect per cell type, for each of [`Batch::alleles`].
    pub(super) effects: Vec<Vec<Effect>>,
}

/// A record and the outcome of each of its alleles.
pub(super) struct ReadRecord {
    pub(super) entry: VariantEntry,
    /// In the order of ALT; a malformed record has one.
    pub(super) alleles: Vec<ReadAllele>,
}

/// An allele of ALT.
pub(super) struct ReadAllele {
    /// Spelling in the file.
    pub(super) alternate: String,
    pub(super) outcome: Outcome,
}

/// Outcome of an allele.
pub(super) enum Outcome {
    Unscored(UnscoredVariant),
    Placed {
        kind: VariantKind,
        /// Whether REF agrees with the genome.
        reference_matches: bool,
        /// Conditions that affect all of its rows.
        note: String,
        /// Promoters whose window contains it; may be empty.
        promoters: Vec<HitPromoter>,
    },
}

/// A promoter whose window contains an allele.
pub(super) struct HitPromoter {
    pub(super) site: Arc<GeneTss>,
    /// Index in [`Batch::alleles`].
    pub(super) allele: usize,
    /// In the direction of transcription.
    pub(super) distance_to_tss: i64,
    pub(super) tss_deleted: bool,
    /// Extent of known sequence, where it is shorter than that of the model.
    pub(super) shortfall: Option<String>,
}
