//! Sites of known motifs in a promoter.

use std::path::Path;

use anyhow::Result;
use tatabox_sequence::{MotifFile, MotifScanner, Strand, UNIFORM_BACKGROUND};

/// Motifs that are looked for.
pub(super) struct MotifSites {
    names: Vec<String>,
    scanner: MotifScanner,
}

/// A site of a motif.
pub(super) struct MotifSite {
    pub(super) motif: String,
    /// First base, relative to the TSS base.
    pub(super) start_bp: i64,
    /// One past the last base.
    pub(super) end_bp: i64,
    /// Whether the motif reads against the direction of the gene.
    pub(super) is_reverse: bool,
    pub(super) score_bits: f64,
    pub(super) p_value: f64,
}

impl MotifSites {
    /// Reads the motifs; sites are those at `p_value` or below.
    pub(super) fn read(path: &Path, p_value: f64) -> Result<Self> {
        let file = MotifFile::read(path)?;
        let name = |motif: &tatabox_sequence::PositionWeightMatrix| {
            motif.alternative_name().unwrap_or_else(|| motif.name()).to_owned()
        };
        Ok(Self {
            names: file.motifs.iter().map(name).collect(),
            scanner: MotifScanner::new(&file.motifs, file.background.unwrap_or(UNIFORM_BACKGROUND), p_value),
        })
    }

    /// The sites in `bases`, of which the first lies at `start_bp`.
    pub(super) fn find(&self, bases: &[u8], start_bp: i64) -> Vec<MotifSite> {
        let site = |hit: tatabox_sequence::MotifHit| MotifSite {
            motif: self.names[hit.motif].clone(),
            start_bp: start_bp + hit.start as i64,
            end_bp: start_bp + hit.end as i64,
            is_reverse: hit.strand == Strand::Reverse,
            score_bits: hit.score_bits,
            p_value: hit.p_value,
        };
        self.scanner.scan(bases).into_iter().map(site).collect()
    }
}
