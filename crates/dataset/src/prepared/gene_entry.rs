//! One gene of a prepared data set.

use tatabox_sequence::{Strand, Tss};

use crate::extent::Extent;
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
}

impl GeneEntry {
    /// How far the known sequence reaches.
    pub fn extent(&self) -> Extent {
        Extent { upstream_bp: self.known_upstream_bp, downstream_bp: self.known_downstream_bp }
    }

    /// Where the TSS lies on a genome, when all of it is known.
    pub fn place(&self) -> Option<Tss> {
        Some(Tss { chrom: self.chrom.clone()?, position: self.tss?, strand: self.strand? })
    }

    /// Name if there is one, identifier otherwise: what people recognise.
    pub fn label(&self) -> &str {
        self.gene_name.as_deref().unwrap_or(&self.gene_id)
    }
}
