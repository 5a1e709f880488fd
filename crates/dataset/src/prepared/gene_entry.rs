//! Gene of a prepared data set.

use tatabox_sequence::{ChosenTss, Strand, Tss, TssSource};

use super::{ChosenPromoter, Extent};
use crate::split::Split;

/// Gene with its identifiers, TSS, split and extent of known sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneEntry {
    /// Identifier without version.
    pub gene_id: String,
    /// Gene name (symbol), if known.
    pub gene_name: Option<String>,
    /// Contig in the spelling of the window source, if known.
    pub chrom: Option<String>,
    /// Position of the TSS base on the contig, 0-based, if known.
    pub tss: Option<u64>,
    /// Strand, if known; windows are always in sense direction.
    pub strand: Option<Strand>,
    /// Split of the gene.
    pub split: Split,
    /// Known bases before the TSS base, up to the first gap.
    pub known_upstream_bp: u32,
    /// Known bases from the TSS base on, up to the first gap.
    pub known_downstream_bp: u32,
    /// Evidence for the TSS, if known.
    pub tss_origin: Option<TssOrigin>,
    /// Promoter chosen by its activity, if activities were given.
    pub promoter: Option<ChosenPromoter>,
    /// Identifier of the gene of which this row is an alternative TSS. Such rows are predicted by their identifier;
    /// they are in no split, so they are neither trained nor scored.
    pub alternative_of: Option<String>,
}

/// Evidence for a TSS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TssOrigin {
    /// Kind of evidence.
    pub source: TssSource,
    /// Transcript that starts at the TSS, if any.
    pub transcript_id: Option<String>,
    /// Name of the CAGE peak, if any.
    pub cage_peak: Option<String>,
}

impl TssOrigin {
    /// Origin without a transcript or CAGE peak, as for a TSS from a BED file.
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
    /// Extent of the known sequence.
    pub fn extent(&self) -> Extent {
        Extent { upstream_bp: self.known_upstream_bp, downstream_bp: self.known_downstream_bp }
    }

    /// Location of the TSS on the genome, if fully known.
    pub fn tss_location(&self) -> Option<Tss> {
        Some(Tss { chrom: self.chrom.clone()?, position: self.tss?, strand: self.strand? })
    }

    /// Display name: the gene name if known, otherwise the identifier.
    pub fn label(&self) -> &str {
        self.gene_name.as_deref().unwrap_or(&self.gene_id)
    }
}
