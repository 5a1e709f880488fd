//! Check for genes in two splits.

use std::collections::BTreeMap;

use tatabox_sequence::strip_version;

use super::check::{AuditCheck, Verdict, count_noun};
use crate::error::examples;
use crate::prepared::{GeneEntry, PreparedDataset};
use crate::split::Split;

/// FAIL for an identifier in two splits. WARN for a name in two splits, since families such as `Y_RNA` share names.
pub(super) fn check(dataset: &PreparedDataset) -> AuditCheck {
    let identifiers = in_two_splits(dataset.genes(), |gene| Some(strip_version(&gene.gene_id).to_string()));
    let names = in_two_splits(dataset.genes(), |gene| gene.gene_name.clone());
    let verdict = match (identifiers.is_empty(), names.is_empty()) {
        (false, _) => Verdict::Fail,
        (true, false) => Verdict::Warn,
        (true, true) => Verdict::Pass,
    };
    let described = |found: &[String], noun: &str| {
        let shown = if found.is_empty() { String::new() } else { format!(" ({})", examples(found)) };
        format!("{}{shown}", count_noun(found.len(), noun))
    };
    let finding =
        format!("{} and {} in two splits", described(&identifiers, "gene identifier"), described(&names, "gene name"));
    AuditCheck::new("gene identifiers", verdict, finding)
        .with("identifiers_in_two_splits", identifiers.len() as f64)
        .with("names_in_two_splits", names.len() as f64)
}

/// Upper-case names that genes of different splits share.
fn in_two_splits(genes: &[GeneEntry], name_of: impl Fn(&GeneEntry) -> Option<String>) -> Vec<String> {
    let mut split_of: BTreeMap<String, (Split, bool)> = BTreeMap::new();
    for gene in genes {
        if let Some(name) = name_of(gene) {
            let entry = split_of.entry(name.to_ascii_uppercase()).or_insert((gene.split, false));
            entry.1 |= entry.0 != gene.split;
        }
    }
    split_of.into_iter().filter(|(_, (_, is_in_several))| *is_in_several).map(|(name, _)| name).collect()
}
