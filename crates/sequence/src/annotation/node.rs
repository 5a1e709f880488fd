//! Nodes of an annotation: genes and transcripts with the parts that name them.

use std::ops::Range;

use super::attributes::Attributes;
use super::row_type::RowClass;
use crate::coord::Strand;

/// Strands of one or several rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strands {
    forward: bool,
    reverse: bool,
}

impl Strands {
    /// Strand of a row, `None` if unknown.
    pub(crate) fn of(strand: Option<Strand>) -> Self {
        Self { forward: strand == Some(Strand::Forward), reverse: strand == Some(Strand::Reverse) }
    }

    /// Strands of both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self { forward: self.forward || other.forward, reverse: self.reverse || other.reverse }
    }

    /// Whether rows are on both strands.
    pub(crate) fn is_both(self) -> bool {
        self.forward && self.reverse
    }

    /// The only strand.
    pub(crate) fn single(self) -> Option<Strand> {
        match (self.forward, self.reverse) {
            (true, false) => Some(Strand::Forward),
            (false, true) => Some(Strand::Reverse),
            _ => None,
        }
    }
}

/// Names of a gene, as in [`super::Gene`].
#[derive(Clone, Debug, Default)]
pub(crate) struct GeneNames {
    pub gene_id: String,
    pub gene_name: Option<String>,
    pub gene_type: Option<String>,
    pub ncbi_gene_id: Option<String>,
    /// Identifier of the locus, by which rows without a parent find the gene.
    pub locus_tag: Option<Box<str>>,
}

/// Name and tags of a transcript, as in [`super::Transcript`].
#[derive(Clone, Debug, Default)]
pub(crate) struct TranscriptLabel {
    pub transcript_id: String,
    pub is_canonical: bool,
    pub is_mane: bool,
    pub is_refseq_select: bool,
}

impl TranscriptLabel {
    /// Name, with the tags of a row.
    pub(crate) fn of(transcript_id: String, attributes: Attributes<'_>) -> Self {
        Self {
            transcript_id,
            is_canonical: attributes.has_tag("Ensembl_canonical"),
            is_mane: attributes.has_tag("MANE_Select"),
            is_refseq_select: attributes.has_tag("RefSeq_Select"),
        }
    }
}

/// Row of a gene or transcript.
#[derive(Clone, Debug)]
pub(crate) struct NodeRow {
    pub class: RowClass,
    pub line: u64,
    pub extent: Range<u64>,
    pub strands: Strands,
    /// Whether rows with this identifier are at several places.
    pub is_split: bool,
    /// Whether identifier and attributes are those of a gene.
    pub is_named_as_gene: bool,
}

impl NodeRow {
    /// Adds another row of the same gene.
    pub(crate) fn merge(&mut self, other: &Self) {
        let overlaps = self.extent.start < other.extent.end && other.extent.start < self.extent.end;
        self.is_split |= !overlaps;
        self.extent = self.extent.start.min(other.extent.start)..self.extent.end.max(other.extent.end);
        self.strands = self.strands.with(other.strands);
    }
}

/// Kind of node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// Row, or identifier that other rows refer to.
    #[default]
    Feature,
    /// Gene that the rows of GTF name.
    NamedGene,
    /// Gene of GFF3 rows without a parent, by the name that they give.
    StandInGene,
    /// Transcript of rows without a gene.
    WithoutGene,
}

/// Kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Exon,
    Coding,
    Utr,
}

/// Exons, coding sequence and UTRs of a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Structure {
    pub exons: Vec<Range<u64>>,
    pub coding: Vec<Range<u64>>,
    /// UTRs, as long as there are no exons.
    pub utrs: Vec<Range<u64>>,
}

/// Rows that are parts of a node.
#[expect(clippy::struct_excessive_bools, reason = "any combination is possible")]
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// First and last base.
    pub span: Range<u64>,
    pub strands: Strands,
    pub has_exon: bool,
    pub has_coding: bool,
    pub has_utr: bool,
    /// Number of rows without another parent.
    pub rows: u64,
    /// Line of the first row; 0 if there is none.
    pub first_line: u64,
    /// Smallest exon number, with the start of that exon.
    first_exon: Option<(u32, u64)>,
    /// Whether two exons have the smallest number.
    pub repeats_first_exon: bool,
    pub structure: Option<Box<Structure>>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            // The smallest and largest position of no part.
            span: Range { start: u64::MAX, end: 0 },
            strands: Strands::default(),
            has_exon: false,
            has_coding: false,
            has_utr: false,
            rows: 0,
            first_line: 0,
            first_exon: None,
            repeats_first_exon: false,
            structure: None,
        }
    }
}

impl Parts {
    /// Whether there are exons or coding sequence.
    pub(crate) fn has_structure(&self) -> bool {
        self.has_exon || self.has_coding
    }

    /// Whether coding sequence is all there is, so that the 5' end is not that of the transcript.
    pub(crate) fn is_coding_only(&self) -> bool {
        self.has_coding && !self.has_exon && !self.has_utr
    }

    /// Whether exon numbers show that the first exon is missing.
    pub(crate) fn lacks_first_exon(&self) -> bool {
        self.first_exon.is_some_and(|(number, _)| number > 1)
    }

    /// Adds a part; `keeps` if its range is stored.
    pub(crate) fn add(&mut self, part: &Part, keeps: bool) {
        let Part { kind, extent, strands, line, .. } = part;
        self.span = self.span.start.min(extent.start)..self.span.end.max(extent.end);
        self.strands = self.strands.with(*strands);
        if self.first_line == 0 {
            self.first_line = *line;
        }
        match kind {
            PartKind::Exon => self.has_exon = true,
            PartKind::Coding => self.has_coding = true,
            PartKind::Utr => self.has_utr = true,
        }
        if let Some(number) = part.exon_number {
            match self.first_exon {
                Some((first, start)) if first == number => self.repeats_first_exon |= start != extent.start,
                Some((first, _)) if first < number => {}
                _ => (self.first_exon, self.repeats_first_exon) = (Some((number, extent.start)), false),
            }
        }
        if keeps {
            let structure = self.structure.get_or_insert_default();
            match kind {
                PartKind::Exon => {
                    structure.utrs = Vec::new();
                    structure.exons.push(extent.clone());
                }
                PartKind::Coding => structure.coding.push(extent.clone()),
                PartKind::Utr if structure.exons.is_empty() => structure.utrs.push(extent.clone()),
                PartKind::Utr => {}
            }
        }
    }

    /// Adds the parts of another node of the same transcript.
    pub(crate) fn append(&mut self, other: Self) {
        self.span = self.span.start.min(other.span.start)..self.span.end.max(other.span.end);
        self.strands = self.strands.with(other.strands);
        self.has_exon |= other.has_exon;
        self.has_coding |= other.has_coding;
        self.has_utr |= other.has_utr;
        self.rows += other.rows;
        if self.first_line == 0 {
            self.first_line = other.first_line;
        }
        if let Some(other) = other.structure {
            let structure = self.structure.get_or_insert_default();
            structure.exons.extend(other.exons);
            structure.coding.extend(other.coding);
            structure.utrs.extend(other.utrs);
        }
    }
}

/// Row that is a part of a transcript or gene.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub kind: PartKind,
    pub extent: Range<u64>,
    pub strands: Strands,
    pub line: u64,
    /// Number of an exon in its transcript.
    pub exon_number: Option<u32>,
}

/// Gene or transcript with its parts, or an identifier that rows refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub kind: NodeKind,
    pub row: Option<NodeRow>,
    /// Nodes that the row names as parents.
    pub parents: Box<[usize]>,
    pub parts: Parts,
    /// Names, if the node may be a gene.
    pub names: Option<Box<GeneNames>>,
    /// Name and tags, if the node may be a transcript.
    pub label: Option<Box<TranscriptLabel>>,
    /// Node of the last row with the same identifier, to which the following parts belong.
    pub continued_in: Option<usize>,
}

impl Node {
    /// Whether the node is a transcript by the type of its row, or because its rows name a transcript.
    pub(crate) fn is_typed_transcript(&self) -> bool {
        match &self.row {
            Some(row) => row.class == RowClass::Transcript,
            None => !self.parents.is_empty(),
        }
    }

    /// Line of the row, else of the first part.
    pub(crate) fn line(&self) -> u64 {
        self.row.as_ref().map_or(self.parts.first_line, |row| row.line)
    }
}
