//! Genes of transcripts and lengths of genes, from an annotation.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use tatabox_sequence::{Annotation, AnnotationDetail, read_annotation, strip_version};

use super::resolved_source::ResolvedSource;
use crate::error::Result;

/// Gene of each transcript, and the length of each gene: the number of bases in its exons, each counted once.
#[derive(Debug, Default)]
pub(crate) struct GeneModel {
    gene_ids: Vec<String>,
    gene_of_transcript: HashMap<String, usize>,
    /// Length by identifier and, where it is unique, by name.
    lengths: HashMap<String, f64>,
}

impl GeneModel {
    /// Reads an annotation with exons (GTF or GFF3).
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Ok(Self::of(&read_annotation(path, AnnotationDetail::Structure)?))
    }

    /// Reads an annotation if one of the tables uses it.
    pub(crate) fn for_sources(annotation: Option<&Path>, sources: &[ResolvedSource]) -> Result<Option<Self>> {
        let is_used = sources.iter().any(ResolvedSource::uses_gene_model);
        annotation.filter(|_| is_used).map(Self::read).transpose()
    }

    fn of(annotation: &Annotation) -> Self {
        let mut model = Self::default();
        let mut genes_named: HashMap<&str, usize> = HashMap::new();
        for name in annotation.genes.iter().filter_map(|gene| gene.gene_name.as_deref()) {
            *genes_named.entry(name).or_default() += 1;
        }
        for (index, gene) in annotation.genes.iter().enumerate() {
            model.gene_ids.push(gene.gene_id.clone());
            for transcript in &gene.transcripts {
                model.gene_of_transcript.insert(strip_version(&transcript.transcript_id).into_owned(), index);
            }
            let exons = gene.transcripts.iter().flat_map(|transcript| transcript.exons.iter().cloned()).collect();
            let length = union_length(exons);
            if length > 0 {
                let unique = gene.gene_name.as_ref().filter(|name| genes_named[name.as_str()] == 1);
                for name in unique.into_iter().chain([&gene.gene_id]) {
                    model.lengths.insert(name.clone(), length as f64);
                }
            }
        }
        model
    }

    /// Gene of a transcript, whose version is ignored.
    pub(crate) fn gene_of(&self, transcript_id: &str) -> Option<&str> {
        let gene = self.gene_of_transcript.get(strip_version(transcript_id).as_ref())?;
        Some(&self.gene_ids[*gene])
    }

    /// Length of a gene in bp; `None` for an unknown gene and for a gene without exons.
    pub(crate) fn length_of(&self, gene_id: &str) -> Option<f64> {
        self.lengths.get(gene_id).copied()
    }
}

/// Number of bases in at least one of the ranges.
fn union_length(mut ranges: Vec<Range<u64>>) -> u64 {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let (mut length, mut end) = (0, 0);
    for range in ranges {
        length += range.end.saturating_sub(range.start.max(end));
        end = end.max(range.end);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const GTF: &str = "chr1\tx\tgene\t1\t100\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; gene_name \"ONE\";\n\
        chr1\tx\ttranscript\t1\t100\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; transcript_id \"ENST00000000001.3\";\n\
        chr1\tx\texon\t1\t20\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; transcript_id \"ENST00000000001.3\";\n\
        chr1\tx\texon\t51\t100\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; transcript_id \"ENST00000000001.3\";\n\
        chr1\tx\ttranscript\t11\t60\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; transcript_id \"ENST00000000002.1\";\n\
        chr1\tx\texon\t11\t60\t.\t+\t.\tgene_id \"ENSG00000000001.2\"; transcript_id \"ENST00000000002.1\";\n";

    #[test]
    fn gene_model_of_annotation_has_genes_and_lengths() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), GTF).expect("written");
        let model = GeneModel::read(file.path()).expect("a good annotation");
        assert_eq!(model.gene_of("ENST00000000002.9"), Some("ENSG00000000001"));
        assert_eq!(model.gene_of("ENST00000000003"), None);
        // Exons 1-20 and 51-100 joined by 11-60: all of 1-100.
        assert_eq!(model.length_of("ENSG00000000001"), Some(100.0));
        assert_eq!((model.length_of("ONE"), model.length_of("TWO")), (Some(100.0), None));
    }

    #[test]
    fn union_length_counts_each_base_once() {
        assert_eq!(union_length(vec![5..10, 0..3, 8..12, 9..10]), 3 + 7);
        assert_eq!(union_length(Vec::new()), 0);
    }
}
