//! Assembly of nodes into genes with transcripts and exons.

mod checks;
mod members;

use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexMap;

use checks::Checked;

use super::exclusion::{Exclusion, ExclusionReason};
use super::gff3::transcript_name;
use super::lineage::Role;
use super::node::{GeneNames, Node, Parts, Strands, Structure, TranscriptLabel};
use super::transcript_structure::{merge_adjacent, merge_overlapping};
use super::{Gene, Transcript};
use crate::coord::Strand;

/// Nodes by contig and identifiers, which are separated by tabs.
pub(crate) type Nodes = IndexMap<Box<[u8]>, Node>;

/// Coding sequences below genes, by gene and identifier.
pub(crate) type Products = BTreeMap<usize, BTreeMap<String, Vec<Range<u64>>>>;

/// Bases that the parts of one coding sequence may share: ribosomes slip back by one or two.
const SLIPPAGE_BP: u64 = 2;

/// Bases by which coding sequence and UTRs may fall short of the ends of their transcript: a stop codon.
const STOP_CODON_BP: u64 = 3;

/// Genes of an annotation, with the rows that are not among them.
pub(crate) struct Assembled {
    pub genes: Vec<Gene>,
    pub excluded: Vec<Exclusion>,
    /// Number of genes without a gene row.
    pub without_row: usize,
    /// Number of genes without a row of which only the coding sequence is known.
    pub starts_at_cds: usize,
}

/// Assembly of genes from nodes with their roles.
pub(crate) struct Assembly {
    nodes: Nodes,
    roles: Vec<Role>,
    products: Products,
    reads_structure: bool,
    has_gene_rows: bool,
    /// Number of genes that list each transcript.
    uses: Vec<usize>,
    genes: Vec<(u64, Gene)>,
    excluded: Vec<Exclusion>,
    without_row: usize,
    starts_at_cds: usize,
}

impl Assembly {
    pub(crate) fn new(nodes: Nodes, roles: Vec<Role>, products: Products, reads_structure: bool) -> Self {
        let has_gene_rows = nodes.values().zip(&roles).any(|(node, &role)| role == Role::Gene && node.row.is_some());
        let uses = vec![0; nodes.len()];
        let (genes, excluded) = (Vec::new(), Vec::new());
        Self {
            nodes,
            roles,
            products,
            reads_structure,
            has_gene_rows,
            uses,
            genes,
            excluded,
            without_row: 0,
            starts_at_cds: 0,
        }
    }

    /// Assembles every gene. `shared_parts` are the part rows with several parents: their number and first line.
    pub(crate) fn finish(mut self, shared_parts: &BTreeMap<Box<[usize]>, (u64, u64)>) -> Assembled {
        self.exclude_rows_without_role(shared_parts);
        let mut members = self.members();
        self.join_named_genes(&mut members);
        for transcripts in members.values() {
            for &transcript in transcripts {
                self.uses[transcript] += 1;
            }
        }
        for slot in 0..self.nodes.len() {
            if self.roles[slot] == Role::Gene {
                self.add_gene(slot, &members.remove(&slot).unwrap_or_default());
            }
        }
        self.genes.sort_by_key(|(line, _)| *line);
        let genes = self.genes.into_iter().map(|(_, gene)| gene).collect();
        Assembled { genes, excluded: self.excluded, without_row: self.without_row, starts_at_cds: self.starts_at_cds }
    }

    /// Adds a gene with its transcripts, or records why it is excluded.
    fn add_gene(&mut self, slot: usize, transcripts: &[usize]) {
        let node = &self.nodes[slot];
        if node.row.is_none() && transcripts.is_empty() && !node.parts.has_structure() {
            return;
        }
        let Checked { usable, rejected } = match self.check_gene(slot, transcripts) {
            Ok(checked) => checked,
            Err((reason, detail)) => {
                self.excluded.push(Exclusion::new(self.name_of(slot), reason, detail));
                return;
            }
        };
        for (transcript, (reason, detail)) in rejected {
            let detail = format!("transcript {}: {detail}", self.name_of(transcript));
            self.excluded.push(Exclusion::new(self.name_of(slot), reason, detail));
        }
        self.assign_gene_parts(slot, &usable);

        let (extent, strand) = self.extent_and_strand(slot, &usable);
        let line = usable.iter().map(|&transcript| self.nodes[transcript].line());
        let (key, node) = self.nodes.get_index(slot).expect("slots are indices");
        let line = node
            .row
            .as_ref()
            .map_or_else(|| line.chain([node.line()]).filter(|&line| line > 0).min(), |row| Some(row.line));
        let chrom = String::from_utf8_lossy(chrom(key)).into_owned();
        if node.row.is_none() {
            self.without_row += 1;
            let has_start = |&transcript: &usize| !self.is_implied(transcript);
            self.starts_at_cds += usize::from(!usable.iter().any(has_start) && !node.parts.has_exon);
        }
        let has_gene_parts = usable.is_empty() && node.parts.has_structure();
        let has_implied_parts = node.parts.is_coding_only();
        let names = self.nodes[slot]
            .names
            .take()
            .map_or_else(|| GeneNames { gene_id: self.name_of(slot), ..GeneNames::default() }, |names| *names);
        let mut transcripts: Vec<Transcript> =
            usable.iter().filter_map(|&transcript| self.transcript(transcript, &extent)).collect();
        if has_gene_parts && (self.reads_structure || !has_implied_parts) {
            let parts = std::mem::take(&mut self.nodes[slot].parts);
            let label = |transcript_id| TranscriptLabel { transcript_id, ..TranscriptLabel::default() };
            let products = self.products.remove(&slot).unwrap_or_default();
            if has_implied_parts && are_separate(&products) {
                transcripts.extend(products.into_iter().map(|(id, coding)| {
                    let structure = Structure { coding, ..Structure::default() };
                    let id = label(transcript_name(&id).to_owned());
                    transcript_of(id, &extent, Some(Box::new(structure)), true)
                }));
            } else {
                let extent = if has_implied_parts { &extent } else { &parts.span };
                let id = label(names.gene_id.clone());
                transcripts.push(transcript_of(id, extent, parts.structure, has_implied_parts));
            }
        }
        transcripts.shrink_to_fit();
        let gene = Gene {
            gene_id: names.gene_id,
            gene_name: names.gene_name,
            gene_type: names.gene_type,
            ncbi_gene_id: names.ncbi_gene_id,
            chrom,
            strand,
            start: extent.start,
            end: extent.end,
            transcripts,
        };
        self.genes.push((line.unwrap_or(0), gene));
    }

    /// Gives the parts that name the gene to its only transcript, if that has none.
    fn assign_gene_parts(&mut self, slot: usize, transcripts: &[usize]) {
        let parts = &self.nodes[slot].parts;
        if transcripts.is_empty() || !parts.has_structure() {
            return;
        }
        let gives_all = |own: &Parts| !own.has_structure();
        let gives_coding = |own: &Parts| own.has_exon && !own.has_coding && parts.is_coding_only();
        match transcripts {
            [only] if gives_all(&self.nodes[*only].parts) || gives_coding(&self.nodes[*only].parts) => {
                let parts = std::mem::take(&mut self.nodes[slot].parts);
                self.nodes[*only].parts.append(parts);
            }
            _ if parts.rows > 0 => {
                let detail = format!(
                    "{} exon or CDS rows, the first in line {}, name the gene instead of one of its transcripts",
                    parts.rows, parts.first_line
                );
                self.excluded.push(Exclusion::new(self.name_of(slot), ExclusionReason::NoTranscriptRow, detail));
            }
            _ => {}
        }
    }

    /// Extent and strand of a gene whose rows agree.
    fn extent_and_strand(&self, slot: usize, transcripts: &[usize]) -> (Range<u64>, Strand) {
        let node = &self.nodes[slot];
        let (mut extent, mut strands) = (node.parts.span.clone(), node.parts.strands);
        for &transcript in transcripts {
            let (other, other_strands) = place(&self.nodes[transcript]);
            extent = extent.start.min(other.start)..extent.end.max(other.end);
            strands = strands.with(other_strands);
        }
        if let Some(row) = &node.row {
            (extent, strands) = (row.extent.clone(), row.strands);
        }
        (extent, strands.single().expect("genes without a single strand are excluded"))
    }

    /// Whether a transcript has coding sequence only, so that its ends are unknown.
    fn is_implied(&self, transcript: usize) -> bool {
        let node = &self.nodes[transcript];
        node.row.is_none() && node.parts.is_coding_only()
    }

    /// Transcript of a node; `None` if its ends are unknown and structure is not read.
    fn transcript(&mut self, slot: usize, gene: &Range<u64>) -> Option<Transcript> {
        let is_implied = self.is_implied(slot);
        if is_implied && !self.reads_structure {
            return None;
        }
        self.uses[slot] -= 1;
        let is_last_use = self.uses[slot] == 0;
        let name = self.name_of(slot);
        let node = &mut self.nodes[slot];
        let structure = if is_last_use { node.parts.structure.take() } else { node.parts.structure.clone() };
        let extent = if is_implied { gene.clone() } else { place(node).0 };
        let label = TranscriptLabel { transcript_id: name, ..node.label.as_deref().cloned().unwrap_or_default() };
        Some(transcript_of(label, &extent, structure, is_implied))
    }

    /// Identifier of a gene or transcript for messages and tables.
    fn name_of(&self, slot: usize) -> String {
        let (key, node) = self.nodes.get_index(slot).expect("slots are indices");
        let names = node.names.as_ref().map(|names| names.gene_id.clone());
        let label = node.label.as_ref().map(|label| label.transcript_id.clone());
        let named = if self.roles[slot] == Role::Gene { names.or(label) } else { label.or(names) };
        named.unwrap_or_else(|| last_name(key))
    }
}

fn transcript_of(
    label: TranscriptLabel,
    extent: &Range<u64>,
    structure: Option<Box<Structure>>,
    is_implied: bool,
) -> Transcript {
    let (exons, cds) = exons_and_cds(structure, extent);
    Transcript {
        transcript_id: label.transcript_id,
        start: extent.start,
        end: extent.end,
        is_canonical: label.is_canonical,
        is_mane: label.is_mane,
        is_refseq_select: label.is_refseq_select,
        is_implied,
        exons,
        cds,
    }
}

/// Whether coding sequences with different identifiers overlap, so that they are not parts of one.
fn are_separate(products: &BTreeMap<String, Vec<Range<u64>>>) -> bool {
    let mut extents: Vec<(&Range<u64>, &String)> =
        products.iter().flat_map(|(id, coding)| coding.iter().map(move |range| (range, id))).collect();
    extents.sort_by_key(|(range, _)| (range.start, range.end));
    let overlap = |one: &Range<u64>, next: &Range<u64>| one.end.min(next.end).saturating_sub(next.start);
    extents.windows(2).any(|pair| pair[0].1 != pair[1].1 && overlap(pair[0].0, pair[1].0) > SLIPPAGE_BP)
}

/// Exons and coding sequence of a transcript. Without exon rows, the exons are coding sequence and UTRs together, if they
/// reach the ends of the transcript; else they are unknown.
fn exons_and_cds(structure: Option<Box<Structure>>, extent: &Range<u64>) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let Structure { exons, coding, utrs } = structure.map(|structure| *structure).unwrap_or_default();
    let cds = merge_adjacent(coding);
    if !exons.is_empty() {
        return (merge_overlapping(exons), cds);
    }
    let exons = merge_adjacent(utrs.into_iter().chain(cds.iter().cloned()).collect());
    let reaches = |exons: &[Range<u64>]| {
        let (first, last) = (exons.first()?, exons.last()?);
        let is_near = |one: u64, other: u64| one.abs_diff(other) <= STOP_CODON_BP;
        (is_near(first.start, extent.start) && is_near(last.end, extent.end)).then_some(())
    };
    if reaches(&exons).is_some() { (exons, cds) } else { (Vec::new(), cds) }
}

/// Extent and strands of a transcript: those of its row, else of its parts.
fn place(node: &Node) -> (Range<u64>, Strands) {
    match &node.row {
        Some(row) => (row.extent.clone(), row.strands.with(node.parts.strands)),
        None => (node.parts.span.clone(), node.parts.strands),
    }
}

/// Contig of a key.
fn chrom(key: &[u8]) -> &[u8] {
    key.split(|&byte| byte == b'\t').next().unwrap_or_default()
}

/// Last identifier of a key.
fn last_name(key: &[u8]) -> String {
    String::from_utf8_lossy(key.rsplit(|&byte| byte == b'\t').next().unwrap_or_default()).into_owned()
}
