//! Windows met so far, the best one of each gene.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_sequence::{Sequence, Strand, WindowGeometry};

use super::qc::{DropReason, QcLog};
use crate::error::Result;
use crate::extent::Extent;
use crate::packed_windows::PackedWindowWriter;
use crate::prepared::TssOrigin;

/// What a source says of a gene, beside its window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct GenePlace {
    pub gene_name: Option<String>,
    pub chrom: Option<String>,
    pub tss: Option<u64>,
    pub strand: Option<Strand>,
    pub tss_origin: Option<TssOrigin>,
    /// The gene of which this is a further TSS.
    pub alternative_of: Option<String>,
}

/// A gene with the window that will be used for it.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub place: GenePlace,
    pub extent: Extent,
    pub source: &'static str,
    /// Index in the file that [`CandidateStore`] writes.
    pub window: usize,
    known_bases: usize,
}

impl Candidate {
    /// The gene whose measurements are those of this candidate, which goes by `gene_id` itself.
    pub(super) fn measured_as<'a>(&'a self, gene_id: &'a str) -> &'a str {
        self.place.alternative_of.as_deref().unwrap_or(gene_id)
    }
}

/// Windows on disk in the order met, and for each gene which of them is used.
#[derive(Debug)]
pub(super) struct CandidateStore {
    writer: PackedWindowWriter,
    geometry: WindowGeometry,
    min_known_bp: usize,
    best: BTreeMap<String, Candidate>,
}

impl CandidateStore {
    pub(super) fn create(path: &Path, geometry: WindowGeometry, min_known_bp: usize) -> Result<Self> {
        let writer = PackedWindowWriter::create(path, geometry)?;
        Ok(Self { writer, geometry, min_known_bp, best: BTreeMap::new() })
    }

    /// Takes a window, unless it holds too few known bases or another source's window has as many.
    pub(super) fn offer(
        &mut self,
        gene_id: &str,
        place: GenePlace,
        source: &'static str,
        window: &Sequence,
        qc: &mut QcLog,
    ) -> Result<()> {
        let known_bases = window.acgt_count();
        if known_bases == 0 || known_bases < self.min_known_bp {
            let reason = if known_bases == 0 { DropReason::NoKnownBases } else { DropReason::TooFewKnownBases };
            let detail = format!("{known_bases} known bases, {} needed", self.min_known_bp.max(1));
            qc.drop(gene_id, source, reason, detail);
            return Ok(());
        }
        let detail = |winner: usize, loser: usize, source: &str| format!("{loser} known bases, {winner} from {source}");
        if let Some(other) = self.best.get(gene_id) {
            if other.known_bases >= known_bases {
                qc.drop(
                    gene_id,
                    source,
                    DropReason::OtherSourceUsed,
                    detail(other.known_bases, known_bases, other.source),
                );
                return Ok(());
            }
            qc.drop(gene_id, other.source, DropReason::OtherSourceUsed, detail(known_bases, other.known_bases, source));
        }
        let extent = Extent::of_known_bases(window.codes(), self.geometry.upstream_bp as usize);
        let window = self.writer.push(window.codes())?;
        self.best.insert(gene_id.to_owned(), Candidate { place, extent, source, window, known_bases });
        Ok(())
    }

    /// Closes the file and returns the genes by identifier.
    pub(super) fn finish(self) -> Result<BTreeMap<String, Candidate>> {
        self.writer.finish()?;
        Ok(self.best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_with_more_known_bases_is_used() {
        let folder = tempfile::tempdir().expect("folder");
        let geometry = WindowGeometry::new(50, 10).expect("valid");
        let mut store = CandidateStore::create(&folder.path().join("w"), geometry, 20).expect("created");
        let mut qc = QcLog::default();
        let with_known = |known: usize| {
            let mut codes = vec![4; 60];
            codes[60 - known..].fill(1);
            Sequence::from_codes(codes)
        };
        for (source, known) in [("genome", 40), ("promoters", 60), ("late", 60), ("short", 19), ("empty", 0)] {
            store.offer("G", GenePlace::default(), source, &with_known(known), &mut qc).expect("offered");
        }
        let best = store.finish().expect("finished");
        assert_eq!((best["G"].source, best["G"].window), ("promoters", 1));
        assert_eq!(best["G"].extent, Extent { upstream_bp: 50, downstream_bp: 10 });
        assert_eq!(qc.summary(), "other_source_used 2, no_known_bases 1, too_few_known_bases 1");
    }
}
