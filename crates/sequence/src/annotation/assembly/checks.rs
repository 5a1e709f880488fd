//! Checks of genes and transcripts: strand, place and completeness.

use std::ops::Range;

use super::{Assembly, place};
use crate::annotation::exclusion::ExclusionReason;
use crate::annotation::node::Strands;
use crate::annotation::transcript_structure::merge_overlapping;

/// Places of a gene shown in a detail.
const MAX_PLACES_SHOWN: usize = 3;

/// Reason why a transcript or gene is excluded, with the detail.
pub(super) type Rejection = (ExclusionReason, String);

/// Transcripts of a gene.
pub(super) struct Checked {
    /// Transcripts that can be read.
    pub usable: Vec<usize>,
    /// The others, with the reason.
    pub rejected: Vec<(usize, Rejection)>,
}

impl Assembly {
    /// Transcripts of a gene that can be read, and the others with their reasons; or the reason against the gene.
    pub(super) fn check_gene(&self, slot: usize, transcripts: &[usize]) -> Result<Checked, Rejection> {
        let node = &self.nodes[slot];
        let known = match &node.row {
            Some(row) if row.strands.is_both() => {
                return Err((ExclusionReason::BothStrands, format!("line {}: rows of the gene", row.line)));
            }
            Some(row) if row.strands.single().is_none() => {
                return Err((ExclusionReason::NoStrand, format!("line {}: the strand is '.' or '?'", row.line)));
            }
            Some(row) if row.is_split => {
                return Err((
                    ExclusionReason::SeveralLoci,
                    format!("line {}: gene rows that do not overlap", row.line),
                ));
            }
            Some(row) => row.strands,
            None if self.has_gene_rows => {
                let line = transcripts.iter().map(|&transcript| self.nodes[transcript].line()).min();
                let line = line.unwrap_or(node.parts.first_line);
                let detail = format!("line {line}: the first of its rows; other genes of the file have a gene row");
                return Err((ExclusionReason::NoGeneRow, detail));
            }
            None => node.parts.strands,
        };
        if known.with(node.parts.strands).is_both() {
            return Err((ExclusionReason::BothStrands, format!("line {}: parts of the gene", node.parts.first_line)));
        }
        let (mut usable, mut rejected) = (Vec::new(), Vec::new());
        for &transcript in transcripts {
            match self.check_transcript(transcript, known) {
                None => usable.push(transcript),
                Some(rejection) => rejected.push((transcript, rejection)),
            }
        }
        if node.row.is_none() {
            self.check_place(slot, &mut usable, &mut rejected)?;
        }
        // A gene row gives the 5' end even if no transcript is complete.
        let is_against_gene = |reason| node.row.is_none() || reason == ExclusionReason::BothStrands;
        match rejected.iter().find(|(_, (reason, _))| is_against_gene(*reason)) {
            Some((transcript, (reason, detail))) if usable.is_empty() => {
                Err((*reason, format!("transcript {}: {detail}", self.name_of(*transcript))))
            }
            _ => Ok(Checked { usable, rejected }),
        }
    }

    /// Reason against a transcript of a gene on a strand.
    fn check_transcript(&self, transcript: usize, gene: Strands) -> Option<Rejection> {
        let node = &self.nodes[transcript];
        let (_, strands) = place(node);
        let line = node.line();
        if strands.is_both() {
            return Some((ExclusionReason::BothStrands, format!("line {line}: its rows are on both strands")));
        }
        if gene.with(strands).is_both() {
            return Some((ExclusionReason::BothStrands, format!("line {line}: it is not on the strand of its gene")));
        }
        if node.row.is_none() && node.parts.lacks_first_exon() {
            return Some((ExclusionReason::IncompleteTranscript, format!("line {line}: exon 1 has no row")));
        }
        if node.row.is_none() && node.parts.repeats_first_exon {
            return Some((ExclusionReason::SeveralLoci, format!("line {line}: exon 1 is at several places")));
        }
        None
    }

    /// Checks that the transcripts of a gene without a row are on one strand and overlap.
    fn check_place(
        &self,
        slot: usize,
        usable: &mut Vec<usize>,
        rejected: &mut Vec<(usize, Rejection)>,
    ) -> Result<(), Rejection> {
        let line = |transcript: usize| self.nodes[transcript].line();
        if let Some((transcript, _)) = rejected.iter().find(|(_, (reason, _))| *reason == ExclusionReason::BothStrands)
        {
            return Err((ExclusionReason::BothStrands, format!("line {}: a transcript", line(*transcript))));
        }
        if let Some((transcript, _)) = rejected.iter().find(|(_, (reason, _))| *reason == ExclusionReason::SeveralLoci)
        {
            return Err((
                ExclusionReason::SeveralLoci,
                format!("line {}: exon 1 is at several places", line(*transcript)),
            ));
        }
        let node = &self.nodes[slot];
        let strands = usable.iter().fold(node.parts.strands, |all, &one| all.with(place(&self.nodes[one]).1));
        if strands.is_both() {
            return Err((ExclusionReason::BothStrands, format!("{} transcripts on both strands", usable.len())));
        }
        if strands.single().is_none() && rejected.is_empty() {
            return Err((ExclusionReason::NoStrand, "the strand of its rows is '.' or '?'".to_owned()));
        }
        usable.retain(|&transcript| {
            let has_strand = place(&self.nodes[transcript]).1.single().is_some();
            if !has_strand {
                let detail = format!("line {}: the strand is '.' or '?'", line(transcript));
                rejected.push((transcript, (ExclusionReason::NoStrand, detail)));
            }
            has_strand
        });
        let mut places: Vec<Range<u64>> = usable.iter().map(|&one| place(&self.nodes[one]).0).collect();
        if node.parts.has_structure() {
            places.push(node.parts.span.clone());
        }
        let places = merge_overlapping(places);
        if places.len() > 1 {
            let shown = places.iter().take(MAX_PLACES_SHOWN).map(|place| format!("{}-{}", place.start + 1, place.end));
            let detail = format!("{} places: {}", places.len(), shown.collect::<Vec<_>>().join(", "));
            return Err((ExclusionReason::SeveralLoci, detail));
        }
        Ok(())
    }
}
