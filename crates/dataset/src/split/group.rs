//! Groups of genes that are assigned to splits and folds together.

use std::collections::BTreeMap;

use super::SplitMethod;

/// Properties of a gene that determine its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitKey<'a> {
    /// Chromosome of the gene's contig ("chr6" for "chr6_cox_hap2"), if known.
    pub chromosome: Option<&'a str>,
    /// TSS on the chromosome, if known; `None` on an alternative contig.
    pub tss: Option<u64>,
}

impl<'a> SplitKey<'a> {
    /// Key of a gene on `contig`, which belongs to `chromosome`. Positions on alternative contigs (`chr6_cox_hap2`) are
    /// ignored, since they are not comparable with positions on the chromosome.
    pub fn new(contig: Option<&str>, chromosome: Option<&'a str>, tss: Option<u64>) -> Self {
        let is_main = contig.is_none_or(|contig| !contig.contains('_') || chromosome == Some(contig));
        Self { chromosome, tss: tss.filter(|_| is_main) }
    }
}

/// Groups of genes.
pub(super) struct SplitGroups<'a> {
    /// Genes of each known chromosome.
    pub(super) chromosomes: BTreeMap<&'a str, Vec<usize>>,
    /// Groups that are assigned as a whole: chromosomes, or runs of overlapping windows if there are too few
    /// chromosomes.
    pub(super) groups: Vec<Vec<usize>>,
    /// Genes without a known chromosome.
    pub(super) single: Vec<usize>,
    /// Kind of group.
    pub(super) method: SplitMethod,
}

impl<'a> SplitGroups<'a> {
    /// Groups genes by chromosome, however few chromosomes there are.
    pub(super) fn whole_chromosomes(keys: &[SplitKey<'a>]) -> Self {
        let (chromosomes, single) = by_chromosome(keys);
        let groups = chromosomes.values().cloned().collect();
        let method = match (chromosomes.is_empty(), single.is_empty()) {
            (true, _) => SplitMethod::Genes,
            (false, true) => SplitMethod::Chromosomes,
            (false, false) => SplitMethod::ChromosomesAndGenes,
        };
        Self { chromosomes, groups, single, method }
    }

    /// Groups genes by chromosome; with fewer than three chromosomes by runs of overlapping windows, `window_bp` long.
    pub(super) fn of(keys: &[SplitKey<'a>], window_bp: u64) -> Self {
        let whole = Self::whole_chromosomes(keys);
        let placed = keys.iter().all(|key| key.chromosome.is_none() || key.tss.is_some());
        if whole.chromosomes.len() >= 3 || whole.chromosomes.is_empty() {
            return whole;
        }
        let groups = if placed {
            whole.chromosomes.values().flat_map(|genes| overlapping_runs(genes, keys, window_bp)).collect()
        } else {
            whole.groups
        };
        Self { groups, method: SplitMethod::OverlappingWindows, ..whole }
    }
}

/// Genes of each known chromosome, and genes without one.
fn by_chromosome<'a>(keys: &[SplitKey<'a>]) -> (BTreeMap<&'a str, Vec<usize>>, Vec<usize>) {
    let mut chromosomes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut single = Vec::new();
    for (gene, key) in keys.iter().enumerate() {
        match key.chromosome {
            Some(chromosome) => chromosomes.entry(chromosome).or_default().push(gene),
            None => single.push(gene),
        }
    }
    (chromosomes, single)
}

/// Runs of genes on one chromosome whose windows may overlap.
fn overlapping_runs(genes: &[usize], keys: &[SplitKey<'_>], window_bp: u64) -> Vec<Vec<usize>> {
    let mut sorted: Vec<(u64, usize)> = genes.iter().filter_map(|&gene| Some((keys[gene].tss?, gene))).collect();
    sorted.sort_unstable();
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut previous = None;
    for (tss, gene) in sorted {
        // A window extends less than its length to either side of the TSS, so overlapping windows are less than twice
        // that apart.
        let joins = previous.is_some_and(|before| tss - before < 2 * window_bp);
        match runs.last_mut() {
            Some(run) if joins => run.push(gene),
            _ => runs.push(vec![gene]),
        }
        previous = Some(tss);
    }
    runs
}
