//! Cross-validation folds of whole chromosomes.

use std::cmp::Reverse;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::group::{SplitGroups, SplitKey};
use super::{HeldOutChromosomes, Split, SplitMethod, SplitRule, SplitSummary};
use crate::error::{DatasetError, Result};
use crate::io::checksum::fraction_of_text;

/// Minimum number of folds: one for testing, one for validation and one for training.
const MIN_FOLDS: usize = 3;
/// Fraction of all genes used for validation per fold. Less than a whole fold, so that small data sets keep enough
/// train genes.
const VALIDATION_FRACTION: f64 = 0.1;

/// Cross-validation fold of every gene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    count: usize,
    origin: FoldOrigin,
    /// Fold of each gene, counted from 0.
    fold_of_gene: Vec<usize>,
    /// Whether the gene is a validation gene while the preceding fold is tested.
    validates: Vec<bool>,
}

/// Origin of an assignment to folds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FoldOrigin {
    /// Random assignment with a seed.
    Seed(u64),
    /// List of a user, with its checksum.
    Listed { checksum: String },
}

impl Folds {
    /// Assigns genes to `count` folds of similar size, with the same groups as [`assign_splits`](super::assign_splits).
    ///
    /// The largest group is assigned first, each group to the smallest fold; groups of equal size are in random order.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`] for fewer than three folds, [`DatasetError::TooFewGroups`] if a fold would be
    /// empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_dataset::{Folds, Split, SplitKey};
    ///
    /// let names = ["chr1", "chr2", "chr3", "chr4"];
    /// let genes = names.map(|name| SplitKey { chromosome: Some(name), tss: Some(1) });
    /// let folds = Folds::assign(&genes, 600, 42, 4)?;
    /// let tested: Vec<Split> = folds.splits(folds.fold_of(0));
    /// assert_eq!(tested[0], Split::Test);
    /// assert_eq!(tested.iter().filter(|&&split| split == Split::Test).count(), 1);
    /// # Ok::<(), tatabox_dataset::DatasetError>(())
    /// ```
    pub fn assign(keys: &[SplitKey<'_>], window_bp: u64, seed: u64, count: usize) -> Result<Self> {
        check_count(count)?;
        let SplitGroups { mut groups, single, .. } = SplitGroups::of(keys, window_bp);
        groups.extend(single.into_iter().map(|gene| vec![gene]));
        if groups.len() < count {
            return Err(DatasetError::TooFewGroups { folds: count, groups: groups.len() });
        }
        groups.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        groups.sort_by_key(|group| Reverse(group.len()));
        let mut fold_of_gene = vec![0; keys.len()];
        let mut sizes = vec![0; count];
        for group in &groups {
            let smallest = (0..count).min_by_key(|&fold| sizes[fold]).expect("there are folds");
            sizes[smallest] += group.len();
            for &gene in group {
                fold_of_gene[gene] = smallest;
            }
        }
        let validates = validation_genes(&groups, &fold_of_gene, count);
        Ok(Self { count, origin: FoldOrigin::Seed(seed), fold_of_gene, validates })
    }

    /// Folds that a user lists: `fold_of_gene` counts from 0, and `checksum` identifies the list. The part of a chromosome
    /// in one fold is a group.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`] for fewer than three folds, [`DatasetError::EmptyFold`] for a fold without genes.
    pub(crate) fn listed(
        keys: &[SplitKey<'_>],
        window_bp: u64,
        fold_of_gene: Vec<usize>,
        count: usize,
        checksum: String,
    ) -> Result<Self> {
        check_count(count)?;
        if let Some(empty) = (0..count).find(|fold| !fold_of_gene.contains(fold)) {
            return Err(DatasetError::EmptyFold { fold: empty + 1 });
        }
        let SplitGroups { groups, single, .. } = SplitGroups::of(keys, window_bp);
        let in_fold = |group: &[usize], fold: usize| -> Vec<usize> {
            group.iter().copied().filter(|&gene| fold_of_gene[gene] == fold).collect()
        };
        let in_fold = &in_fold;
        let mut parts: Vec<Vec<usize>> =
            groups.iter().flat_map(|group| (0..count).map(move |fold| in_fold(group, fold))).collect();
        parts.extend(single.into_iter().map(|gene| vec![gene]));
        parts.retain(|part| !part.is_empty());
        parts.sort_by_key(|part| Reverse(part.len()));
        let validates = validation_genes(&parts, &fold_of_gene, count);
        Ok(Self { count, origin: FoldOrigin::Listed { checksum }, fold_of_gene, validates })
    }

    /// Folds of other rows: row `index` is assigned to the fold of gene `genes[index]`.
    pub(crate) fn of_rows(&self, genes: &[usize]) -> Self {
        Self {
            fold_of_gene: genes.iter().map(|&gene| self.fold_of_gene[gene]).collect(),
            validates: genes.iter().map(|&gene| self.validates[gene]).collect(),
            count: self.count,
            origin: self.origin.clone(),
        }
    }

    /// Number of folds.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Text that identifies the assignment of the same genes: its number of folds with the seed or the listed folds.
    pub(crate) fn identity(&self) -> String {
        match &self.origin {
            FoldOrigin::Seed(seed) => format!("{} seed {seed}", self.count),
            FoldOrigin::Listed { checksum } => format!("{} listed {checksum}", self.count),
        }
    }

    /// Fold of a gene, counted from 0.
    pub fn fold_of(&self, gene: usize) -> usize {
        self.fold_of_gene[gene]
    }

    /// Split of each gene while `fold` is tested: part of the next fold (about a tenth of all genes) is for validation,
    /// the remaining genes are for training.
    pub fn splits(&self, fold: usize) -> Vec<Split> {
        let next = (fold + 1) % self.count;
        let split = |(&own_fold, &validates): (&usize, &bool)| match own_fold {
            own if own == fold => Split::Test,
            own if own == next && validates => Split::Validation,
            _ => Split::Train,
        };
        self.fold_of_gene.iter().zip(&self.validates).map(split).collect()
    }

    /// Split by name, while `fold` is tested, of chromosomes and groups that no gene decides: names are spread over the
    /// folds, and a tenth of all names is for validation.
    pub(crate) fn split_by_name(&self, fold: usize, name: &str) -> Split {
        let position = fraction_of_text(&format!("{}: {name}", self.identity())) * self.count as f64;
        let validates = position.fract() < VALIDATION_FRACTION * self.count as f64;
        match position as usize {
            own if own == fold => Split::Test,
            own if own == (fold + 1) % self.count && validates => Split::Validation,
            _ => Split::Train,
        }
    }

    /// Content of each split while `fold` is tested, for the genes with these keys.
    pub(crate) fn summary(&self, fold: usize, keys: &[SplitKey<'_>], window_bp: u64) -> SplitSummary {
        let SplitGroups { chromosomes, groups, method, .. } = SplitGroups::of(keys, window_bp);
        let is_divided =
            |group: &Vec<usize>| group.iter().any(|&gene| self.fold_of_gene[gene] != self.fold_of_gene[group[0]]);
        let method = if groups.iter().any(is_divided) { SplitMethod::ListedGenes } else { method };
        let seed = match self.origin {
            FoldOrigin::Seed(seed) => seed,
            FoldOrigin::Listed { .. } => 0,
        };
        let test = 1.0 / self.count as f64;
        let fractions = [1.0 - test - VALIDATION_FRACTION, VALIDATION_FRACTION, test];
        let rule = SplitRule { seed, fractions, method, held_out: HeldOutChromosomes::default() };
        SplitSummary::of(rule, &chromosomes, &self.splits(fold))
    }
}

fn check_count(count: usize) -> Result<()> {
    if count >= MIN_FOLDS {
        return Ok(());
    }
    Err(DatasetError::InvalidSetting {
        field: "folds",
        value: count.to_string(),
        expected: format!("expected at least {MIN_FOLDS}: one to test, one to validate, the rest to train"),
    })
}

/// Whether each gene is a validation gene of its fold: the smallest groups of each fold first, until the validation
/// fraction is reached. `groups` are sorted by size, the largest first.
fn validation_genes(groups: &[Vec<usize>], fold_of_gene: &[usize], count: usize) -> Vec<bool> {
    let mut validates = vec![false; fold_of_gene.len()];
    let mut validating = vec![0; count];
    for group in groups.iter().rev() {
        let fold = fold_of_gene[group[0]];
        if (validating[fold] as f64) < VALIDATION_FRACTION * fold_of_gene.len() as f64 {
            validating[fold] += group.len();
            for &gene in group {
                validates[gene] = true;
            }
        }
    }
    validates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genes_on(chromosomes: &[(&'static str, usize)]) -> Vec<SplitKey<'static>> {
        let genes =
            |&(name, count): &(&'static str, usize)| vec![SplitKey { chromosome: Some(name), tss: Some(1) }; count];
        chromosomes.iter().flat_map(genes).collect()
    }

    #[test]
    fn folds_assign_keeps_chromosomes_whole_and_balances_sizes() {
        let keys = genes_on(&[("chr1", 9), ("chr2", 6), ("chr3", 5), ("chr4", 4), ("chr5", 3)]);
        let folds = Folds::assign(&keys, 300, 42, 3).expect("five chromosomes");
        // 9 | 6 | 5, then 4 to the fold of 5, then 3 to the fold of 6: 9, 9, 9.
        let sizes = [0, 1, 2].map(|fold| (0..27).filter(|&gene| folds.fold_of(gene) == fold).count());
        assert_eq!(sizes, [9, 9, 9]);
        assert!((0..9).all(|gene| folds.fold_of(gene) == folds.fold_of(0)));
        assert_eq!(Folds::assign(&keys, 300, 42, 3).expect("again"), folds);
    }

    #[test]
    fn folds_splits_test_each_gene_once() {
        let keys = genes_on(&[("chr1", 2), ("chr2", 2), ("chr3", 2), ("chr4", 2), ("chr5", 2)]);
        let folds = Folds::assign(&keys, 300, 42, 5).expect("five chromosomes");
        for gene in 0..10 {
            let splits: Vec<Split> = (0..5).map(|fold| folds.splits(fold)[gene]).collect();
            let times = |split| splits.iter().filter(|&&other| other == split).count();
            assert_eq!([times(Split::Train), times(Split::Validation), times(Split::Test)], [3, 1, 1]);
        }
        let summary = folds.summary(0, &keys, 300);
        assert_eq!((summary.train.genes, summary.train.chromosomes.len(), summary.test.chromosomes.len()), (6, 3, 1));
    }

    #[test]
    fn folds_splits_validate_a_tenth_in_whole_chromosomes() {
        let keys =
            genes_on(&[("chr1", 20), ("chr2", 20), ("chr3", 12), ("chr4", 8), ("chr5", 7), ("chr6", 6), ("chr7", 7)]);
        let folds = Folds::assign(&keys, 300, 42, 4).expect("seven chromosomes");
        // 80 genes: at least eight for validation.
        for fold in 0..4 {
            let splits = folds.splits(fold);
            let validating = splits.iter().filter(|&&split| split == Split::Validation).count();
            assert!((8..=20).contains(&validating), "{validating}");
            for chromosome in keys.chunk_by(|a, b| a.chromosome == b.chromosome) {
                let start = keys.iter().position(|key| key.chromosome == chromosome[0].chromosome).expect("there");
                assert!(splits[start..start + chromosome.len()].iter().all(|&split| split == splits[start]));
            }
        }
    }

    #[test]
    fn folds_split_by_name_tests_each_name_once() {
        let keys = genes_on(&[("chr1", 2), ("chr2", 2), ("chr3", 2), ("chr4", 2), ("chr5", 2)]);
        let folds = Folds::assign(&keys, 300, 42, 5).expect("five chromosomes");
        let mut counts = [0; 3];
        for name in (0..200).map(|name| format!("name {name}")) {
            let splits: Vec<Split> = (0..5).map(|fold| folds.split_by_name(fold, &name)).collect();
            assert_eq!(splits.iter().filter(|&&split| split == Split::Test).count(), 1);
            for split in &splits {
                counts[split.index()] += 1;
            }
        }
        // Each name is tested once, and half of them are for validation once.
        assert_eq!(counts[2], 200);
        assert!((70..130).contains(&counts[1]), "{counts:?}");
    }

    #[test]
    fn folds_assign_too_few_groups_or_folds_returns_error() {
        let keys = genes_on(&[("chr1", 9), ("chr2", 6), ("chr3", 5), ("chr4", 4)]);
        let message = Folds::assign(&keys, 300, 42, 5).expect_err("four chromosomes").to_string();
        assert!(message.contains("5 folds") && message.contains('4'), "{message}");
        let message = Folds::assign(&keys, 300, 42, 2).expect_err("two folds").to_string();
        assert!(message.contains("at least 3"), "{message}");
    }

    #[test]
    fn folds_listed_follow_the_list_and_divide_chromosomes_only_where_it_does() {
        let keys = genes_on(&[("chr1", 4), ("chr2", 4), ("chr3", 4)]);
        let listed = |fold_of_gene: Vec<usize>| Folds::listed(&keys, 300, fold_of_gene, 3, "abc".to_owned());
        let whole = listed(vec![2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1]).expect("three folds");
        assert_eq!(whole.summary(0, &keys, 300).test.chromosomes, ["chr2"]);
        assert_eq!(whole.summary(0, &keys, 300).rule.method, SplitMethod::Chromosomes);
        let divided = listed([0, 1, 2, 0].repeat(3)).expect("three folds");
        assert_eq!(divided.summary(0, &keys, 300).rule.method, SplitMethod::ListedGenes);
        let splits = divided.splits(0);
        assert_eq!(splits.iter().filter(|&&split| split == Split::Test).count(), 6);
        assert_ne!(whole.identity(), listed(vec![0; 12]).map_or_else(|_| String::new(), |folds| folds.identity()));
        assert!(listed(vec![0; 12]).expect_err("empty folds").to_string().contains("fold 2"));
    }
}
