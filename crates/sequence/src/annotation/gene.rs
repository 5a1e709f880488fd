//! Genes and transcripts of an annotation.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Exclusion;
use super::declared_assembly::DeclaredAssembly;
use crate::coord::Strand;

/// Genes of an annotation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    /// Genes, in the order of the file.
    pub genes: Vec<Gene>,
    /// Genes, transcripts and parts that are not among the genes, with the reason.
    pub excluded: Vec<Exclusion>,
    /// Contig accessions by chromosome, such as `NC_000067.7` for `1`. Genes are listed under the chromosome.
    pub chromosome_accessions: BTreeMap<String, String>,
    /// Assembly that the comments of the file declare.
    pub declared: DeclaredAssembly,
}

/// Gene. Coordinates are 0-based and half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gene {
    /// Identifier, without the Ensembl version.
    pub gene_id: String,
    /// Symbol, such as GATA1.
    pub gene_name: Option<String>,
    /// Biotype, such as `protein_coding`.
    pub gene_type: Option<String>,
    /// Identifier in the NCBI database Gene, such as 2623; only in RefSeq annotation.
    pub ncbi_gene_id: Option<String>,
    /// Contig name in the annotation, or the chromosome that the annotation gives for the contig.
    pub chrom: String,
    /// Strand of transcription.
    pub strand: Strand,
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base on the forward strand.
    pub end: u64,
    /// Transcripts, in the order of the file.
    pub transcripts: Vec<Transcript>,
}

/// Transcript of a gene. Coordinates are 0-based and half-open.
#[expect(clippy::struct_excessive_bools, reason = "any combination is possible")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Identifier as in the file.
    pub transcript_id: String,
    /// First base on the forward strand.
    pub start: u64,
    /// One past the last base on the forward strand.
    pub end: u64,
    /// Whether the transcript is tagged `Ensembl_canonical`.
    pub is_canonical: bool,
    /// Whether the transcript is tagged `MANE_Select`.
    pub is_mane: bool,
    /// Whether the transcript is tagged `RefSeq Select`.
    pub is_refseq_select: bool,
    /// Whether the file has only coding sequence of the transcript. Its ends are those of the gene and say nothing about
    /// its TSS. Only read with structure.
    pub is_implied: bool,
    /// Exons on the forward strand, sorted and disjoint: exon rows, else coding sequence and UTRs together. Empty if
    /// structure is not read, or if the file has no exon rows and the other parts do not reach the ends.
    pub exons: Vec<Range<u64>>,
    /// Coding sequence including the stop codon on the forward strand, sorted and disjoint; empty if structure is not
    /// read or the transcript is non-coding.
    pub cds: Vec<Range<u64>>,
}

impl Annotation {
    /// Replaces contig accessions of genes by their chromosomes, as far as the file defines them.
    pub(crate) fn name_chromosomes(&mut self) {
        let chromosome_of: BTreeMap<&str, &str> = self
            .chromosome_accessions
            .iter()
            .map(|(chromosome, contig)| (contig.as_str(), chromosome.as_str()))
            .collect();
        for gene in &mut self.genes {
            if let Some(chromosome) = chromosome_of.get(gene.chrom.as_str()) {
                gene.chrom = (*chromosome).to_owned();
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Transcript with one exon, without tags and coding sequence.
    pub(crate) fn transcript(start: u64, end: u64) -> Transcript {
        Transcript {
            transcript_id: format!("T{start}"),
            start,
            end,
            is_canonical: false,
            is_mane: false,
            is_refseq_select: false,
            is_implied: false,
            exons: vec![start..end],
            cds: Vec::new(),
        }
    }

    /// Gene at 100 to 900 of `chr1`.
    pub(crate) fn gene(strand: Strand, transcripts: Vec<Transcript>) -> Gene {
        Gene {
            gene_id: "G".to_owned(),
            gene_name: None,
            gene_type: None,
            ncbi_gene_id: None,
            chrom: "chr1".to_owned(),
            strand,
            start: 100,
            end: 900,
            transcripts,
        }
    }

    #[test]
    fn name_chromosomes_replaces_accessions() {
        let accessions = BTreeMap::from([("1".to_owned(), "NC_000067.7".to_owned())]);
        let mut annotation = Annotation {
            genes: vec![
                Gene { chrom: "NC_000067.7".to_owned(), ..gene(Strand::Forward, vec![]) },
                gene(Strand::Forward, vec![]),
            ],
            chromosome_accessions: accessions,
            ..Annotation::default()
        };
        annotation.name_chromosomes();
        assert_eq!(annotation.genes[0].chrom, "1");
        assert_eq!(annotation.genes[1].chrom, "chr1");
    }
}
