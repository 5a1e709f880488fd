//! One gene of a prepared data set.

use tatabox_sequence::{ChosenTss, Strand, Tss, TssSource};

use super::Extent;
use crate::split::Split;

/// A gene: who it is, where its TSS lies, its split and how far its known sequence reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneEntry {
    /// Identifier without version.
    pub gene_id: String,
    /// Name (symbol), when known.
    pub gene_name: Option<String>,
    /// Contig as the window source names it, when known.
    pub chrom: Option<String>,
    /// Position of the TSS base on the contig, 0-based, when known.
    pub tss: Option<u64>,
    /// Strand, when known; windows are in sense direction in any case.
    pub strand: Option<Strand>,
    /// Split the gene is in.
    pub split: Split,
    /// Known bases before the TSS base, up to the first gap.
    pub known_upstream_bp: u32,
    /// Known bases from the TSS base on, up to the first gap.
    pub known_downstream_bp: u32,
    /// What the TSS was taken from, when known.
    pub tss_origin: Option<TssOrigin>,
    /// Identifier of the gene of which this is a further TSS. Such rows can be predicted by their identifier; they are
    /// in no split's genes, so that nothing is trained or scored on them.
    pub alternative_of: Option<String>,
}

/// What a TSS was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TssOrigin {
    /// The kind of evidence.
    pub source: TssSource,
    /// The transcript that starts there, if it was taken from one.
    pub transcript_id: Option<String>,
    /// Name of the CAGE_ROLE peak, if it was taken from one.
    pub cage_peak: Option<String>,
}

impl TssOrigin {
    /// Of a TSS that is at this place for no other reason than its file.
    pub fn of(source: TssSource) -> Self {
        Self { source, transcript_id: None, cage_peak: None }
    }
}

impl From<&ChosenTss> for TssOrigin {
    fn from(chosen: &ChosenTss) -> Self {
        Self { source: chosen.source, transcript_id: chosen.transcript_id.clone(), cage_peak: chosen.cage_peak.clone() }
    }
}

impl GeneEntry {
    /// How far the known sequence reaches.
    pub fn extent(&self) -> Extent {
        Extent { upstream_bp: self.known_upstream_bp, downstream_bp: self.known_downstream_bp }
    }

    /// Where the TSS lies on a genome, when all of it is known.
    pub fn tss_location(&self) -> Option<Tss> {
        Some(Tss { chrom: self.chrom.clone()?, position: self.tss?, strand: self.strand? })
    }

    /// Name if there is one, identifier otherwise: what people recognise.
    pub fn label(&self) -> &str {
        self.gene_name.as_deref().unwrap_or(&self.gene_id)
    }
}
