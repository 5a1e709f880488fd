//! Candidate windows: the best window of each gene so far.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_sequence::{Sequence, Strand, WindowGeometry};

use super::qc_log::QcLog;
use crate::drop_reason::DropReason;
use crate::error::Result;
use crate::prepared::{ChosenPromoter, Extent, PromoterChoice, TssOrigin};
use crate::storage::PackedWindowWriter;

/// Gene data that a source provides in addition to the window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GeneMetadata {
    pub gene_name: Option<String>,
    pub chrom: Option<String>,
    pub tss: Option<u64>,
    pub strand: Option<Strand>,
    pub tss_origin: Option<TssOrigin>,
    /// Choice of the promoter by activity, if activities were given.
    pub promoter: Option<PromoterOrigin>,
    /// Gene of which this is an alternative TSS.
    pub alternative_of: Option<String>,
}

/// Promoter chosen by activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PromoterOrigin {
    pub promoter: ChosenPromoter,
    /// Whether the promoter is also that without activities.
    pub is_default: bool,
}

impl PromoterOrigin {
    /// Origin of an entry that takes no part in the choice.
    pub(crate) fn without_activity() -> Self {
        let promoter = ChosenPromoter { name: None, choice: PromoterChoice::NoActivity };
        Self { promoter, is_default: true }
    }
}

/// Gene with its selected window.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub metadata: GeneMetadata,
    pub extent: Extent,
    pub source: &'static str,
    /// Index in the file written by [`CandidateStore`].
    pub window: usize,
    pub(super) known_bases: usize,
}

impl Candidate {
    /// Gene whose measurements apply to this candidate, whose own identifier is `gene_id`.
    pub(crate) fn measured_as<'a>(&'a self, gene_id: &'a str) -> &'a str {
        self.metadata.alternative_of.as_deref().unwrap_or(gene_id)
    }
}

/// Windows on disk in input order, and the selected window of each gene.
#[derive(Debug)]
pub(crate) struct CandidateStore {
    writer: PackedWindowWriter,
    geometry: WindowGeometry,
    min_known_bp: usize,
    best: BTreeMap<String, Candidate>,
}

impl CandidateStore {
    pub(crate) fn create(path: &Path, geometry: WindowGeometry, min_known_bp: usize) -> Result<Self> {
        let writer = PackedWindowWriter::create(path, geometry)?;
        Ok(Self { writer, geometry, min_known_bp, best: BTreeMap::new() })
    }

    /// Accepts a window, unless it has too few known bases or no more known bases than the window of another source.
    pub(crate) fn offer(
        &mut self,
        gene_id: &str,
        metadata: GeneMetadata,
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
        self.best.insert(gene_id.to_owned(), Candidate { metadata, extent, source, window, known_bases });
        Ok(())
    }

    /// Closes the file and returns the genes by identifier.
    pub(crate) fn finish(self) -> Result<BTreeMap<String, Candidate>> {
        self.writer.finish()?;
        Ok(self.best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidate_store_keeps_window_with_most_known_bases() {
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
            store.offer("G", GeneMetadata::default(), source, &with_known(known), &mut qc).expect("offered");
        }
        let best = store.finish().expect("finished");
        assert_eq!((best["G"].source, best["G"].window), ("promoters", 1));
        assert_eq!(best["G"].extent, Extent { upstream_bp: 50, downstream_bp: 10 });
        assert_eq!(qc.summary(), "other_source_used 2, no_known_bases 1, too_few_known_bases 1");
    }
}
