//! Parts of a transcript: coding sequence, UTRs and introns.

use std::ops::Range;

use super::{Gene, Transcript};
use crate::coord::Strand;

impl Transcript {
    /// Length of the coding sequence in bp, without introns; 0 for a non-coding transcript.
    pub fn cds_length(&self) -> u64 {
        total_length(&self.cds)
    }

    /// Total length of the introns, in bp.
    pub fn intron_length(&self) -> u64 {
        self.exons.windows(2).map(|pair| pair[1].start - pair[0].end).sum()
    }

    /// 5' UTR: parts of exons before the coding sequence, sorted on the forward strand; empty for a non-coding
    /// transcript.
    pub fn utr5(&self, strand: Strand) -> Vec<Range<u64>> {
        match strand {
            Strand::Forward => self.exons_below_cds(),
            Strand::Reverse => self.exons_above_cds(),
        }
    }

    /// 3' UTR: parts of exons after the coding sequence, sorted on the forward strand; empty for a non-coding
    /// transcript.
    pub fn utr3(&self, strand: Strand) -> Vec<Range<u64>> {
        match strand {
            Strand::Forward => self.exons_above_cds(),
            Strand::Reverse => self.exons_below_cds(),
        }
    }

    /// Number of exon junctions with coding sequence on both sides.
    pub fn cds_junctions(&self) -> usize {
        let Some(Range { start, end }) = self.cds_span() else { return 0 };
        self.exons.windows(2).filter(|pair| start < pair[0].end && pair[1].start < end).count()
    }

    /// Whether the exons cover the coding sequence.
    pub fn cds_is_on_exons(&self) -> bool {
        self.cds.iter().map(|coding| total_length(&overlaps(&self.exons, coding))).sum::<u64>() == self.cds_length()
    }

    fn cds_span(&self) -> Option<Range<u64>> {
        Some(self.cds.first()?.start..self.cds.last()?.end)
    }

    fn exons_below_cds(&self) -> Vec<Range<u64>> {
        self.cds_span().map_or_else(Vec::new, |span| overlaps(&self.exons, &(0..span.start)))
    }

    fn exons_above_cds(&self) -> Vec<Range<u64>> {
        self.cds_span().map_or_else(Vec::new, |span| overlaps(&self.exons, &(span.end..u64::MAX)))
    }
}

impl Gene {
    /// Representative coding transcript: the one tagged `MANE_Select`, else the one tagged `Ensembl_canonical` or
    /// `RefSeq Select`, else that of [`Gene::longest_cds`]. Tagged transcripts without coding sequence are skipped.
    /// `None` if no transcript is coding.
    pub fn coding_transcript(&self) -> Option<&Transcript> {
        let coding = || self.transcripts.iter().filter(|transcript| !transcript.cds.is_empty());
        coding()
            .find(|transcript| transcript.is_mane)
            .or_else(|| coding().find(|transcript| transcript.is_canonical || transcript.is_refseq_select))
            .or_else(|| self.longest_cds())
    }

    /// Transcript with the longest coding sequence. Ties are resolved by the longest 5' UTR, then the longest 3' UTR,
    /// then the order of the file. `None` if no transcript is coding.
    ///
    /// # Source
    ///
    /// Agarwal and Shendure, Cell Reports 2020, <https://doi.org/10.1016/j.celrep.2020.107663>. Their script may skip
    /// the longest coding sequence if its transcript has no 5' UTR; this function does not.
    pub fn longest_cds(&self) -> Option<&Transcript> {
        let sizes = |transcript: &Transcript| {
            let [utr5, utr3] =
                [transcript.utr5(self.strand), transcript.utr3(self.strand)].map(|utr| total_length(&utr));
            (transcript.cds_length(), utr5, utr3)
        };
        // `max_by_key` returns the last maximum, so the transcripts are reversed.
        self.transcripts.iter().rev().filter(|transcript| !transcript.cds.is_empty()).max_by_key(|one| sizes(one))
    }
}

/// Total length of disjoint ranges.
pub(crate) fn total_length(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().map(|range| range.end - range.start).sum()
}

/// Intersections of `ranges` with one range.
fn overlaps(ranges: &[Range<u64>], with: &Range<u64>) -> Vec<Range<u64>> {
    let both = ranges.iter().map(|range| range.start.max(with.start)..range.end.min(with.end));
    both.filter(|range| range.start < range.end).collect()
}

/// Sorted ranges, with overlapping ones merged.
pub(crate) fn merge_overlapping(ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    merge(ranges, 1)
}

/// Sorted ranges, with overlapping and adjacent ones merged.
pub(crate) fn merge_adjacent(ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    merge(ranges, 0)
}

/// Sorted ranges, with those that share at least `shared` bases merged.
fn merge(mut ranges: Vec<Range<u64>>, shared: u64) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, kept| {
        let merges = next.start + shared <= kept.end;
        if merges {
            kept.end = kept.end.max(next.end);
        }
        merges
    });
    ranges.shrink_to_fit();
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::gene::tests::{gene, transcript};

    /// Exons of 20, 30 and 50 bases with introns of 10 and 40; the CDS runs from the middle of the first exon into the
    /// last.
    fn three_exons() -> Transcript {
        Transcript {
            exons: vec![100..120, 130..160, 200..250],
            cds: vec![110..120, 130..160, 200..220],
            ..transcript(100, 250)
        }
    }

    #[test]
    fn transcript_lengths_and_utrs_match_hand_computation() {
        let transcript = three_exons();
        assert_eq!(transcript.cds_length(), 60);
        assert_eq!(transcript.intron_length(), 50);
        assert_eq!(transcript.cds_junctions(), 2);
        for (strand, utr5, utr3) in [(Strand::Forward, 100..110, 220..250), (Strand::Reverse, 220..250, 100..110)] {
            assert_eq!(transcript.utr5(strand), [utr5]);
            assert_eq!(transcript.utr3(strand), [utr3]);
        }
        assert!(transcript.cds_is_on_exons());
        assert!(!Transcript { cds: vec![110..121], ..transcript }.cds_is_on_exons());
    }

    #[test]
    fn cds_junctions_exclude_utr_introns() {
        // The CDS is within the second exon, or ends at the junction without coding sequence beyond it.
        for cds in [140..150, 130..160] {
            let transcript = Transcript { cds: vec![cds], ..three_exons() };
            assert_eq!(transcript.cds_junctions(), 0);
            assert_eq!(transcript.intron_length(), 50);
        }
        let transcript = Transcript { cds: vec![140..150], ..three_exons() };
        assert_eq!(transcript.utr5(Strand::Forward), [100..120, 130..140]);
        assert_eq!(transcript.utr3(Strand::Forward), [150..160, 200..250]);
    }

    #[test]
    fn utrs_non_coding_transcript_are_empty() {
        let transcript = transcript(100, 200);
        assert_eq!((transcript.cds_length(), transcript.cds_junctions()), (0, 0));
        assert_eq!((transcript.utr5(Strand::Forward), transcript.utr3(Strand::Reverse)), (vec![], vec![]));
        assert_eq!(gene(Strand::Forward, vec![transcript]).coding_transcript(), None);
    }

    #[test]
    fn merge_sorts_and_merges_ranges() {
        let ranges = vec![30..40, 10..20, 20..25, 22..24, 10..20];
        assert_eq!(merge_overlapping(ranges.clone()), [10..20, 20..25, 30..40]);
        assert_eq!(merge_adjacent(ranges), [10..25, 30..40]);
        assert_eq!(merge_overlapping(vec![]), []);
    }

    #[test]
    fn longest_cds_ties_use_utrs_then_file_order() {
        let one = |id: &str, exon: Range<u64>, cds: Range<u64>| Transcript {
            transcript_id: id.to_owned(),
            cds: vec![cds],
            ..transcript(exon.start, exon.end)
        };
        let short = one("short", 100..900, 200..210);
        let long = one("long", 290..420, 300..400);
        let utr5 = one("utr5", 280..410, 300..400);
        let utr3 = one("utr3", 280..430, 300..400);
        let again = one("again", 280..430, 300..400);
        let chosen = |strand, of: &[&Transcript]| {
            let gene = gene(strand, of.iter().map(|&transcript| transcript.clone()).collect());
            gene.longest_cds().unwrap().transcript_id.clone()
        };
        assert_eq!(chosen(Strand::Forward, &[&short, &long]), "long");
        assert_eq!(chosen(Strand::Forward, &[&long, &utr5]), "utr5");
        assert_eq!(chosen(Strand::Forward, &[&utr5, &utr3, &again]), "utr3");
        // On the reverse strand the 5' end is the higher position: 420 before 410, 430 before both.
        assert_eq!(chosen(Strand::Reverse, &[&utr5, &long]), "long");
        assert_eq!(chosen(Strand::Reverse, &[&utr5, &long, &again, &utr3]), "again");
    }

    #[test]
    fn coding_transcript_prefers_tagged_coding_transcripts() {
        let coding = Transcript { cds: vec![100..200], ..transcript(100, 300) };
        let shorter = |id: &str| Transcript { transcript_id: id.to_owned(), cds: vec![100..110], ..coding.clone() };
        let mane = Transcript { is_mane: true, ..shorter("mane") };
        let select = Transcript { is_refseq_select: true, ..shorter("select") };
        let chosen = |transcripts: Vec<Transcript>| {
            gene(Strand::Forward, transcripts).coding_transcript().unwrap().transcript_id.clone()
        };
        assert_eq!(chosen(vec![coding.clone(), select.clone(), mane.clone()]), "mane");
        assert_eq!(chosen(vec![coding.clone(), select]), "select");
        assert_eq!(chosen(vec![Transcript { cds: vec![], ..mane }, coding]), "T100");
    }
}
