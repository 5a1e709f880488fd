//! What must not be parted when genes are dealt to splits or folds.

use std::collections::BTreeMap;

use super::SplitMethod;

/// What of a gene decides its split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitKey<'a> {
    /// Chromosome the gene's contig belongs to ("chr6" for "chr6_cox_hap2"), when known.
    pub chromosome: Option<&'a str>,
    /// TSS, when known on the chromosome itself (not on an alternative contig).
    pub tss: Option<u64>,
}

impl<'a> SplitKey<'a> {
    /// The key of a gene on `contig`, which belongs to `chromosome`. Positions on alternative contigs (`chr6_cox_hap2`)
    /// cannot be compared with the chromosome's own, and are left out.
    pub fn new(contig: Option<&str>, chromosome: Option<&'a str>, tss: Option<u64>) -> Self {
        let is_main = contig.is_none_or(|contig| !contig.contains('_') || chromosome == Some(contig));
        Self { chromosome, tss: tss.filter(|_| is_main) }
    }
}

/// Genes that stay together.
pub(super) struct SplitGroups<'a> {
    /// Genes of each known chromosome.
    pub(super) chromosomes: BTreeMap<&'a str, Vec<usize>>,
    /// What is dealt as a whole: chromosomes, or runs of overlapping windows where there are too few of them.
    pub(super) groups: Vec<Vec<usize>>,
    /// Genes of no known chromosome.
    pub(super) single: Vec<usize>,
    /// How the groups were made.
    pub(super) method: SplitMethod,
}

impl<'a> SplitGroups<'a> {
    /// Groups genes by chromosome; with fewer than three chromosomes by runs of windows, `window_bp` long, that overlap.
    pub(super) fn of(keys: &[SplitKey<'a>], window_bp: u64) -> Self {
        let mut chromosomes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut single = Vec::new();
        for (gene, key) in keys.iter().enumerate() {
            match key.chromosome {
                Some(chromosome) => chromosomes.entry(chromosome).or_default().push(gene),
                None => single.push(gene),
            }
        }
        let by_chromosome = chromosomes.len() >= 3 || chromosomes.is_empty();
        let placed = keys.iter().all(|key| key.chromosome.is_none() || key.tss.is_some());
        let groups: Vec<Vec<usize>> = if by_chromosome || !placed {
            chromosomes.values().cloned().collect()
        } else {
            chromosomes.values().flat_map(|genes| overlapping_runs(genes, keys, window_bp)).collect()
        };
        let method = match (chromosomes.is_empty(), single.is_empty()) {
            (true, _) => SplitMethod::Genes,
            _ if !by_chromosome => SplitMethod::OverlappingWindows,
            (false, true) => SplitMethod::Chromosomes,
            (false, false) => SplitMethod::ChromosomesAndGenes,
        };
        Self { chromosomes, groups, single, method }
    }
}

/// Runs of genes of one chromosome, each closer than a window to the next.
fn overlapping_runs(genes: &[usize], keys: &[SplitKey<'_>], window_bp: u64) -> Vec<Vec<usize>> {
    let mut sorted: Vec<(u64, usize)> = genes.iter().filter_map(|&gene| Some((keys[gene].tss?, gene))).collect();
    sorted.sort_unstable();
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut previous = None;
    for (tss, gene) in sorted {
        // A window reaches less than its length to either side of the TSS, so two reach less than twice that.
        let joins = previous.is_some_and(|before| tss - before < 2 * window_bp);
        match runs.last_mut() {
            Some(run) if joins => run.push(gene),
            _ => runs.push(vec![gene]),
        }
        previous = Some(tss);
    }
    runs
}
