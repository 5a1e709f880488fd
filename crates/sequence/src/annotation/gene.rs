//! Gene annotation: genes, their transcripts, and where each gene's transcription starts.

use std::collections::BTreeMap;
use std::ops::Range;

use super::attributes::Attributes;
use crate::coord::Strand;

/// The genes of an annotation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    /// The genes, in the order of the file.
    pub genes: Vec<Gene>,
    /// Identifiers of transcripts whose gene has no row of its own; they are in no gene's list.
    pub orphan_transcripts: Vec<String>,
    /// Rows of exons and coding sequence whose transcript has no row of its own, counted where structure is read.
    pub orphan_parts: u64,
    /// Identifiers of genes whose strand is not known (`?`), so that they have no TSS; they are not among the genes.
    pub unstranded_genes: Vec<String>,
    /// Chromosomes that the file names by accession, such as `1` by `NC_000067.7`. Genes go by the chromosome.
    pub chromosome_accessions: BTreeMap<String, String>,
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
    /// What NCBI calls it in its database Gene, such as 2623; only annotation of RefSeq says so.
    pub ncbi_gene_id: Option<String>,
    /// Name of the contig, as the annotation spells it, or of the chromosome that it says the contig is.
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
    /// Whether it is tagged `RefSeq Select`.
    pub is_refseq_select: bool,
    /// Exons on the forward strand, sorted and apart from each other; none where structure is not read.
    pub exons: Vec<Range<u64>>,
    /// Coding sequence with its stop codon on the forward strand, sorted and apart from each other; none where structure
    /// is not read, or where the transcript does not code.
    pub cds: Vec<Range<u64>>,
}

impl Annotation {
    /// Names the contigs of genes by their chromosomes, as far as the file says which they are.
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

impl Transcript {
    /// A transcript as its row has it, without exons.
    pub(crate) fn from_row(transcript_id: String, extent: Range<u64>, attributes: Attributes<'_>) -> Self {
        Self {
            transcript_id,
            start: extent.start,
            end: extent.end,
            is_canonical: attributes.has_tag("Ensembl_canonical"),
            is_mane: attributes.has_tag("MANE_Select"),
            is_refseq_select: attributes.has_tag("RefSeq_Select"),
            exons: Vec::new(),
            cds: Vec::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A transcript of one exon without tags or coding sequence.
    pub(crate) fn transcript(start: u64, end: u64) -> Transcript {
        Transcript {
            transcript_id: format!("T{start}"),
            start,
            end,
            is_canonical: false,
            is_mane: false,
            is_refseq_select: false,
            exons: vec![start..end],
            cds: Vec::new(),
        }
    }

    /// A gene at 100 to 900 of `chr1`.
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
    fn genes_go_by_their_chromosome() {
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
