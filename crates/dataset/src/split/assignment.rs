//! Dealing genes to splits so that nothing which overlaps is parted.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::group::{SplitGroups, SplitKey};
use super::{Split, SplitRule, SplitSummary};
use crate::error::{DatasetError, Result};

/// Orders of the groups that are tried; more bring the shares no nearer for a genome's two dozen chromosomes.
const ATTEMPTS: usize = 512;

/// Deals genes to the three splits, with shares as near to `fractions` as whole groups allow.
///
/// A group is a chromosome. With fewer than three chromosomes it is a run of genes whose windows, `window_bp` long,
/// overlap. A gene of no known chromosome is dealt singly, at random. The same keys and seed give the same splits.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for fractions that are not positive or do not sum to 1, and
/// [`DatasetError::EmptySplit`] where there are fewer than three groups.
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
        // Too few to be dealt; they stay in train.
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
        expected: "train, validation and test shares must each be above 0 and sum to 1".to_owned(),
    })
}

/// A split for each group: of many shuffled fillings, the one whose gene shares come nearest to `fractions`.
fn assign_groups(groups: &[Vec<usize>], fractions: [f64; 3], rng: &mut ChaCha8Rng) -> Result<Vec<Split>> {
    if groups.len() < 3 {
        let split = if groups.len() < 2 { Split::Validation } else { Split::Test };
        return Err(DatasetError::EmptySplit { split, groups: groups.len() });
    }
    let total: usize = groups.iter().map(Vec::len).sum();
    let targets = fractions.map(|fraction| fraction * total as f64);
    // Groups of one gene come out right in any order.
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

/// Gives one group to each split, then every next group to test or validation where that brings it nearer to its
/// target, else to train.
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
    fn a_chromosome_is_never_parted_and_shares_come_near() {
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
        for (split, share) in Split::ALL.into_iter().zip(FRACTIONS) {
            let found = summary.part(split).genes as f64 / keys.len() as f64;
            assert!((found - share).abs() < 0.01, "{split}: {found}");
        }
        assert_eq!(summary.rule.method, SplitMethod::Chromosomes);
    }

    #[test]
    fn the_seed_decides() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let keys: Vec<SplitKey<'_>> = names.iter().map(|name| on(name, 5)).collect();
        let splits_of = |seed| assign_splits(&keys, 300, seed, FRACTIONS).expect("twenty chromosomes").0;
        assert_eq!(splits_of(1), splits_of(1));
        assert_ne!(splits_of(1), splits_of(2));
    }

    #[test]
    fn three_chromosomes_fill_three_splits_whatever_their_sizes() {
        let mut keys = vec![on("chr1", 1); 90];
        keys.extend([on("chr2", 1), on("chrX", 1)]);
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("three chromosomes");
        assert_eq!(summary.train.chromosomes, ["chr1"]);
        assert_eq!((summary.validation.genes, summary.test.genes), (1, 1));
    }

    #[test]
    fn on_one_chromosome_overlapping_windows_stay_together() {
        // Pairs 100 bp apart, 10 kb between pairs.
        let keys: Vec<SplitKey<'_>> = (0..40).map(|n| on("chr22", (n / 2) * 10_000 + (n % 2) * 100)).collect();
        let (splits, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("twenty runs");
        assert!(splits.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(summary.rule.method, SplitMethod::OverlappingWindows);
        assert!(summary.test.chromosomes.is_empty());
    }

    #[test]
    fn genes_of_no_known_chromosome_are_dealt_singly() {
        let keys = vec![SplitKey { chromosome: None, tss: None }; 100];
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS).expect("hundred genes");
        assert_eq!([summary.train.genes, summary.validation.genes, summary.test.genes], [70, 15, 15]);
        assert_eq!(summary.rule.method, SplitMethod::Genes);
    }

    #[test]
    fn two_groups_are_an_error() {
        let keys = [SplitKey { chromosome: Some("chr1"), tss: None }, on("chr2", 9)];
        let error = assign_splits(&keys, 300, 0, FRACTIONS).expect_err("two chromosomes");
        assert!(error.to_string().contains("test split would be empty: the genes form 2 group(s)"), "{error}");
        assert!(assign_splits(&keys, 300, 0, [0.5, 0.5, 0.5]).is_err());
    }
}
