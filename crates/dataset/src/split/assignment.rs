//! Assignment of genes to splits that keeps overlapping windows together.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::group::{SplitGroups, SplitKey};
use super::{HeldOutChromosomes, Split, SplitRule, SplitSummary};
use crate::error::{DatasetError, Result};

/// Number of group orders tried. More do not improve the fractions for the two dozen chromosomes of a genome.
const ATTEMPTS: usize = 512;

/// Assigns genes to the three splits with fractions as close to `fractions` as whole groups allow.
///
/// A group is a chromosome. With fewer than three chromosomes it is a run of genes whose windows, `window_bp` long,
/// overlap. A gene without a known chromosome is assigned on its own, at random. The same keys and seed give the same
/// splits.
///
/// Chromosomes that `held_out` names are the validation and test splits; the remaining groups fill the splits without a
/// name, and genes without a known chromosome are train genes.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for fractions that are not positive or do not sum to 1, and for a chromosome of
/// `held_out` that has no genes or is named twice; [`DatasetError::EmptySplit`] for fewer than three groups.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{HeldOutChromosomes, SplitKey, SplitRule, assign_splits};
///
/// let on = |chromosome, tss| SplitKey { chromosome: Some(chromosome), tss: Some(tss) };
/// let genes = [on("chr1", 100), on("chr1", 9_000), on("chr2", 50), on("chr3", 70)];
/// let fractions = SplitRule::DEFAULT_FRACTIONS;
/// let (splits, summary) = assign_splits(&genes, 600, 42, fractions, &HeldOutChromosomes::default())?;
/// assert_eq!(splits[0], splits[1], "a chromosome is never divided");
/// assert_eq!(summary.train.chromosomes, ["chr1"]);
///
/// let held_out = HeldOutChromosomes { test: vec!["chr1".into()], validation: vec!["chr3".into()] };
/// let (_, summary) = assign_splits(&genes, 600, 42, fractions, &held_out)?;
/// assert_eq!(summary.train.chromosomes, ["chr2"]);
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
pub fn assign_splits(
    keys: &[SplitKey<'_>],
    window_bp: u64,
    seed: u64,
    fractions: [f64; 3],
    held_out: &HeldOutChromosomes,
) -> Result<(Vec<Split>, SplitSummary)> {
    check_fractions(fractions)?;
    let mut splits = vec![Split::Train; keys.len()];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let named = !held_out.is_empty();
    let SplitGroups { chromosomes, groups, mut single, method } =
        if named { SplitGroups::whole_chromosomes(keys) } else { SplitGroups::of(keys, window_bp) };
    if named || (!groups.is_empty() && single.len() < 3) {
        // Genes that may be on a held-out chromosome, or too few genes for three splits: they remain in train.
        single.clear();
    }
    let chosen = held_out.resolve(&chromosomes)?;
    let fixed: Vec<Option<Split>> =
        groups.iter().map(|group| chosen.get(keys[group[0]].chromosome.filter(|_| named)?).copied()).collect();
    let singles: Vec<Vec<usize>> = single.into_iter().map(|gene| vec![gene]).collect();
    let no_single_is_fixed = vec![None; singles.len()];
    for (part, fixed) in [(groups, fixed), (singles, no_single_is_fixed)] {
        if part.is_empty() {
            continue;
        }
        for (group, split) in part.iter().zip(assign_groups(&part, &fixed, fractions, &mut rng)?) {
            for &gene in group {
                splits[gene] = split;
            }
        }
    }
    let rule = SplitRule { seed, fractions, method, held_out: held_out.clone() };
    let summary = SplitSummary::of(rule, &chromosomes, &splits);
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

/// Split of each group, which is the fixed one or, of many random orders, the one whose fractions are closest to
/// `fractions`. A split with a fixed group gets no other one, except for train.
fn assign_groups(
    groups: &[Vec<usize>],
    fixed: &[Option<Split>],
    fractions: [f64; 3],
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Split>> {
    let open: Vec<Split> = [Split::Test, Split::Validation, Split::Train]
        .into_iter()
        .filter(|split| !fixed.contains(&Some(*split)))
        .collect();
    let mut order: Vec<usize> = (0..groups.len()).filter(|&group| fixed[group].is_none()).collect();
    if order.len() < open.len() {
        if open.len() < Split::ALL.len() {
            return Err(DatasetError::InvalidSetting {
                field: "held-out chromosomes",
                value: format!("{} of {}", groups.len() - order.len(), groups.len()),
                expected: format!(
                    "the {} split would be empty; hold out fewer chromosomes",
                    open.last().expect("a split is open")
                ),
            });
        }
        let split = if groups.len() < 2 { Split::Validation } else { Split::Test };
        return Err(DatasetError::EmptySplit { split, groups: groups.len() });
    }
    let total: usize = groups.iter().map(Vec::len).sum();
    let targets = fractions.map(|fraction| fraction * total as f64);
    // Groups of one gene reach the target fractions in any order, and so does a single open split.
    let attempts = if total == groups.len() || open.len() == 1 { 1 } else { ATTEMPTS };
    let mut best: Option<(f64, Vec<Split>)> = None;
    for _ in 0..attempts {
        order.shuffle(rng);
        let (deviation, splits) = fill(groups, fixed, &open, &order, targets);
        if best.as_ref().is_none_or(|(least, _)| deviation < *least) {
            best = Some((deviation, splits));
        }
    }
    Ok(best.expect("at least one attempt is made").1)
}

/// Assigns one group of `order` to each open split, then every other group to open test or validation if that brings the
/// split closer to its target, and otherwise to train. Returns the deviation from the targets as well.
fn fill(
    groups: &[Vec<usize>],
    fixed: &[Option<Split>],
    open: &[Split],
    order: &[usize],
    targets: [f64; 3],
) -> (f64, Vec<Split>) {
    let mut splits: Vec<Split> = fixed.iter().map(|split| split.unwrap_or(Split::Train)).collect();
    let mut genes = [0.0_f64; 3];
    for (group, split) in groups.iter().zip(fixed).filter_map(|(group, split)| Some((group, (*split)?))) {
        genes[split.index()] += group.len() as f64;
    }
    for (turn, &group) in order.iter().enumerate() {
        let size = groups[group].len() as f64;
        let nearer = |split: &Split| {
            let (have, target) = (genes[split.index()], targets[split.index()]);
            *split != Split::Train && (have + size - target).abs() < (have - target).abs()
        };
        let first = open.get(turn).copied();
        let split = first.or_else(|| open.iter().copied().find(nearer)).unwrap_or(Split::Train);
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
    const RANDOM: HeldOutChromosomes = HeldOutChromosomes { validation: Vec::new(), test: Vec::new() };

    fn on(chromosome: &str, tss: u64) -> SplitKey<'_> {
        SplitKey { chromosome: Some(chromosome), tss: Some(tss) }
    }

    #[test]
    fn assign_splits_keeps_chromosomes_whole_near_target_fractions() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let keys: Vec<SplitKey<'_>> =
            names.iter().enumerate().flat_map(|(n, name)| vec![on(name, 5); 100 - 3 * n]).collect();
        let (splits, summary) = assign_splits(&keys, 300, 7, FRACTIONS, &RANDOM).expect("twenty chromosomes");
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
        let splits_of = |seed| assign_splits(&keys, 300, seed, FRACTIONS, &RANDOM).expect("twenty chromosomes").0;
        assert_eq!(splits_of(1), splits_of(1));
        assert_ne!(splits_of(1), splits_of(2));
    }

    #[test]
    fn assign_splits_three_unequal_chromosomes_fill_three_splits() {
        let mut keys = vec![on("chr1", 1); 90];
        keys.extend([on("chr2", 1), on("chrX", 1)]);
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS, &RANDOM).expect("three chromosomes");
        assert_eq!(summary.train.chromosomes, ["chr1"]);
        assert_eq!((summary.validation.genes, summary.test.genes), (1, 1));
    }

    #[test]
    fn assign_splits_single_chromosome_keeps_overlapping_windows_together() {
        // Pairs 100 bp apart, 10 kb between pairs.
        let keys: Vec<SplitKey<'_>> = (0..40).map(|n| on("chr22", (n / 2) * 10_000 + (n % 2) * 100)).collect();
        let (splits, summary) = assign_splits(&keys, 300, 0, FRACTIONS, &RANDOM).expect("twenty runs");
        assert!(splits.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(summary.rule.method, SplitMethod::OverlappingWindows);
        assert!(summary.test.chromosomes.is_empty());
    }

    #[test]
    fn assign_splits_unknown_chromosome_assigns_single_genes() {
        let keys = vec![SplitKey { chromosome: None, tss: None }; 100];
        let (_, summary) = assign_splits(&keys, 300, 0, FRACTIONS, &RANDOM).expect("hundred genes");
        assert_eq!([summary.train.genes, summary.validation.genes, summary.test.genes], [70, 15, 15]);
        assert_eq!(summary.rule.method, SplitMethod::Genes);
    }

    #[test]
    fn assign_splits_two_groups_returns_error() {
        let keys = [SplitKey { chromosome: Some("chr1"), tss: None }, on("chr2", 9)];
        let error = assign_splits(&keys, 300, 0, FRACTIONS, &RANDOM).expect_err("two chromosomes");
        assert!(error.to_string().contains("test split would be empty: the genes form 2 groups"), "{error}");
        assert!(assign_splits(&keys, 300, 0, [0.5, 0.5, 0.5], &RANDOM).is_err());
    }

    fn held_out(validation: &[&str], test: &[&str]) -> HeldOutChromosomes {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        HeldOutChromosomes { validation: owned(validation), test: owned(test) }
    }

    #[test]
    fn assign_splits_named_chromosomes_are_held_out_and_the_rest_trains() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let mut keys: Vec<SplitKey<'_>> = names.iter().flat_map(|name| vec![on(name, 5); 10]).collect();
        keys.push(SplitKey { chromosome: None, tss: None });
        let chosen = held_out(&["chr10"], &["chr8", "9"]);
        let (splits, summary) = assign_splits(&keys, 300, 42, FRACTIONS, &chosen).expect("known chromosomes");
        assert_eq!(summary.test.chromosomes, ["chr8", "chr9"]);
        assert_eq!(summary.validation.chromosomes, ["chr10"]);
        assert_eq!([summary.train.genes, summary.validation.genes, summary.test.genes], [171, 10, 20]);
        assert_eq!(splits[200], Split::Train, "a gene without a known chromosome is not held out");
        assert_eq!(summary.rule.held_out, chosen);
        let other_seed = assign_splits(&keys, 300, 1, FRACTIONS, &chosen).expect("known chromosomes").0;
        assert_eq!(other_seed, splits, "nothing is left to chance");
    }

    #[test]
    fn assign_splits_named_test_leaves_validation_to_chance() {
        let names: Vec<String> = (1..=20).map(|number| format!("chr{number}")).collect();
        let keys: Vec<SplitKey<'_>> = names.iter().flat_map(|name| vec![on(name, 5); 10]).collect();
        let (_, summary) =
            assign_splits(&keys, 300, 42, FRACTIONS, &held_out(&[], &["chr8"])).expect("a known chromosome");
        // 15% of 200 genes are three chromosomes of ten.
        assert_eq!((summary.test.genes, summary.validation.genes, summary.train.genes), (10, 30, 160));
        assert_eq!(summary.test.chromosomes, ["chr8"]);
    }

    #[test]
    fn assign_splits_named_chromosomes_of_a_small_genome_stay_whole() {
        let keys = [on("chr1", 1), on("chr1", 90_000), on("chr2", 1), on("chr2", 90_000)];
        let splits = |chosen: &HeldOutChromosomes| assign_splits(&keys, 300, 42, FRACTIONS, chosen);
        let error = splits(&held_out(&["chr1"], &["chr2"])).expect_err("nothing to train on").to_string();
        assert!(error.contains("the train split would be empty"), "{error}");
        let error = splits(&held_out(&[], &["chr2"])).expect_err("no validation").to_string();
        assert!(error.contains("split would be empty"), "{error}");
    }
}
