//! Collection of annotation rows into nodes, which are assembled into genes at the end of the file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use indexmap::IndexMap;

use super::assembly::{Assembly, Nodes, Products};
use super::declared_assembly::DeclaredAssembly;
use super::exclusion::{Exclusion, ExclusionReason};
use super::lineage;
use super::node::{GeneNames, Node, NodeKind, NodeRow, Part, TranscriptLabel};
use super::row_type::{RowClass, RowTypes};
use super::{Annotation, AnnotationDetail};

/// Largest number of row types listed in the error about an annotation without genes.
const MAX_ROW_TYPES_SHOWN: usize = 5;

/// Rows read so far. They are assembled at the end because a sorted file may list exons before their transcript and
/// transcripts before their gene.
pub(crate) struct AnnotationBuilder {
    detail: AnnotationDetail,
    /// Nodes by contig and identifiers. One identifier on two contigs denotes two genes.
    nodes: Nodes,
    /// Key and node of the previous part, whose transcript usually has more parts.
    last: (Vec<u8>, usize),
    key: Vec<u8>,
    /// Numbers of part rows with several parents, by parents, with the line of the first.
    shared_parts: BTreeMap<Box<[usize]>, (u64, u64)>,
    /// Coding sequences whose parent is not a transcript as far as read, by parent and identifier.
    products: Products,
    /// Numbers of rows without the attributes that name them, by problem, with the line of the first.
    unnamed: BTreeMap<String, (u64, u64)>,
    /// Accessions of each chromosome; several if the file is ambiguous.
    accessions: BTreeMap<String, BTreeSet<String>>,
    row_types: RowTypes,
    line: u64,
    /// Assembly that comments declare.
    pub(super) declared: DeclaredAssembly,
}

/// Identifiers of a row whose node cannot be referred to.
const ANONYMOUS: &[u8] = b"\t";

impl AnnotationBuilder {
    /// Builder without rows.
    pub(crate) fn new(detail: AnnotationDetail) -> Self {
        Self {
            detail,
            nodes: IndexMap::new(),
            last: (Vec::new(), usize::MAX),
            key: Vec::new(),
            shared_parts: BTreeMap::new(),
            products: BTreeMap::new(),
            unnamed: BTreeMap::new(),
            accessions: BTreeMap::new(),
            row_types: RowTypes::default(),
            line: 0,
            declared: DeclaredAssembly::default(),
        }
    }

    /// Starts a row: sets its line number and returns the class of its type.
    pub(crate) fn start_row(&mut self, line: u64, row_type: &[u8]) -> RowClass {
        self.line = line;
        self.row_types.count(row_type)
    }

    /// Line number of the row.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Node of a contig and identifiers, none of which contains a tab; a new one if there is none.
    pub(crate) fn node<const PARTS: usize>(&mut self, key: [&[u8]; PARTS]) -> usize {
        self.key.clear();
        for (index, part) in key.into_iter().enumerate() {
            if index > 0 {
                self.key.push(b'\t');
            }
            self.key.extend_from_slice(part);
        }
        if self.last.1 != usize::MAX && self.last.0 == self.key {
            return self.last.1;
        }
        let slot = self.nodes.get_index_of(&self.key[..]);
        let slot = slot.unwrap_or_else(|| self.nodes.insert_full(self.key.as_slice().into(), Node::default()).0);
        std::mem::swap(&mut self.last.0, &mut self.key);
        self.last.1 = slot;
        slot
    }

    /// Node to which no other row refers.
    pub(crate) fn anonymous_node(&mut self, chrom: &[u8]) -> usize {
        let unique = self.nodes.len().to_string();
        let key = [chrom, ANONYMOUS, unique.as_bytes()].concat();
        self.nodes.insert_full(key.into(), Node::default()).0
    }

    /// Node of the last row with the identifier of this node.
    pub(crate) fn latest(&self, slot: usize) -> usize {
        self.nodes[slot].continued_in.unwrap_or(slot)
    }

    /// Node at this index.
    pub(crate) fn at(&mut self, slot: usize) -> &mut Node {
        &mut self.nodes[slot]
    }

    /// Adds the row of a node, with its parents. A gene on several rows is one node, a transcript on several rows is one
    /// node per row. Returns the node.
    pub(crate) fn add_row(&mut self, chrom: &[u8], slot: usize, row: NodeRow, parents: Box<[usize]>) -> usize {
        let Some(found) = &mut self.nodes[slot].row else {
            let node = &mut self.nodes[slot];
            (node.row, node.parents) = (Some(row), parents);
            return slot;
        };
        match (found.class, row.class) {
            (RowClass::Gene, RowClass::Gene) => {
                found.merge(&row);
                return slot;
            }
            // The identifier is that of a gene and of its transcript. Other rows refer to the gene.
            (_, RowClass::Gene) => {
                let moved = self.anonymous_node(chrom);
                let mut transcript = std::mem::take(&mut self.nodes[slot]);
                self.nodes[slot].parts = std::mem::take(&mut transcript.parts);
                self.nodes[moved] = transcript;
                let node = &mut self.nodes[slot];
                (node.row, node.parents) = (Some(row), parents);
                return slot;
            }
            _ => {}
        }
        let is_transcript_of_same_name = found.class == RowClass::Gene;
        let added = self.anonymous_node(chrom);
        if !is_transcript_of_same_name {
            self.nodes[slot].continued_in = Some(added);
        }
        let node = &mut self.nodes[added];
        (node.row, node.parents) = (Some(row), parents);
        added
    }

    /// Names a gene that has no row yet.
    pub(crate) fn suggest_names(&mut self, slot: usize, names: impl FnOnce() -> GeneNames) {
        let node = &mut self.nodes[slot];
        if node.row.is_none() && node.names.is_none() {
            node.names = Some(Box::new(names()));
        }
    }

    /// Names a transcript that has no row yet, and its gene.
    pub(crate) fn name_transcript(&mut self, slot: usize, gene: usize, label: TranscriptLabel) {
        let node = &mut self.nodes[slot];
        (node.parents, node.label) = ([gene].into(), Some(Box::new(label)));
    }

    /// Node of a gene that rows name.
    pub(crate) fn named_gene<const PARTS: usize>(&mut self, key: [&[u8]; PARTS], kind: NodeKind) -> usize {
        let slot = self.node(key);
        self.nodes[slot].kind = kind;
        slot
    }

    /// Adds a part to its parents.
    pub(crate) fn add_part(&mut self, parents: &[usize], part: &Part) {
        let keeps = self.detail == AnnotationDetail::Structure;
        for &parent in parents {
            let parts = &mut self.nodes[parent].parts;
            parts.add(part, keeps);
            parts.rows += u64::from(parents.len() == 1);
        }
        if parents.len() > 1 {
            let shared = self.shared_parts.entry(parents.into()).or_insert((0, part.line));
            shared.0 += 1;
        }
    }

    /// Adds the identifier of coding sequence below a gene, which may have several products.
    pub(crate) fn add_product(&mut self, parent: usize, id: &str, extent: &Range<u64>) {
        let is_transcript = self.nodes[parent].row.as_ref().is_some_and(|row| row.class == RowClass::Transcript);
        if self.detail == AnnotationDetail::Structure && !is_transcript {
            self.products.entry(parent).or_default().entry(id.to_owned()).or_default().push(extent.clone());
        }
    }

    /// Counts a row without the attributes that name it.
    pub(crate) fn add_unnamed(&mut self, problem: &str) {
        if let Some((rows, _)) = self.unnamed.get_mut(problem) {
            *rows += 1;
        } else {
            self.unnamed.insert(problem.to_owned(), (1, self.line));
        }
    }

    /// Records that a contig is a chromosome.
    pub(crate) fn add_chromosome(&mut self, chromosome: String, contig: String) {
        self.accessions.entry(chromosome).or_default().insert(contig);
    }

    /// The annotation; without genes, a description of the rows as an error.
    pub(crate) fn finish(mut self) -> Result<Annotation, String> {
        let unnamed = self.unnamed.iter().map(|(problem, (rows, line))| {
            let rows = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            Exclusion::new("", ExclusionReason::NoIdentifier, format!("{rows}, the first in line {line}: {problem}"))
        });
        let mut excluded: Vec<Exclusion> = unnamed.collect();
        self.join_transcripts_without_gene();
        let roles = lineage::roles(&self.nodes);
        let reads_structure = self.detail == AnnotationDetail::Structure;
        let assembled = Assembly::new(self.nodes, roles, self.products, reads_structure).finish(&self.shared_parts);
        excluded.extend(assembled.excluded);
        if assembled.genes.is_empty() {
            return Err(describe_rows(&self.row_types.by_name(), &excluded));
        }
        if assembled.starts_at_cds > 0 {
            tracing::warn!(
                genes = assembled.starts_at_cds,
                "the file has only coding sequence of these genes; their TSS is its start"
            );
        }
        if assembled.without_row > 0 {
            tracing::info!(genes = assembled.without_row, "the file has no gene rows; genes are made from transcripts");
        }
        let mut annotation = Annotation {
            genes: assembled.genes,
            excluded,
            chromosome_accessions: unambiguous(self.accessions),
            declared: self.declared,
        };
        annotation.name_chromosomes();
        Ok(annotation)
    }

    /// Moves the parts of rows without a gene to the only transcript of that name on the contig.
    fn join_transcripts_without_gene(&mut self) {
        let without: Vec<usize> =
            (0..self.nodes.len()).filter(|&slot| self.nodes[slot].kind == NodeKind::WithoutGene).collect();
        if without.is_empty() {
            return;
        }
        let mut named: HashMap<(Vec<u8>, &str), Option<usize>> = HashMap::new();
        for (slot, (key, node)) in self.nodes.iter().enumerate() {
            if let (NodeKind::Feature, Some(label)) = (node.kind, &node.label) {
                let chrom = key.split(|&byte| byte == b'\t').next().unwrap_or_default();
                let name = (chrom.to_vec(), label.transcript_id.as_str());
                named.entry(name).and_modify(|other| *other = None).or_insert(Some(slot));
            }
        }
        let target = |&slot: &usize| {
            let (key, _) = self.nodes.get_index(slot)?;
            let mut parts = key.split(|&byte| byte == b'\t');
            let (chrom, name) = (parts.next()?, parts.next_back()?);
            *named.get(&(chrom.to_vec(), &*String::from_utf8_lossy(name)))?
        };
        let targets: Vec<Option<usize>> = without.iter().map(target).collect();
        for (slot, target) in without.into_iter().zip(targets) {
            if let Some(target) = target.filter(|&target| self.contains_parts(target, slot)) {
                let parts = std::mem::take(&mut self.nodes[slot].parts);
                self.nodes[target].parts.append(parts);
            }
        }
    }

    /// Whether the row of a transcript contains the parts of another node, on its strand.
    fn contains_parts(&self, transcript: usize, slot: usize) -> bool {
        let parts = &self.nodes[slot].parts;
        self.nodes[transcript].row.as_ref().is_some_and(|row| {
            row.extent.start <= parts.span.start
                && parts.span.end <= row.extent.end
                && !row.strands.with(parts.strands).is_both()
        })
    }
}

fn describe_rows(rows: &BTreeMap<String, u64>, excluded: &[Exclusion]) -> String {
    if rows.is_empty() {
        return "only comments and blank lines".to_owned();
    }
    let shown: Vec<_> = rows.iter().take(MAX_ROW_TYPES_SHOWN).map(|(name, count)| format!("{count} {name}")).collect();
    let more = rows.len().saturating_sub(MAX_ROW_TYPES_SHOWN);
    let more = if more > 0 { format!(" and {more} more types") } else { String::new() };
    let excluded = if excluded.is_empty() {
        String::new()
    } else {
        format!("; excluded: {}", super::exclusion::describe(excluded))
    };
    format!("rows of {}{more}{excluded}", shown.join(", "))
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
            row("exon", 1, 2, "gene_id \"G\";"),
            row("transcript", 1, 2, "gene_id \"H\"; transcript_id \"D\";"),
        ];
        let annotation = read(content.concat()).unwrap();
        let [b, a] = &annotation.genes[0].transcripts[..] else { panic!("{annotation:?}") };
        assert_eq!((a.transcript_id.as_str(), b.transcript_id.as_str()), ("A", "B"));
        assert_eq!(a.exons, [10..20, 30..40]);
        assert_eq!(b.exons, [10..20, 50..60]);
        let excluded: Vec<String> =
            annotation.excluded.iter().map(|one| format!("{} {}", one.id, one.reason)).collect();
        assert_eq!(excluded, ["G no_transcript_row", "H no_gene_row"]);
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
