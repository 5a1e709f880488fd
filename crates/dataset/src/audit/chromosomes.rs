//! Check for chromosomes in two splits.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{AuditCheck, Verdict, count_noun};
use crate::error::examples;
use crate::prepared::PreparedDataset;
use crate::split::{Split, SplitMethod, natural_order};

/// FAIL if the split method holds out whole chromosomes and a chromosome is in two splits. WARN for other split
/// methods, since neighbouring genes share regulatory context, and for genes without a known chromosome, which may be
/// neighbours.
pub(super) fn check(dataset: &PreparedDataset) -> AuditCheck {
    let shared = in_two_splits(dataset);
    let unknown = dataset.genes().iter().filter(|gene| gene.chrom.is_none()).count();
    let promised =
        matches!(dataset.manifest().split.rule.method, SplitMethod::Chromosomes | SplitMethod::ChromosomesAndGenes);
    let verdict = match (shared.is_empty(), unknown) {
        (false, _) if promised => Verdict::Fail,
        (true, 0) => Verdict::Pass,
        _ => Verdict::Warn,
    };
    let found = if shared.is_empty() {
        "no chromosome in two splits".to_owned()
    } else {
        format!("{} in two splits ({})", count_noun(shared.len(), "chromosome"), examples(&shared))
    };
    let mut clauses = vec![found];
    if unknown > 0 {
        clauses.push(format!("{} without a known chromosome, which may be neighbours", count_noun(unknown, "gene")));
    }
    AuditCheck::new("chromosomes", verdict, clauses.join("; "))
        .with("chromosomes_in_two_splits", shared.len() as f64)
        .with("genes_of_unknown_chromosome", unknown as f64)
}

/// Chromosomes (including their alternative contigs) with genes in several splits, in natural order.
pub(super) fn in_two_splits(dataset: &PreparedDataset) -> Vec<String> {
    let mut splits: BTreeMap<String, BTreeSet<Split>> = BTreeMap::new();
    let names = dataset.chromosome_names();
    for gene in dataset.genes() {
        if let Some(contig) = &gene.chrom {
            splits.entry(names.of(contig)).or_default().insert(gene.split);
        }
    }
    let mut shared: Vec<String> =
        splits.into_iter().filter(|(_, splits)| splits.len() > 1).map(|(chromosome, _)| chromosome).collect();
    shared.sort_by(|a, b| natural_order(a, b));
    shared
}
