//! Transcripts of each gene, and the rows that belong to no gene.

use std::collections::{BTreeMap, HashMap};

use super::{Assembly, chrom, place};
use crate::annotation::exclusion::{Exclusion, ExclusionReason};
use crate::annotation::lineage::Role;
use crate::annotation::node::NodeKind;
use crate::annotation::row_type::RowClass;

impl Assembly {
    /// Transcripts of each gene in the order of the file. A gene without a row has no transcript that also names a gene
    /// with a row.
    pub(super) fn members(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for slot in (0..self.nodes.len()).filter(|&slot| self.roles[slot] == Role::Transcript) {
            let genes = self.genes_of(slot);
            let has_row = |gene: &usize| self.nodes[*gene].row.is_some();
            let with_row = genes.iter().any(has_row);
            for gene in genes.into_iter().filter(|gene| !with_row || has_row(gene)) {
                members.entry(gene).or_default().push(slot);
            }
        }
        for transcripts in members.values_mut() {
            transcripts.sort_by_key(|&slot| self.nodes[slot].line());
        }
        members
    }

    /// Genes among the ancestors of a transcript.
    fn genes_of(&self, transcript: usize) -> Vec<usize> {
        let mut genes = Vec::new();
        let mut open = vec![transcript];
        while let Some(slot) = open.pop() {
            for &parent in &self.nodes[slot].parents {
                match self.roles[parent] {
                    Role::Gene if !genes.contains(&parent) => genes.push(parent),
                    Role::Transcript => open.push(parent),
                    _ => {}
                }
            }
        }
        genes
    }

    /// Moves the transcripts of GFF3 rows without a parent to the gene row of their name, if there is one at that place.
    pub(super) fn join_named_genes(&self, members: &mut BTreeMap<usize, Vec<usize>>) {
        let named: Vec<usize> =
            members.keys().copied().filter(|&slot| self.nodes[slot].kind == NodeKind::StandInGene).collect();
        if named.is_empty() || !self.has_gene_rows {
            return;
        }
        let mut by_name: HashMap<(&[u8], &str), Option<usize>> = HashMap::new();
        for (slot, (key, node)) in self.nodes.iter().enumerate() {
            if let (Role::Gene, Some(_), Some(names)) = (self.roles[slot], &node.row, &node.names) {
                let mut all = vec![names.gene_id.as_str()];
                all.extend(names.locus_tag.as_deref());
                all.extend(names.gene_name.as_deref());
                all.sort_unstable();
                all.dedup();
                for name in all {
                    by_name.entry((chrom(key), name)).and_modify(|other| *other = None).or_insert(Some(slot));
                }
            }
        }
        for slot in named {
            let (key, node) = self.nodes.get_index(slot).expect("members are nodes");
            let name = node.names.as_ref().map_or("", |names| names.gene_id.as_str());
            let Some(&Some(gene)) = by_name.get(&(chrom(key), name)) else { continue };
            let row = self.nodes[gene].row.as_ref().expect("only genes with a row are listed");
            let is_there = |&transcript: &usize| {
                let (extent, strands) = place(&self.nodes[transcript]);
                row.extent.start <= extent.start && extent.end <= row.extent.end && !row.strands.with(strands).is_both()
            };
            if members[&slot].iter().all(is_there) {
                let transcripts = members.remove(&slot).unwrap_or_default();
                let joined = members.entry(gene).or_default();
                joined.extend(transcripts);
                joined.sort_by_key(|&slot| self.nodes[slot].line());
            }
        }
    }

    /// Records rows that belong to no gene.
    pub(super) fn exclude_rows_without_role(&mut self, shared_parts: &BTreeMap<Box<[usize]>, (u64, u64)>) {
        let is_lost = |slot: usize| matches!(self.roles[slot], Role::Other | Role::Cyclic);
        let mut lost: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for (slot, node) in self.nodes.values().enumerate() {
            if is_lost(slot) && node.parts.rows > 0 && (node.parts.has_structure() || node.row.is_none()) {
                lost.insert(slot, (node.parts.rows, node.parts.first_line));
            }
        }
        for (parents, &(rows, line)) in shared_parts {
            if parents.iter().all(|&parent| is_lost(parent)) {
                let entry = lost.entry(parents[0]).or_insert((0, line));
                *entry = (entry.0 + rows, entry.1.min(line));
            }
        }
        for slot in 0..self.nodes.len() {
            let node = &self.nodes[slot];
            match (&node.row, self.roles[slot]) {
                (Some(row), Role::Cyclic) => {
                    let detail = format!("line {}: the row descends from itself", row.line);
                    self.excluded.push(Exclusion::new(self.name_of(slot), ExclusionReason::CyclicParent, detail));
                }
                (Some(row), Role::Other) if row.class == RowClass::Transcript => {
                    let detail = format!("line {}: the parent of the transcript is not a gene", row.line);
                    self.excluded.push(Exclusion::new(self.name_of(slot), ExclusionReason::NoGeneRow, detail));
                }
                _ => {}
            }
            if let Some((rows, line)) = lost.get(&slot) {
                let detail = match &node.row {
                    Some(row) => format!(
                        "{rows} exon, CDS or UTR rows, the first in line {line}; the row in line {} is no transcript",
                        row.line
                    ),
                    None => {
                        format!("{rows} exon, CDS or UTR rows, the first in line {line}; no row has this identifier")
                    }
                };
                self.excluded.push(Exclusion::new(self.name_of(slot), ExclusionReason::NoTranscriptRow, detail));
            }
        }
    }
}
