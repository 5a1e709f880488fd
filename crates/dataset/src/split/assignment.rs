//! Assignment of genes to splits that keeps overlapping windows together.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::group::{SplitGroups, SplitKey};
use super::{Split, SplitRule, SplitSummary};
use crate::error::{DatasetError, Result};

/// Number of group orders tried. More do not improve the fractions for the two dozen chromosomes of a genome.
const ATTEMPTS: usize = 512;

/// Assigns genes to the three splits with fractions as close to `fractions` as whole groups allow.
///
/// A group is a chromosome. With fewer than three chromosomes it is a run of genes whose windows, `window_bp` long,
/// overlap. A gene without a known chromosome is assigned on its own, at random. The same keys and seed give the same
/// splits.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for fractions that are not positive or do not sum to 1,
/// [`DatasetError::EmptySplit`] for fewer than three groups.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{SplitKey, SplitRule, assign_splits};
///
/// let on = |chromosome, tss| SplitKey { chromosome: Some(chromosome), tss: Some(tss) };
/// let genes = [on("chr1", 100), on("chr1", 9_000), on("chr2", 50), on("chr3", 70)];
/// let (splits, summary) = assign_splits(&genes, 600, 42, SplitRule::DEFAULT_FRACTIONS)?;
/// assert_eq!(splits[0], splits[1], "a chromosome is never divided");
/// assert_eq!(summary.train.chromosomes, ["chr1"]);
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
pub fn assign_splits(
    keys: &[SplitKey<'_>],
    window_bp: u64,
    seed: u64,
    fractions: [f64; 3],
) -> Result<(Vec<Split>, SplitSummary)> {
    check_fractions(fractions)?;
    let SplitGroups { chromosomes, groups, mut single, method } = SplitGroups::of(keys, window_bp);
    let mut splits = vec![Split::Train; keys.len()];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    if !groups.is_empty() && single.len() < 3 {
        // Too few for three splits; they remain in train.
        single.clear();
    }
    for part in [groups, single.into_iter().map(|gene| vec![gene]).collect()] {
        if part.is_empty() {
            continue;
        }
        for (group, split) in part.iter().zip(assign_groups(&part, fractions, &mut rng)?) {
            for &gene in group {
                splits[gene] = split;
            }
        }
    }
    let summary = SplitSummary::of(SplitRule { seed, fractions, method }, &chromosomes, &splits);
    Ok((splits, summary))
}

fn check_fractions(fractions: [f64; 3]) -> Result<()> {
    let positive = fractions.iter().all(|&fraction| fraction > 0.0);
    if positive && (fractions.iter().sum::<f64>() - 1.0).abs() < 1e-6 {
        return Ok(());
    }
    Err(DatasetError::InvalidSetting {
        field: "fractions",
        value: format!("{fractions:?}"),
        expected: "expected train, validation and test fractions above 0 that sum to 1".to_owned(),
    })
}

/// Split of each group: of many random orders, the one whose fractions are closest to `fractions`.
fn assign_groups(groups: &[Vec<usize>], fractions: [f64; 3], rng: &mut ChaCha8Rng) -> Result<Vec<Split>> {
    if groups.len() < 3 {
        let split = if groups.len() < 2 { Split::Validation } else { Split::Test };
        return Err(DatasetError::EmptySplit { split, groups: groups.len() });
    }
    let total: usize = groups.iter().map(Vec::len).sum();
    let targets = fractions.map(|fraction| fraction * total as f64);
    // Groups of one gene reach the target fractions in any order.
    let attempts = if total == groups.len() { 1 } else { ATTEMPTS };
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let mut best: Option<(f64, Vec<Split>)> = None;
    for _ in 0..attempts {
        order.shuffle(rng);
        let (deviation, splits) = fill(groups, &order, targets);
        if best.as_ref().is_none_or(|(least, _)| deviation < *least) {
            best = Some((deviation, splits));
        }
    }
    Ok(best.expect("at least one attempt is made").1)
}

/// Assigns one group to each split, then every other group to test or validation if that brings the split closer to its
/// target, and otherwise to train. Returns the deviation from the targets as well.
fn fill(groups: &[Vec<usize>], order: &[usize], targets: [f64; 3]) -> (f64, Vec<Split>) {
    let mut splits = vec![Split::Train; groups.len()];
    let mut genes = [0.0_f64; 3];
    for (turn, &group) in order.iter().enumerate() {
        let size = groups[group].len() as f64;
        let nearer = |split: &Split| {
            let (have, target) = (genes[split.index()], targets[split.index()]);
            (have + size - target).abs() < (have - target).abs()
        };
        let first = [Split::Test, Split::Validation, Split::Train].get(turn).copied();
        let split = first.or_else(|| [Split::Test, Split::Validation].into_iter().find(nearer)).unwrap_or(Split::Train);
        genes[split.index()] += size;
        splits[group] = split;
    }
    let deviation = genes.iter().zip(targets).map(|(have, target)| (have - target).abs()).sum();
    (deviation, splits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitMethod;

    const FRACTIONS: [f64; 3] = SplitRule::DEFAULT_FRACTIONS;

    fn on(chromosome: &str, tss: u64) -> SplitKey<'_> {
        SplitKey { chromosome: Some(chromosome), tss: Some(tss) }
    }

    #[test]
    fn assign_splits_keeps_chromosomes_whole_near_target_fractions() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let keys: Vec<SplitKey<'_>> =
            names.iter().enumerate().flat_map(|(n, name)| vec![on(name, 5); 100 - 3 * n]).collect();
        let (splits, summary) = assign_splits(&keys, 300, 7, FRACTIONS).expect("twenty chromosomes");
        for name in &names {
            let mut seen: Vec<Split> =
                keys.iter().zip(&splits).filter(|(key, _)| key.chromosome == Some(name)).map(|(_, &s)| s).collect();
            seen.dedup();
            assert_eq!(seen.len(), 1, "{name}");
        }
        for (split, fraction) in Split::ALL.into_iter().zip(FRACTIONS) {
            let found = summary.part(split).genes as f64 / keys.len() as f64;
            assert!((found - fraction).abs() < 0.01, "{split}: {found}");
        }
        assert_eq!(summary.rule.method, SplitMethod::Chromosomes);
    }

    #[test]
    fn assign_splits_depends_on_seed() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let keys: Vec<SplitKey<'_>> = names.iter().map(|name| on(name, 5)).collect();
        let splits_of = |seed| assign_splits(&keys, 300, seed, FRACTIONS).expect("twenty chromosomes").0;
        assert_eq!(splits_of(1), splits_of(1));
        assert_ne!(splits_of(1), splits_of(2));
    }

    #[test]
    fn assign_splits_three_unequal_chromosomes_fill_three_splits() {
        let mut keys = vec![on("chr1", 1); 90];
        keys.extend([on("chr2", 1), on("chrX", 1)]);
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("three chromosomes");
        assert_eq!(summary.train.chromosomes, ["chr1"]);
        assert_eq!((summary.validation.genes, summary.test.genes), (1, 1));
    }

    #[test]
    fn assign_splits_single_chromosome_keeps_overlapping_windows_together() {
        // Pairs 100 bp apart, 10 kb between pairs.
        let keys: Vec<SplitKey<'_>> = (0..40).map(|n| on("chr22", (n / 2) * 10_000 + (n % 2) * 100)).collect();
        let (splits, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("twenty runs");
        assert!(splits.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(summary.rule.method, SplitMethod::OverlappingWindows);
        assert!(summary.test.chromosomes.is_empty());
    }

    #[test]
    fn assign_splits_unknown_chromosome_assigns_single_genes() {
        let keys = vec![SplitKey { chromosome: None, tss: None }; 100];
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("hundred genes");
        assert_eq!([summary.train.genes, summary.validation.genes, summary.test.genes], [70, 15, 15]);
        assert_eq!(summary.rule.method, SplitMethod::Genes);
    }

    #[test]
    fn assign_splits_two_groups_returns_error() {
        let keys = [SplitKey { chromosome: Some("chr1"), tss: None }, on("chr2", 9)];
        let error = assign_splits(&keys, 300, 0, FRACTIONS).expect_err("two chromosomes");
        assert!(error.to_string().contains("test split would be empty: the genes form 2 group(s)"), "{error}");
        assert!(assign_splits(&keys, 300, 0, [0.5, 0.5, 0.5]).is_err());
    }
}
