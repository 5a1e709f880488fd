//! Classes of the row types of GTF and GFF3.

use std::collections::{BTreeMap, HashMap};

/// Class of a row by its type alone. The role of a row in a gene also depends on its relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowClass {
    /// `gene`, `pseudogene`, and kinds of gene such as `ncRNA_gene`.
    Gene,
    /// `transcript`, `mRNA` and other RNA, and segments of immunoglobulin genes.
    Transcript,
    /// `exon` and kinds of exon.
    Exon,
    /// `CDS` and `stop_codon`.
    Coding,
    /// Untranslated region.
    Utr,
    /// `region`, which describes a contig in RefSeq.
    Region,
    /// Alignments, contigs, repeats, introns, proteins and other rows that are never part of a gene's structure.
    Ignored,
    /// Any other type. In GFF3, its relatives decide.
    Other,
}

/// Endings of types that are ignored.
const IGNORED: [&str; 19] = [
    "match",
    "match_part",
    "region",
    "intron",
    "codon",
    "protein",
    "peptide",
    "chromosome",
    "contig",
    "scaffold",
    "repeat",
    "element",
    "feature",
    "site",
    "motif",
    "promoter",
    "enhancer",
    "silencer",
    "pseudogenic_cds",
];

/// Endings of types of transcripts.
const TRANSCRIPTS: [&str; 5] = ["rna", "transcript", "gene_segment", "transcript_variant", "ribozyme"];

impl RowClass {
    /// Class of a type, in upper or lower case.
    fn of(row_type: &[u8]) -> Self {
        let name = String::from_utf8_lossy(row_type).to_ascii_lowercase();
        match name.as_str() {
            "gene" => Self::Gene,
            "cds" | "stop_codon" => Self::Coding,
            "region" => Self::Region,
            _ if name.ends_with("exon") => Self::Exon,
            _ if name.ends_with("utr") => Self::Utr,
            _ if IGNORED.iter().any(|ending| name.ends_with(ending)) => Self::Ignored,
            _ if name.ends_with("_gene") || name.ends_with("pseudogene") => Self::Gene,
            _ if TRANSCRIPTS.iter().any(|ending| name.ends_with(ending)) => Self::Transcript,
            _ => Self::Other,
        }
    }
}

/// Classes and numbers of rows of the types read so far.
#[derive(Debug, Default)]
pub(crate) struct RowTypes {
    known: HashMap<Box<[u8]>, usize>,
    types: Vec<(RowClass, u64)>,
}

impl RowTypes {
    /// Counts a row and returns the class of its type.
    pub(crate) fn count(&mut self, row_type: &[u8]) -> RowClass {
        let at = self.known.get(row_type).copied().unwrap_or_else(|| {
            self.known.insert(row_type.into(), self.types.len());
            self.types.push((RowClass::of(row_type), 0));
            self.types.len() - 1
        });
        let (class, rows) = &mut self.types[at];
        *rows += 1;
        *class
    }

    /// Numbers of rows by type.
    pub(crate) fn by_name(&self) -> BTreeMap<String, u64> {
        let name_of = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        self.known.iter().map(|(name, &at)| (name_of(name), self.types[at].1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_class_of_types_of_public_files() {
        for (class, names) in [
            (
                RowClass::Gene,
                "gene pseudogene ncRNA_gene telomerase_RNA_gene transposable_element_gene Gene mRNA_TE_gene",
            ),
            (
                RowClass::Transcript,
                "transcript mRNA lnc_RNA pre_miRNA RNA primary_transcript processed_transcript V_gene_segment \
                 NMD_transcript_variant pseudogenic_transcript three_prime_overlapping_ncrna ribozyme",
            ),
            (RowClass::Exon, "exon pseudogenic_exon noncoding_exon"),
            (RowClass::Coding, "CDS cds stop_codon"),
            (RowClass::Utr, "UTR 5UTR five_prime_UTR three_prime_utr"),
            (RowClass::Region, "region"),
            (
                RowClass::Ignored,
                "match cDNA_match match_part intron start_codon protein polypeptide chromosome transcript_region \
                 repeat_region biological_region transposable_element protein_binding_site",
            ),
            (RowClass::Other, "operon Selenocysteine blocked_reading_frame"),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(RowClass::of(name.as_bytes()), class, "{name}");
            }
        }
    }

    #[test]
    fn row_types_count_rows() {
        let mut types = RowTypes::default();
        for name in ["exon", "gene", "exon"] {
            types.count(name.as_bytes());
        }
        assert_eq!(types.by_name(), BTreeMap::from([("exon".to_owned(), 2), ("gene".to_owned(), 1)]));
    }
}
