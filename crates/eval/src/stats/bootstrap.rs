//! Percentile bootstrap over genes, or over blocks of genes such as chromosomes.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::rank::{quantile, sorted};

/// Default number of resamples per interval.
pub const DEFAULT_RESAMPLES: usize = 2_000;
/// Fewest blocks for an interval; fewer blocks have too few distinct resamples for a meaningful percentile interval.
pub const MINIMUM_BLOCKS: usize = 5;
/// Fraction of resamples that must have a defined value for an interval.
const MINIMUM_DEFINED: f64 = 0.9;
const COVERAGE: f64 = 0.95;

/// 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The 2.5% quantile.
    pub low: f64,
    /// The 97.5% quantile.
    pub high: f64,
}

/// Resampling with replacement of genes, or of blocks of genes such as chromosomes.
///
/// # Examples
///
/// ```
/// use tatabox_eval::Resampling;
///
/// let values: Vec<f64> = (0..100).map(f64::from).collect();
/// let mean = |weights: &[f64]| {
///     let total: f64 = weights.iter().sum();
///     vec![Some(values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total)]
/// };
/// let interval = Resampling::genes(100).intervals(1_000, 1, mean)[0].expect("always defined");
/// assert!(interval.low < 49.5 && 49.5 < interval.high);
/// // About 1.96 standard errors of the mean, 28.9 / sqrt(100), on each side.
/// assert!((interval.high - interval.low - 2.0 * 1.96 * 2.89).abs() < 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct Resampling {
    genes: usize,
    /// Block of each gene; `None` if each gene is a separate block.
    blocks: Option<Vec<usize>>,
    block_count: usize,
}

impl Resampling {
    /// Resampling of single genes.
    pub fn genes(genes: usize) -> Self {
        Self { genes, blocks: None, block_count: genes }
    }

    /// Resampling of whole groups of genes by label; a gene without a label forms a separate group.
    pub fn groups(labels: &[Option<&str>]) -> Self {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut blocks = Vec::with_capacity(labels.len());
        let mut block_count = 0;
        for label in labels {
            let block = label.map_or(block_count, |name| *known.entry(name).or_insert(block_count));
            block_count = block_count.max(block + 1);
            blocks.push(block);
        }
        Self { genes: labels.len(), blocks: Some(blocks), block_count }
    }

    /// Number of resampled blocks.
    pub fn block_count(&self) -> usize {
        self.block_count
    }

    /// How often each gene occurs in one resample; depends only on the seed and the index of the resample.
    fn multiplicities(&self, seed: u64, resample: usize) -> Vec<f64> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(resample as u64);
        let mut counts = vec![0.0; self.block_count];
        for _ in 0..self.block_count {
            // u64, because the sequence generated for usize differs between 32-bit and 64-bit machines.
            counts[generator.random_range(0..self.block_count as u64) as usize] += 1.0;
        }
        match &self.blocks {
            None => counts,
            Some(blocks) => (0..self.genes).map(|gene| counts[blocks[gene]]).collect(),
        }
    }

    /// Statistics of each resample, given how often each gene occurs in it.
    pub(crate) fn draws<T: Send>(
        &self,
        resamples: usize,
        seed: u64,
        statistics: impl Fn(&[f64]) -> T + Sync,
    ) -> Vec<T> {
        (0..resamples).into_par_iter().map(|resample| statistics(&self.multiplicities(seed, resample))).collect()
    }

    /// Bootstrap distributions of several statistics, all computed on the same resamples.
    ///
    /// `statistics` receives how often each gene occurs and returns one value per statistic, always in the same number and order.
    pub fn distributions<F>(&self, resamples: usize, seed: u64, statistics: F) -> Vec<BootstrapDistribution>
    where
        F: Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    {
        let table = self.draws(resamples, seed, statistics);
        let width = table.first().map_or(0, Vec::len);
        let of_statistic = |statistic: usize| BootstrapDistribution {
            defined: table.iter().filter_map(|row| row[statistic]).collect(),
            resamples,
        };
        (0..width).map(of_statistic).collect()
    }

    /// 95% percentile intervals of the statistics of [`Resampling::distributions`].
    pub fn intervals<F>(&self, resamples: usize, seed: u64, statistics: F) -> Vec<Option<Interval>>
    where
        F: Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    {
        self.distributions(resamples, seed, statistics).iter().map(BootstrapDistribution::interval).collect()
    }
}

/// Values of one statistic over many resamples.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapDistribution {
    defined: Vec<f64>,
    resamples: usize,
}

impl BootstrapDistribution {
    /// Distribution of a statistic that may be undefined in some resamples.
    pub(crate) fn of(values: impl ExactSizeIterator<Item = Option<f64>>) -> Self {
        let resamples = values.len();
        Self { defined: values.flatten().collect(), resamples }
    }

    /// Values of the resamples in which the statistic is defined; `None` if these are fewer than 90% of all resamples.
    pub fn values(&self) -> Option<&[f64]> {
        (self.defined.len() as f64 >= MINIMUM_DEFINED * self.resamples as f64).then_some(&self.defined)
    }

    /// 95% percentile interval; `None` if [`BootstrapDistribution::values`] is `None`.
    ///
    /// # Source
    ///
    /// Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    pub fn interval(&self) -> Option<Interval> {
        let ascending = sorted(self.values()?);
        let tail = (1.0 - COVERAGE) / 2.0;
        Some(Interval { low: quantile(&ascending, tail)?, high: quantile(&ascending, 1.0 - tail)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted_mean(values: &[f64], weights: &[f64]) -> Vec<Option<f64>> {
        let total: f64 = weights.iter().sum();
        vec![Some(values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total)]
    }

    #[test]
    fn interval_of_a_mean_spans_two_standard_errors_each_way() {
        let values: Vec<f64> = (0..400).map(|i| f64::from((i * 37) % 101)).collect();
        let sd = (values.iter().map(|v| (v - 50.0).powi(2)).sum::<f64>() / 400.0).sqrt();
        let interval = Resampling::genes(400).intervals(4_000, 1, |w| weighted_mean(&values, w))[0].expect("defined");
        let expected = 2.0 * 1.96 * sd / 20.0;
        assert!(
            (interval.high - interval.low - expected).abs() < 0.06 * expected,
            "{interval:?}, expected width {expected}"
        );
    }

    #[test]
    fn intervals_are_independent_of_thread_count() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let run = || Resampling::genes(50).intervals(200, 7, |w| weighted_mean(&values, w));
        let with_threads =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run);
        assert_eq!(with_threads(1), with_threads(4));
        assert_ne!(with_threads(1), Resampling::genes(50).intervals(200, 8, |w| weighted_mean(&values, w)));
    }

    #[test]
    fn resampling_groups_keep_genes_of_a_chromosome_together() {
        let resampling = Resampling::groups(&[Some("chr1"), Some("chr2"), Some("chr1"), None, None]);
        assert_eq!(resampling.block_count(), 4);
        for resample in 0..50 {
            let times = resampling.multiplicities(3, resample);
            assert!((times[0] - times[2]).abs() < f64::EPSILON);
            assert!(
                (times[0] + times[1] + times[3] + times[4] - 4.0).abs() < f64::EPSILON,
                "a resample has four blocks"
            );
        }
    }

    #[test]
    fn interval_of_a_mostly_undefined_statistic_is_none() {
        let sometimes = |w: &[f64]| vec![(w[0] > 0.0).then_some(1.0)];
        assert_eq!(Resampling::genes(10).intervals(100, 1, sometimes), [None]);
    }
}
