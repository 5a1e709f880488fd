//! Percentile bootstrap over genes, or over blocks of genes such as chromosomes.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::rank::{quantile, sorted};

/// Draws of every interval unless the caller says otherwise.
pub const DEFAULT_RESAMPLES: usize = 2_000;
/// Below this many blocks there are so few distinct resamples that a percentile interval says nothing.
pub const MINIMUM_BLOCKS: usize = 5;
/// An interval needs this share of its draws to have a defined value.
const MINIMUM_DEFINED: f64 = 0.9;
const COVERAGE: f64 = 0.95;

/// A 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The 2.5% quantile.
    pub low: f64,
    /// The 97.5% quantile.
    pub high: f64,
}

/// Which units are drawn with replacement, and the genes each brings along.
#[derive(Debug, Clone)]
pub struct Resampling {
    genes: usize,
    /// The block of each gene; none where each gene is its own block.
    blocks: Option<Vec<usize>>,
    block_count: usize,
}

impl Resampling {
    /// Draws genes one by one.
    pub fn genes(genes: usize) -> Self {
        Self { genes, blocks: None, block_count: genes }
    }

    /// Draws whole groups of genes, named by their label; a gene without one is a group of its own.
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

    /// Number of units that are drawn.
    pub fn block_count(&self) -> usize {
        self.block_count
    }

    /// How often each gene occurs in one draw; the same for the same seed and draw, whichever thread asks.
    fn multiplicities(&self, seed: u64, draw: usize) -> Vec<f64> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(draw as u64);
        let mut drawn = vec![0.0; self.block_count];
        for _ in 0..self.block_count {
            // u64, since the sequence drawn for usize differs between 32 and 64 bit machines.
            drawn[generator.random_range(0..self.block_count as u64) as usize] += 1.0;
        }
        match &self.blocks {
            None => drawn,
            Some(blocks) => (0..self.genes).map(|gene| drawn[blocks[gene]]).collect(),
        }
    }

    /// The values of several statistics, all computed on the same draws.
    ///
    /// `statistics` gets the multiplicity of each gene and answers one value a statistic, always in the same number.
    pub fn distributions<F>(&self, resamples: usize, seed: u64, statistics: F) -> Vec<BootstrapDistribution>
    where
        F: Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    {
        let of_draw = |draw| statistics(&self.multiplicities(seed, draw));
        let table: Vec<Vec<Option<f64>>> = (0..resamples).into_par_iter().map(of_draw).collect();
        let width = table.first().map_or(0, Vec::len);
        let of_statistic = |statistic: usize| BootstrapDistribution {
            defined: table.iter().filter_map(|row| row[statistic]).collect(),
            resamples,
        };
        (0..width).map(of_statistic).collect()
    }

    /// 95% percentile intervals of the statistics that [`Resampling::draws`] computes.
    pub fn intervals<F>(&self, resamples: usize, seed: u64, statistics: F) -> Vec<Option<Interval>>
    where
        F: Fn(&[f64]) -> Vec<Option<f64>> + Sync,
    {
        self.distributions(resamples, seed, statistics).iter().map(BootstrapDistribution::interval).collect()
    }
}

/// The values that one statistic takes over many draws.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapDistribution {
    defined: Vec<f64>,
    resamples: usize,
}

impl BootstrapDistribution {
    /// The values of the draws in which the statistic is defined; none where that is in fewer than 90% of them.
    pub fn values(&self) -> Option<&[f64]> {
        (self.defined.len() as f64 >= MINIMUM_DEFINED * self.resamples as f64).then_some(&self.defined)
    }

    /// 95% percentile interval; none where [`BootstrapDistribution::values`] is.
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
    fn the_interval_of_a_mean_is_two_standard_errors_wide() {
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
    fn intervals_do_not_depend_on_the_number_of_threads() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let run = || Resampling::genes(50).intervals(200, 7, |w| weighted_mean(&values, w));
        let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(run);
        assert_eq!(on(1), on(4));
        assert_ne!(on(1), Resampling::genes(50).intervals(200, 8, |w| weighted_mean(&values, w)));
    }

    #[test]
    fn genes_of_a_chromosome_are_drawn_together() {
        let resampling = Resampling::groups(&[Some("chr1"), Some("chr2"), Some("chr1"), None, None]);
        assert_eq!(resampling.block_count(), 4);
        for draw in 0..50 {
            let times = resampling.multiplicities(3, draw);
            assert!((times[0] - times[2]).abs() < f64::EPSILON);
            assert!((times[0] + times[1] + times[3] + times[4] - 4.0).abs() < f64::EPSILON, "four blocks are drawn");
        }
    }

    #[test]
    fn a_statistic_that_is_often_undefined_has_no_interval() {
        let sometimes = |w: &[f64]| vec![(w[0] > 0.0).then_some(1.0)];
        assert_eq!(Resampling::genes(10).intervals(100, 1, sometimes), [None]);
    }
}
