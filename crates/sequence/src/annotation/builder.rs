//! Assembly of annotation rows into genes with transcripts and exons.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::row::AnnotationRow;
use super::transcript_structure::{merge_adjacent, merge_overlapping};
use super::{Annotation, AnnotationDetail, Gene, Transcript};

/// Largest number of row types listed in the error about an annotation without genes.
const MAX_ROW_TYPES_SHOWN: usize = 5;

/// Rows read so far. They are assembled at the end because a sorted file may list exons before their transcript and
/// transcripts before their gene.
pub(crate) struct AnnotationBuilder {
    detail: AnnotationDetail,
    genes: Vec<Gene>,
    gene_index: HashMap<Box<[u8]>, usize>,
    transcripts: Vec<PendingTranscript>,
    transcript_index: HashMap<Box<[u8]>, usize>,
    transcript_rows: usize,
    /// Transcript of the previous row, whose exons usually follow.
    last: Option<(Key, usize)>,
    unstranded_genes: Vec<String>,
    /// Accessions of each chromosome; several if the file is ambiguous.
    accessions: BTreeMap<String, BTreeSet<String>>,
    rows: BTreeMap<String, u64>,
}

/// Contig and identifiers of a gene or transcript. One identifier on two contigs denotes two genes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Key of several parts, separated by tabs, which no column contains.
    pub(crate) fn new<const PARTS: usize>(parts: [&[u8]; PARTS]) -> Self {
        Self(parts.join(&b'\t'))
    }
}

/// Names of a gene from the attributes of its row, as in [`Gene`].
pub(crate) struct GeneNames {
    pub gene_id: String,
    pub gene_name: Option<String>,
    pub gene_type: Option<String>,
    pub ncbi_gene_id: Option<String>,
}

#[derive(Default)]
struct PendingTranscript {
    /// The transcript, its rank in the file and the key of its gene, once its row has been read.
    row: Option<(Transcript, usize, Key)>,
    exons: Vec<Range<u64>>,
    cds: Vec<Range<u64>>,
    /// Number of exon and CDS rows.
    parts: u64,
}

impl AnnotationBuilder {
    /// Builder without rows.
    pub(crate) fn new(detail: AnnotationDetail) -> Self {
        Self {
            detail,
            genes: Vec::new(),
            gene_index: HashMap::new(),
            transcripts: Vec::new(),
            transcript_index: HashMap::new(),
            transcript_rows: 0,
            last: None,
            unstranded_genes: Vec::new(),
            accessions: BTreeMap::new(),
            rows: BTreeMap::new(),
        }
    }

    /// Whether exons and CDS are read.
    pub(crate) fn reads_structure(&self) -> bool {
        self.detail == AnnotationDetail::Structure
    }

    /// Adds a gene without transcripts. Of a gene without a strand, only the identifier is kept.
    pub(crate) fn add_gene(&mut self, key: Key, row: &AnnotationRow<'_>, names: GeneNames) -> Result<(), String> {
        let extent = row.extent()?;
        let Some(strand) = row.strand()? else {
            self.unstranded_genes.push(names.gene_id);
            return Ok(());
        };
        self.gene_index.entry(key.0.into_boxed_slice()).or_insert(self.genes.len());
        self.genes.push(Gene {
            gene_id: names.gene_id,
            gene_name: names.gene_name,
            gene_type: names.gene_type,
            ncbi_gene_id: names.ncbi_gene_id,
            chrom: String::from_utf8_lossy(row.chrom()).into_owned(),
            strand,
            start: extent.start,
            end: extent.end,
            transcripts: Vec::new(),
        });
        Ok(())
    }

    /// Adds a transcript.
    pub(crate) fn add_transcript(&mut self, key: Key, gene: Key, transcript: Transcript) {
        let mut slot = self.slot(key.clone());
        if self.transcripts[slot].row.is_some() {
            // The same transcript at another position of its contig; the following rows belong to this one.
            slot = self.transcripts.len();
            self.transcripts.push(PendingTranscript::default());
            self.transcript_index.insert(key.0.clone().into_boxed_slice(), slot);
            self.last = Some((key, slot));
        }
        self.transcripts[slot].row = Some((transcript, self.transcript_rows, gene));
        self.transcript_rows += 1;
    }

    /// Adds an exon of a transcript.
    pub(crate) fn add_exon(&mut self, transcript: Key, exon: Range<u64>) {
        let slot = self.slot(transcript);
        self.transcripts[slot].exons.push(exon);
        self.transcripts[slot].parts += 1;
    }

    /// Adds coding sequence of a transcript.
    pub(crate) fn add_coding(&mut self, transcript: Key, coding: Range<u64>) {
        let slot = self.slot(transcript);
        self.transcripts[slot].cds.push(coding);
        self.transcripts[slot].parts += 1;
    }

    /// Records that a contig is a chromosome.
    pub(crate) fn add_chromosome(&mut self, chromosome: String, contig: String) {
        self.accessions.entry(chromosome).or_default().insert(contig);
    }

    /// Counts a row of a type that does not define a gene or transcript.
    pub(crate) fn count_row(&mut self, row_type: &[u8]) {
        let name = String::from_utf8_lossy(row_type);
        if let Some(count) = self.rows.get_mut(&*name) {
            *count += 1;
        } else {
            self.rows.insert(name.into_owned(), 1);
        }
    }

    /// Index of the transcript of a key, which is added if it is new.
    fn slot(&mut self, key: Key) -> usize {
        if let Some((last, slot)) = &self.last
            && *last == key
        {
            return *slot;
        }
        let slot = self.transcript_index.get(&key.0[..]).copied().unwrap_or_else(|| {
            self.transcripts.push(PendingTranscript::default());
            self.transcript_index.insert(key.0.clone().into_boxed_slice(), self.transcripts.len() - 1);
            self.transcripts.len() - 1
        });
        self.last = Some((key, slot));
        slot
    }

    /// The annotation; without genes, a description of the rows as an error.
    pub(crate) fn finish(mut self) -> Result<Annotation, String> {
        if self.genes.is_empty() {
            return Err(self.describe_rows());
        }
        let mut pending = self.transcripts;
        let has_row: Vec<bool> = pending.iter().map(|transcript| transcript.row.is_some()).collect();
        // In GFF3, mature miRNAs are children of their primary transcript.
        let is_transcript = |key: &Key| self.transcript_index.get(&key.0[..]).is_some_and(|&slot| has_row[slot]);
        // Entries without a transcript row are last; the sort is stable.
        pending.sort_by_key(|transcript| transcript.row.as_ref().map_or(usize::MAX, |&(_, rank, _)| rank));
        let (mut orphan_transcripts, mut orphan_parts) = (Vec::new(), 0);
        for PendingTranscript { row, exons, cds, parts } in pending {
            let Some((mut transcript, _, gene)) = row else {
                orphan_parts += parts;
                continue;
            };
            transcript.exons = merge_overlapping(exons);
            transcript.cds = merge_adjacent(cds);
            if let Some(&gene) = self.gene_index.get(&gene.0[..]) {
                self.genes[gene].transcripts.push(transcript);
            } else if !is_transcript(&gene) {
                orphan_transcripts.push(transcript.transcript_id);
            }
        }
        for gene in &mut self.genes {
            gene.transcripts.shrink_to_fit();
        }
        if !orphan_transcripts.is_empty() || orphan_parts > 0 {
            tracing::warn!(
                transcripts = orphan_transcripts.len(),
                exons = orphan_parts,
                "ignored transcripts without a gene row, and exon and CDS rows without a transcript row"
            );
        }
        let mut annotation = Annotation {
            genes: self.genes,
            orphan_transcripts,
            orphan_parts,
            unstranded_genes: self.unstranded_genes,
            chromosome_accessions: unambiguous(self.accessions),
        };
        annotation.name_chromosomes();
        Ok(annotation)
    }

    fn describe_rows(mut self) -> String {
        if self.transcript_rows > 0 {
            self.rows.insert("transcript".to_owned(), self.transcript_rows as u64);
        }
        if !self.unstranded_genes.is_empty() {
            self.rows.insert("gene without a strand".to_owned(), self.unstranded_genes.len() as u64);
        }
        if self.rows.is_empty() {
            return "only comments and blank lines".to_owned();
        }
        let shown: Vec<_> =
            self.rows.iter().take(MAX_ROW_TYPES_SHOWN).map(|(name, count)| format!("{count} {name}")).collect();
        let more = self.rows.len().saturating_sub(MAX_ROW_TYPES_SHOWN);
        let more = if more > 0 { format!(" and {more} more types") } else { String::new() };
        format!("rows of {}{more}", shown.join(", "))
    }
}

/// Chromosomes with exactly one accession.
fn unambiguous(accessions: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, String> {
    let single = |(chromosome, contigs): (String, BTreeSet<String>)| {
        (contigs.len() == 1).then(|| contigs.into_iter().next()).flatten().map(|contig| (chromosome, contig))
    };
    accessions.into_iter().filter_map(single).collect()
}

#[cfg(test)]
mod tests {
    use crate::annotation::reader::tests::read;

    fn row(kind: &str, start: u64, end: u64, attributes: &str) -> String {
        format!("chr1\tx\t{kind}\t{start}\t{end}\t.\t+\t.\t{attributes}\n")
    }

    #[test]
    fn finish_exons_and_transcripts_in_any_order_are_assembled() {
        let (one, two) = ("gene_id \"G\"; transcript_id \"A\";", "gene_id \"G\"; transcript_id \"B\";");
        let content = [
            row("exon", 31, 40, one),
            row("transcript", 11, 60, two),
            row("exon", 51, 60, two),
            row("transcript", 11, 40, one),
            row("exon", 11, 20, one),
            row("exon", 11, 20, two),
            row("gene", 11, 60, "gene_id \"G\";"),
            row("exon", 1, 2, "gene_id \"G\"; transcript_id \"C\";"),
            row("CDS", 1, 2, "gene_id \"G\"; transcript_id \"C\";"),
            row("exon", 1, 2, "gene_id \"G\";"),
            row("transcript", 1, 2, "gene_id \"H\"; transcript_id \"D\";"),
        ];
        let annotation = read(content.concat()).unwrap();
        let [b, a] = &annotation.genes[0].transcripts[..] else { panic!("{annotation:?}") };
        assert_eq!((a.transcript_id.as_str(), b.transcript_id.as_str()), ("A", "B"));
        assert_eq!(a.exons, [10..20, 30..40]);
        assert_eq!(b.exons, [10..20, 50..60]);
        assert_eq!(annotation.orphan_parts, 3);
        assert_eq!(annotation.orphan_transcripts, ["D"]);
    }

    #[test]
    fn finish_transcript_at_two_positions_gives_two_transcripts() {
        let names = "gene_id \"G\"; transcript_id \"A\";";
        let content = [
            row("gene", 11, 99, "gene_id \"G\";"),
            row("transcript", 11, 20, names),
            row("exon", 11, 20, names),
            row("transcript", 81, 90, names),
            row("exon", 81, 90, names),
        ];
        let annotation = read(content.concat()).unwrap();
        let exons: Vec<_> = annotation.genes[0].transcripts.iter().map(|transcript| transcript.exons.clone()).collect();
        assert_eq!(exons, [[10..20], [80..90]]);
    }

    #[test]
    fn finish_identifier_on_two_contigs_gives_two_genes() {
        let names = "gene_id \"G\"; transcript_id \"A\";";
        let here = [row("gene", 11, 20, names), row("transcript", 11, 20, names), row("exon", 11, 20, names)].concat();
        let there = here.replace("chr1", "chr2").replace("11\t20", "31\t40");
        let annotation = read(format!("{here}{there}")).unwrap();
        let exons: Vec<_> = annotation.genes.iter().map(|gene| gene.transcripts[0].exons.clone()).collect();
        assert_eq!(exons, [[10..20], [30..40]]);
    }
}
