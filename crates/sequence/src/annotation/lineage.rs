//! Roles of the nodes of an annotation, from their relatives.

use super::assembly::Nodes;
use super::node::{Node, NodeKind};
use super::row_type::RowClass;

/// Generations from a gene to its most distant descendant that are followed; real files have four.
const MAX_GENERATIONS: usize = 16;

/// Role of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Not known, because the node descends from itself.
    Cyclic,
    Gene,
    /// Transcript of the genes among its ancestors.
    Transcript,
    /// Product of a transcript, such as a mature miRNA.
    Product,
    /// Neither gene nor transcript.
    Other,
}

/// Children of a node that matter for its role.
#[derive(Clone, Copy, Default)]
struct Children {
    has_transcript: bool,
    has_transcript_with_parts: bool,
}

/// Role of every node.
///
/// Types of rows are only a hint: Ensembl has genes of type `RNA` and transcripts of type `pseudogene`, TAIR has
/// transcripts of type `mRNA_TE_gene`. A row below a gene is a transcript of it, whatever its type.
pub(crate) fn roles(nodes: &Nodes) -> Vec<Role> {
    let mut children = vec![Children::default(); nodes.len()];
    for node in nodes.values().filter(|node| node.is_typed_transcript()) {
        for &parent in &node.parents {
            children[parent].has_transcript = true;
            children[parent].has_transcript_with_parts |= node.parts.has_structure();
        }
    }
    let mut roles = vec![Role::Cyclic; nodes.len()];
    let mut open: Vec<usize> = (0..nodes.len()).collect();
    for _ in 0..MAX_GENERATIONS {
        let before = open.len();
        open.retain(|&slot| {
            let node = &nodes[slot];
            if node.parents.iter().any(|&parent| roles[parent] == Role::Cyclic) {
                return true;
            }
            roles[slot] = role(node, children[slot], nodes, &roles);
            false
        });
        if open.len() == before {
            break;
        }
    }
    roles
}

/// Role of a node whose parents have their roles.
fn role(node: &Node, children: Children, nodes: &Nodes, roles: &[Role]) -> Role {
    let has_parent = |role: Role| node.parents.iter().any(|&parent| roles[parent] == role);
    let Some(row) = &node.row else {
        return match node.kind {
            NodeKind::NamedGene | NodeKind::StandInGene => Role::Gene,
            NodeKind::Feature if !node.parents.is_empty() => Role::Transcript,
            NodeKind::Feature if children.has_transcript => Role::Gene,
            NodeKind::Feature | NodeKind::WithoutGene => Role::Other,
        };
    };
    match row.class {
        RowClass::Gene if has_parent(Role::Gene) && !children.has_transcript => Role::Transcript,
        RowClass::Gene => Role::Gene,
        RowClass::Transcript => {
            let names_its_gene = node.parents.iter().any(|&parent| nodes[parent].kind != NodeKind::StandInGene);
            let is_gene = row.is_named_as_gene || (!node.parts.has_structure() && children.has_transcript_with_parts);
            if !names_its_gene && is_gene {
                Role::Gene
            } else if has_parent(Role::Gene) {
                Role::Transcript
            } else if has_parent(Role::Transcript) {
                if codes_for_its_transcript(node, nodes) { Role::Transcript } else { Role::Product }
            } else if has_parent(Role::Product) {
                Role::Product
            } else {
                Role::Other
            }
        }
        _ if has_parent(Role::Gene) && node.parts.has_structure() => Role::Transcript,
        _ if node.parents.is_empty() && children.has_transcript => Role::Gene,
        _ => Role::Other,
    }
}

/// Whether a transcript below a transcript has the coding sequence, because its parent has no parts.
fn codes_for_its_transcript(node: &Node, nodes: &Nodes) -> bool {
    node.parts.has_coding && node.parents.iter().all(|&parent| !nodes[parent].parts.has_structure())
}
