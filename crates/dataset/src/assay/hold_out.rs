//! Splits of the rows of assays, which follow the splits of the genes.

use std::collections::{BTreeMap, BTreeSet};

use super::{AssayRecord, AssayRow};
use crate::io::checksum::fraction_of_text;
use crate::split::{Split, SplitRule};

/// Splits of genes and chromosomes that the rows of assays follow.
pub(crate) struct HeldOut<'a> {
    /// Split of each gene.
    genes: &'a [Split],
    /// Split of each chromosome with genes; `None` if its genes are in several splits.
    chromosomes: BTreeMap<&'a str, Option<Split>>,
    /// Split of chromosomes and groups that no gene decides, by name: chromosomes without genes, groups without a chromosome.
    other: &'a dyn Fn(&str) -> Split,
}

impl<'a> HeldOut<'a> {
    /// Splits of genes, each with its chromosome if known.
    pub(crate) fn new(genes: &'a [Split], chromosomes: &'a [Option<String>], other: &'a dyn Fn(&str) -> Split) -> Self {
        let mut of_chromosomes: BTreeMap<&str, Option<Split>> = BTreeMap::new();
        for (chromosome, &split) in chromosomes.iter().zip(genes) {
            if let Some(chromosome) = chromosome {
                let known = of_chromosomes.entry(chromosome).or_insert(Some(split));
                *known = known.filter(|&known| known == split);
            }
        }
        Self { genes, chromosomes: of_chromosomes, other }
    }

    /// Split of a chromosome; `None` if the genes on it are in several splits, as genes that are split one by one are.
    pub(crate) fn of_chromosome(&self, chromosome: &str) -> Option<Split> {
        self.chromosomes.get(chromosome).copied().unwrap_or_else(|| Some((self.other)(chromosome)))
    }

    /// Sets the splits of the rows of all assays, each with its name. Rows of a group are in one split: that of their chromosomes
    /// and of the genes that they resemble; in none, if these are in several splits; by name, if there are none.
    pub(crate) fn assign(&self, assays: &mut [(&str, &mut [AssayRow])]) {
        let mut splits: BTreeMap<u32, BTreeSet<Split>> = BTreeMap::new();
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        for (assay, rows) in &*assays {
            for row in &**rows {
                let of_group = splits.entry(row.group).or_default();
                of_group.extend(row.chromosomes.iter().filter_map(|chromosome| self.of_chromosome(chromosome)));
                of_group.extend(row.genes.iter().map(|&gene| self.genes[gene as usize]));
                names.entry(row.group).or_insert_with(|| format!("{assay}/{}", row.id));
            }
        }
        let split_of: BTreeMap<u32, Option<Split>> = splits
            .into_iter()
            .map(|(group, splits)| {
                let split = match splits.len() {
                    0 => Some((self.other)(&names[&group])),
                    1 => splits.first().copied(),
                    _ => None,
                };
                (group, split)
            })
            .collect();
        for row in assays.iter_mut().flat_map(|(_, rows)| rows.iter_mut()) {
            row.split = split_of[&row.group];
        }
    }
}

/// Split by name for a rule: names are spread over the splits with its fractions.
pub(crate) fn split_by_name(rule: &SplitRule, name: &str) -> Split {
    let fraction = fraction_of_text(&format!("seed {}: {name}", rule.seed));
    let [train, validation, _] = rule.fractions;
    match fraction {
        low if low < train => Split::Train,
        middle if middle < train + validation => Split::Validation,
        _ => Split::Test,
    }
}

impl AssayRecord {
    /// Counts rows by split.
    pub(crate) fn count_splits(&mut self, splits: impl Iterator<Item = Option<Split>>) {
        self.splits.clear();
        for split in splits.flatten() {
            *self.splits.entry(split.to_string()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, group: u32, chromosomes: &[&str], genes: &[u32]) -> AssayRow {
        let chromosomes = chromosomes.iter().map(|&name| name.to_owned()).collect();
        AssayRow { id: id.to_owned(), chromosomes, genes: genes.to_vec(), group, split: None, insert: 0..1 }
    }

    #[test]
    fn assign_follows_chromosomes_genes_and_groups() {
        let genes = [Split::Train, Split::Test, Split::Validation, Split::Train];
        let chromosomes = ["chr1", "chr2", "chr3", "chr3"].map(|name| Some(name.to_owned()));
        let other = |name: &str| if name == "a/alone" { Split::Validation } else { Split::Test };
        let held_out = HeldOut::new(&genes, &chromosomes, &other);
        let mut first = [
            row("chromosome", 0, &["chr1"], &[]),
            row("gene", 1, &["chr2"], &[1]),
            row("without", 1, &[], &[]),
            row("both", 2, &["chr1", "chr2"], &[]),
            row("alone", 3, &[], &[]),
            row("divided", 4, &["chr3"], &[2]),
        ];
        let mut second = [row("no genes", 5, &["chrY"], &[]), row("group of both", 2, &[], &[0])];
        held_out.assign(&mut [("a", &mut first), ("b", &mut second)]);
        let splits: Vec<Option<Split>> = first.iter().chain(&second).map(|row| row.split).collect();
        let [train, validation, test] = Split::ALL.map(Some);
        assert_eq!(splits, [train, test, test, None, validation, validation, test, None]);
    }

    #[test]
    fn split_by_name_keeps_fractions() {
        let rule = |seed| SplitRule {
            seed,
            fractions: [0.7, 0.1, 0.2],
            method: crate::split::SplitMethod::Chromosomes,
            held_out: crate::split::HeldOutChromosomes::default(),
        };
        let counts = |seed| {
            let mut counts = [0; 3];
            (0..2_000).for_each(|row| counts[split_by_name(&rule(seed), &format!("r{row}")).index()] += 1);
            counts
        };
        // Standard deviations 20, 13 and 18.
        let [train, validation, test] = counts(1);
        assert!((1_330..1_470).contains(&train) && (150..250).contains(&validation), "{train} {validation}");
        assert_eq!(train + validation + test, 2_000);
        assert_ne!(counts(1), counts(2));
    }
}
