//! Gene annotation: genes, their transcripts, and where each gene's transcription starts.

use crate::{Strand, Tss};

/// The genes of an annotation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    /// The genes, in the order of the file.
    pub genes: Vec<Gene>,
    /// Identifiers of transcripts whose gene has no row of its own; they are in no gene's list.
    pub orphan_transcripts: Vec<String>,
}

/// A gene. Coordinates are 0-based and half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gene {
    /// Identifier, without an Ensembl version.
    pub gene_id: String,
    /// Symbol, such as GATA1.
    pub gene_name: Option<String>,
    /// Biotype, such as `protein_coding`.
    pub gene_type: Option<String>,
    /// Name of the contig, as the annotation spells it.
    pub chrom: String,
    /// The strand it is transcribed from.
    pub strand: Strand,
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base on the forward strand.
    pub end: u64,
    /// Its transcripts, in the order of the file.
    pub transcripts: Vec<Transcript>,
}

/// A transcript of a gene. Coordinates are 0-based and half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Identifier, as the file has it.
    pub transcript_id: String,
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base on the forward strand.
    pub end: u64,
    /// Whether it is tagged `Ensembl_canonical`.
    pub is_canonical: bool,
    /// Whether it is tagged `MANE_Select`.
    pub is_mane: bool,
}

impl Gene {
    /// The gene's transcription start site.
    ///
    /// The first of these that exists: the start of the transcript tagged `MANE_Select`; of the one tagged
    /// `Ensembl_canonical`; the most upstream start among all transcripts; the start of the gene. A start is the 5' end:
    /// the first base on the forward strand, the last on the reverse one.
    pub fn tss(&self) -> Tss {
        let all = || self.transcripts.iter();
        let (start, end) = all()
            .find(|transcript| transcript.is_mane)
            .or_else(|| all().find(|transcript| transcript.is_canonical))
            .map(|transcript| (transcript.start, transcript.end))
            .or_else(|| Some((all().map(|t| t.start).min()?, all().map(|t| t.end).max()?)))
            .unwrap_or((self.start, self.end));
        let position = match self.strand {
            Strand::Forward => start,
            Strand::Reverse => end - 1,
        };
        Tss { chrom: self.chrom.clone(), position, strand: self.strand }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(start: u64, end: u64) -> Transcript {
        Transcript { transcript_id: "T".to_owned(), start, end, is_canonical: false, is_mane: false }
    }

    fn tss_of(strand: Strand, transcripts: Vec<Transcript>) -> u64 {
        let gene = Gene {
            gene_id: "G".to_owned(),
            gene_name: None,
            gene_type: None,
            chrom: "chr1".to_owned(),
            strand,
            start: 100,
            end: 900,
            transcripts,
        };
        gene.tss().position
    }

    #[test]
    fn without_transcripts_the_gene_itself_counts() {
        assert_eq!(tss_of(Strand::Forward, vec![]), 100);
        assert_eq!(tss_of(Strand::Reverse, vec![]), 899);
    }

    #[test]
    fn without_tags_the_most_upstream_transcript_counts() {
        let transcripts = vec![transcript(300, 700), transcript(150, 500), transcript(200, 800)];
        assert_eq!(tss_of(Strand::Forward, transcripts.clone()), 150);
        assert_eq!(tss_of(Strand::Reverse, transcripts), 799);
    }

    #[test]
    fn tags_come_first_and_mane_before_canonical() {
        let canonical = Transcript { is_canonical: true, ..transcript(300, 700) };
        let mane = Transcript { is_mane: true, ..transcript(350, 650) };
        assert_eq!(tss_of(Strand::Forward, vec![transcript(150, 500), canonical.clone()]), 300);
        assert_eq!(tss_of(Strand::Reverse, vec![canonical.clone(), transcript(200, 800)]), 699);
        assert_eq!(tss_of(Strand::Forward, vec![canonical, mane]), 350);
    }
}
