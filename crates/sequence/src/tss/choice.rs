//! Choice of the transcription start site of a gene among its transcripts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::SequenceError;
use crate::annotation::{Gene, Transcript};
use crate::coord::{Strand, Tss};

/// Rule for choosing the TSS of a gene among the starts of its transcripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TssChoice {
    /// The first that exists of: the start of the transcript tagged `MANE_Select`; of the one tagged
    /// `Ensembl_canonical` or `RefSeq Select`; the most upstream start of all transcripts; the start of the gene.
    #[default]
    Canonical,
    /// The start of the transcript with the longest coding sequence ([`Gene::longest_cds`]), else as
    /// [`TssChoice::Canonical`]. Requires an annotation read with [`crate::AnnotationDetail::Structure`].
    LongestCds,
    /// The most upstream start of all transcripts, else the start of the gene.
    MostUpstream,
}

impl TssChoice {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Canonical, Self::LongestCds, Self::MostUpstream];

    /// Name in options and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Canonical => "canonical",
            Self::LongestCds => "longest_cds",
            Self::MostUpstream => "most_upstream",
        }
    }
}

/// Source of a TSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TssSource {
    /// The transcript tagged `MANE_Select`.
    ManeSelect,
    /// The transcript tagged `Ensembl_canonical`.
    EnsemblCanonical,
    /// The transcript tagged `RefSeq Select`.
    RefseqSelect,
    /// The transcript with the longest coding sequence.
    LongestCds,
    /// The transcript that starts most upstream.
    MostUpstreamTranscript,
    /// The 5' end of the gene.
    GeneStart,
    /// Another start than the chosen one ([`Gene::alternative_tss`]).
    AlternativeTranscript,
    /// A CAGE peak ([`crate::CagePeaks`]).
    CagePeak,
    /// A BED file of TSSs ([`crate::read_tss_bed`]).
    Bed,
}

impl TssSource {
    /// All sources.
    pub const ALL: [Self; 9] = [
        Self::ManeSelect,
        Self::EnsemblCanonical,
        Self::RefseqSelect,
        Self::LongestCds,
        Self::MostUpstreamTranscript,
        Self::GeneStart,
        Self::AlternativeTranscript,
        Self::CagePeak,
        Self::Bed,
    ];

    /// Name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManeSelect => "mane_select",
            Self::EnsemblCanonical => "ensembl_canonical",
            Self::RefseqSelect => "refseq_select",
            Self::LongestCds => "longest_cds",
            Self::MostUpstreamTranscript => "most_upstream_transcript",
            Self::GeneStart => "gene_start",
            Self::AlternativeTranscript => "alternative_transcript",
            Self::CagePeak => "cage_peak",
            Self::Bed => "bed",
        }
    }
}

impl fmt::Display for TssChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for TssSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TssChoice {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        by_name("TSS choice", text, Self::ALL, Self::as_str)
    }
}

impl FromStr for TssSource {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        by_name("TSS source", text, Self::ALL, Self::as_str)
    }
}

fn by_name<T: Copy, const COUNT: usize>(
    what: &'static str,
    text: &str,
    all: [T; COUNT],
    name: fn(T) -> &'static str,
) -> Result<T, SequenceError> {
    all.into_iter().find(|&one| name(one) == text).ok_or_else(|| SequenceError::UnknownName {
        what,
        text: text.to_owned(),
        expected: all.map(name).join(", "),
    })
}

/// TSS with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenTss {
    /// Transcription start site.
    pub tss: Tss,
    /// Source of the TSS.
    pub source: TssSource,
    /// Transcript that starts there, if the source is a transcript.
    pub transcript_id: Option<String>,
    /// Name of the CAGE peak, if the source is a peak.
    pub cage_peak: Option<String>,
}

impl Gene {
    /// TSS of the gene by [`TssChoice::Canonical`].
    pub fn tss(&self) -> Tss {
        self.choose_tss(TssChoice::Canonical).tss
    }

    /// TSS of the gene by a rule of choice.
    ///
    /// A start is a 5' end: the first base on the forward strand, the last on the reverse strand. If the rule allows
    /// several transcripts, the first in the file is chosen.
    pub fn choose_tss(&self, choice: TssChoice) -> ChosenTss {
        let tagged = |is_tagged: fn(&Transcript) -> bool| {
            self.transcripts_with_start().find(|&transcript| is_tagged(transcript))
        };
        let canonical = || {
            let mane = tagged(|transcript| transcript.is_mane).map(|transcript| (transcript, TssSource::ManeSelect));
            mane.or_else(|| {
                let transcript = tagged(|transcript| transcript.is_canonical || transcript.is_refseq_select)?;
                let by_ensembl = transcript.is_canonical;
                Some((transcript, if by_ensembl { TssSource::EnsemblCanonical } else { TssSource::RefseqSelect }))
            })
        };
        let transcript = match choice {
            TssChoice::Canonical => canonical(),
            TssChoice::LongestCds => {
                let longest = self.longest_cds().filter(|transcript| !transcript.is_implied);
                longest.map(|transcript| (transcript, TssSource::LongestCds)).or_else(canonical)
            }
            TssChoice::MostUpstream => None,
        };
        let transcript = transcript.or_else(|| {
            // `min_by_key` returns the first minimum.
            let upstream = self.transcripts_with_start().min_by_key(|transcript| self.upstream_rank(transcript));
            upstream.map(|transcript| (transcript, TssSource::MostUpstreamTranscript))
        });
        match transcript {
            Some((transcript, source)) => self.start_of(transcript, source),
            None => ChosenTss {
                tss: self.tss_at(self.start..self.end),
                source: TssSource::GeneStart,
                transcript_id: None,
                cage_peak: None,
            },
        }
    }

    /// Other transcript starts of the gene, most upstream first, at least `min_distance_bp` from the chosen TSS and
    /// from each other. Of two that are too close, the more upstream one is kept. Identical starts count once, whatever
    /// the distance.
    pub fn alternative_tss(&self, chosen: &ChosenTss, min_distance_bp: u64) -> Vec<ChosenTss> {
        let apart = |one: &Tss, other: &Tss| one.position.abs_diff(other.position) >= min_distance_bp.max(1);
        let mut transcripts: Vec<&Transcript> = self.transcripts_with_start().collect();
        transcripts.sort_by_key(|transcript| self.upstream_rank(transcript));
        let mut alternatives: Vec<ChosenTss> = Vec::new();
        for transcript in transcripts {
            let start = self.start_of(transcript, TssSource::AlternativeTranscript);
            // The starts are sorted, so the last one kept is the nearest.
            let is_new = alternatives.last().is_none_or(|last| apart(&last.tss, &start.tss));
            if is_new && apart(&chosen.tss, &start.tss) {
                alternatives.push(start);
            }
        }
        alternatives
    }

    /// Transcripts with a start of their own.
    fn transcripts_with_start(&self) -> impl Iterator<Item = &Transcript> {
        self.transcripts.iter().filter(|transcript| !transcript.is_implied)
    }

    fn start_of(&self, transcript: &Transcript, source: TssSource) -> ChosenTss {
        ChosenTss {
            tss: self.tss_at(transcript.start..transcript.end),
            source,
            transcript_id: Some(transcript.transcript_id.clone()),
            cage_peak: None,
        }
    }

    /// 5' end of a range on the forward strand.
    fn tss_at(&self, range: std::ops::Range<u64>) -> Tss {
        let position = match self.strand {
            Strand::Forward => range.start,
            Strand::Reverse => range.end.saturating_sub(1),
        };
        Tss { chrom: self.chrom.clone(), position, strand: self.strand }
    }

    /// Rank of a transcript, smaller for a more upstream start.
    fn upstream_rank(&self, transcript: &Transcript) -> u64 {
        match self.strand {
            Strand::Forward => transcript.start,
            Strand::Reverse => u64::MAX - transcript.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::gene::tests::{gene, transcript};

    fn chosen(strand: Strand, transcripts: &[Transcript], choice: TssChoice) -> (u64, TssSource) {
        let chosen = gene(strand, transcripts.to_vec()).choose_tss(choice);
        assert_eq!((chosen.tss.chrom.as_str(), chosen.tss.strand), ("chr1", strand));
        (chosen.tss.position, chosen.source)
    }

    #[test]
    fn choose_tss_without_transcripts_uses_gene_start() {
        for choice in TssChoice::ALL {
            assert_eq!(chosen(Strand::Forward, &[], choice), (100, TssSource::GeneStart));
            assert_eq!(chosen(Strand::Reverse, &[], choice), (899, TssSource::GeneStart));
        }
        assert_eq!(gene(Strand::Forward, vec![]).choose_tss(TssChoice::Canonical).transcript_id, None);
    }

    #[test]
    fn choose_tss_implied_transcript_has_no_start() {
        let implied = Transcript { is_implied: true, cds: vec![100..400], ..transcript(100, 900) };
        for choice in TssChoice::ALL {
            assert_eq!(chosen(Strand::Forward, std::slice::from_ref(&implied), choice), (100, TssSource::GeneStart));
            let both = [implied.clone(), transcript(200, 800)];
            assert_eq!(chosen(Strand::Forward, &both, choice), (200, TssSource::MostUpstreamTranscript));
        }
        let gene = gene(Strand::Forward, vec![implied]);
        assert!(gene.alternative_tss(&gene.choose_tss(TssChoice::Canonical), 1).is_empty());
    }

    #[test]
    fn choose_tss_without_tags_uses_most_upstream_transcript() {
        let transcripts = [transcript(300, 700), transcript(150, 500), transcript(200, 800)];
        for choice in TssChoice::ALL {
            assert_eq!(chosen(Strand::Forward, &transcripts, choice), (150, TssSource::MostUpstreamTranscript));
            assert_eq!(chosen(Strand::Reverse, &transcripts, choice), (799, TssSource::MostUpstreamTranscript));
        }
        let named = gene(Strand::Reverse, transcripts.to_vec()).choose_tss(TssChoice::Canonical);
        assert_eq!(named.transcript_id.as_deref(), Some("T200"));
    }

    #[test]
    fn choose_tss_prefers_mane_then_canonical_tags() {
        let canonical = Transcript { is_canonical: true, ..transcript(300, 700) };
        let select = Transcript { is_refseq_select: true, ..transcript(310, 690) };
        let mane = Transcript { is_mane: true, ..transcript(350, 650) };
        let plain = transcript(150, 800);
        let of = |strand, transcripts: &[&Transcript], choice| {
            let transcripts: Vec<Transcript> = transcripts.iter().map(|&one| one.clone()).collect();
            chosen(strand, &transcripts, choice)
        };
        let canonical_choice = TssChoice::Canonical;
        assert_eq!(of(Strand::Forward, &[&plain, &canonical], canonical_choice), (300, TssSource::EnsemblCanonical));
        assert_eq!(of(Strand::Reverse, &[&canonical, &plain], canonical_choice), (699, TssSource::EnsemblCanonical));
        assert_eq!(of(Strand::Forward, &[&plain, &select], canonical_choice), (310, TssSource::RefseqSelect));
        assert_eq!(of(Strand::Forward, &[&select, &canonical, &mane], canonical_choice), (350, TssSource::ManeSelect));
        assert_eq!(
            of(Strand::Forward, &[&mane, &plain], TssChoice::MostUpstream),
            (150, TssSource::MostUpstreamTranscript)
        );
    }

    #[test]
    fn choose_tss_longest_cds_wins_over_tags() {
        let mane = Transcript { is_mane: true, cds: vec![400..410], ..transcript(350, 650) };
        let long = Transcript { cds: vec![400..500], ..transcript(300, 700) };
        assert_eq!(chosen(Strand::Forward, &[mane.clone(), long], TssChoice::LongestCds), (300, TssSource::LongestCds));
        let noncoding = [transcript(100, 200), Transcript { cds: vec![], ..mane }];
        assert_eq!(chosen(Strand::Forward, &noncoding, TssChoice::LongestCds), (350, TssSource::ManeSelect));
    }

    #[test]
    fn alternative_tss_keeps_minimum_distance() {
        let transcripts: Vec<Transcript> =
            [300, 150, 160, 210, 300, 400].into_iter().map(|start| transcript(start, start + 300)).collect();
        let positions = |strand, min_distance_bp| -> Vec<u64> {
            let gene = gene(strand, transcripts.clone());
            let chosen = gene.start_of(&gene.transcripts[0], TssSource::ManeSelect);
            gene.alternative_tss(&chosen, min_distance_bp).into_iter().map(|other| other.tss.position).collect()
        };
        // The chosen start is 300. Only 160 is nearer than 50 to another start, 150.
        assert_eq!(positions(Strand::Forward, 50), [150, 210, 400]);
        // 210 is 90 from the chosen start.
        assert_eq!(positions(Strand::Forward, 100), [150, 400]);
        assert_eq!(positions(Strand::Forward, 0), [150, 160, 210, 400]);
        // Ends are starts plus 299: the chosen start is 599, and upstream is towards higher positions.
        assert_eq!(positions(Strand::Reverse, 50), [699, 509, 459]);
        assert_eq!(positions(Strand::Reverse, 1_000), [0u64; 0]);
    }

    #[test]
    fn tss_choice_and_source_names_match_serde() {
        for choice in TssChoice::ALL {
            assert_eq!(choice.as_str().parse::<TssChoice>().unwrap(), choice);
            assert_eq!(serde_json::to_string(&choice).unwrap(), format!("\"{choice}\""));
        }
        for source in TssSource::ALL {
            assert_eq!(source.as_str().parse::<TssSource>().unwrap(), source);
            assert_eq!(serde_json::to_string(&source).unwrap(), format!("\"{source}\""));
        }
        let message = "first".parse::<TssChoice>().unwrap_err().to_string();
        assert_eq!(message, "TSS choice 'first' is unknown; expected one of canonical, longest_cds, most_upstream");
    }
}
