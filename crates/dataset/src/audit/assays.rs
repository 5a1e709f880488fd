//! Check for rows of assays that are not held out with the genes and rows they resemble.

use std::collections::{BTreeMap, BTreeSet};

use super::AuditProgress;
use super::check::{AuditCheck, Verdict, count_noun};
use crate::assay::{HeldOut, Similarities, compare};
use crate::error::examples;
use crate::prepared::PreparedDataset;
use crate::split::Split;

/// FAIL if a row of an assay is in another split than a gene or a row of any assay that its sequence resembles, or than its
/// chromosome; `None` for a data set without rows of assays. Sequences are compared again, as in the preparation.
pub(super) fn check(dataset: &PreparedDataset, progress: &mut dyn FnMut(AuditProgress)) -> Option<AuditCheck> {
    let rows = || {
        let assays = dataset.assays().iter();
        assays.flat_map(|assay| assay.rows.iter().map(move |row| (assay, row)))
    };
    let mut inserts = Vec::new();
    for (assay, at) in dataset.assays().iter().flat_map(|assay| (0..assay.rows.len()).map(move |at| (assay, at))) {
        let range = assay.rows[at].insert.start as usize..assay.rows[at].insert.end as usize;
        let mut codes = vec![0; range.len()];
        assay.windows.as_ref()?.decode(at, range, &mut codes);
        inserts.push(codes);
    }
    if inserts.is_empty() {
        return None;
    }
    let inserts: Vec<&[u8]> = inserts.iter().map(Vec::as_slice).collect();
    let Similarities { groups, genes } = compare(&inserts, dataset.windows(), &mut |done, total| {
        progress(AuditProgress { step: "comparing assays", done, total });
    });
    let mut splits_of: BTreeMap<u32, BTreeSet<Split>> = BTreeMap::new();
    for ((_, row), group) in rows().zip(&groups) {
        splits_of.entry(*group).or_default().extend(row.split);
    }
    let (splits, chromosomes): (Vec<Split>, _) =
        (dataset.genes().iter().map(|gene| gene.split).collect(), dataset.chromosomes());
    let held_out = HeldOut::new(&splits, &chromosomes, &|_| Split::Train);
    let known = chromosomes.iter().flatten().map(|name| (name.as_str(), held_out.of_chromosome(name)));
    let of_chromosomes: BTreeMap<&str, Option<Split>> = known.collect();
    let [mut by_row, mut by_gene, mut by_chromosome] = [Vec::new(), Vec::new(), Vec::new()];
    for (((assay, row), group), genes) in rows().zip(&groups).zip(&genes) {
        let Some(split) = row.split else { continue };
        let name = || format!("{}/{}", assay.record.name, row.id);
        if splits_of[group].len() > 1 {
            by_row.push(name());
        }
        if genes.iter().any(|&gene| splits[gene as usize] != split) {
            by_gene.push(name());
        }
        let split_of = |chromosome: &String| of_chromosomes.get(chromosome.as_str()).copied().flatten();
        if row.chromosomes.iter().any(|chromosome| split_of(chromosome).is_some_and(|other| other != split)) {
            by_chromosome.push(name());
        }
    }
    let findings = [
        (&by_row, "like a row of another split"),
        (&by_gene, "like a gene of another split"),
        (&by_chromosome, "on a chromosome of another split"),
    ];
    let clauses: Vec<String> = findings
        .iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, what)| format!("{} {what} ({})", count_noun(names.len(), "row"), examples(names)))
        .collect();
    let (verdict, finding) = if clauses.is_empty() {
        let finding = "rows are in the split of the genes and rows they resemble, and of their chromosomes";
        (Verdict::Pass, finding.to_owned())
    } else {
        (Verdict::Fail, clauses.join("; "))
    };
    let in_none = rows().filter(|(_, row)| row.split.is_none()).count();
    let check = AuditCheck::new("assays", verdict, finding)
        .with("rows", inserts.len() as f64)
        .with("rows_in_no_split", in_none as f64)
        .with("rows_like_another_split", by_row.len() as f64)
        .with("rows_like_a_gene_of_another_split", by_gene.len() as f64)
        .with("rows_on_a_chromosome_of_another_split", by_chromosome.len() as f64);
    Some(check)
}
