//! Scores with both bootstrap intervals: over genes and over whole chromosomes.

use std::collections::BTreeMap;

use super::evaluate::EvaluateOptions;
use crate::stats::{Estimate, Interval, MINIMUM_BLOCKS, Resampling};

/// Adds bootstrap intervals to `values`.
///
/// `statistics` computes the same values, in the same order, from how often each of `genes` occurs in a resample.
pub(crate) fn estimates<F>(
    values: &[Option<f64>],
    genes: &[String],
    options: &EvaluateOptions,
    statistics: F,
) -> Vec<Estimate>
where
    F: Fn(&[f64]) -> Vec<Option<f64>> + Sync,
{
    let intervals = |resampling: &Resampling| resampling.intervals(options.resamples, options.seed, &statistics);
    let over_genes = intervals(&Resampling::genes(genes.len()));
    let over_chromosomes =
        chromosome_resampling(genes, options.chromosomes.as_ref()).map_or(Vec::new(), |blocks| intervals(&blocks));
    let of = |intervals: &[Option<Interval>], index: usize| intervals.get(index).copied().flatten();
    let estimate = |(index, &value): (usize, &Option<f64>)| Estimate {
        value,
        interval: of(&over_genes, index).filter(|_| value.is_some()),
        chromosome_interval: of(&over_chromosomes, index).filter(|_| value.is_some()),
    };
    values.iter().enumerate().map(estimate).collect()
}

/// Resampling of whole chromosomes; a gene of unknown chromosome forms a separate block.
pub(crate) fn chromosome_blocks(genes: &[String], chromosomes: &BTreeMap<String, String>) -> Resampling {
    let labels: Vec<Option<&str>> = genes.iter().map(|gene| chromosomes.get(gene).map(String::as_str)).collect();
    Resampling::groups(&labels)
}

/// Resampling of whole chromosomes; `None` if chromosomes are unknown or too few for an interval.
pub(crate) fn chromosome_resampling(genes: &[String], known: Option<&BTreeMap<String, String>>) -> Option<Resampling> {
    known.map(|known| chromosome_blocks(genes, known)).filter(|blocks| blocks.block_count() >= MINIMUM_BLOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(chromosomes: usize) -> EvaluateOptions {
        let on = (0..40).map(|gene| (format!("G{gene}"), format!("chr{}", gene % chromosomes))).collect();
        EvaluateOptions { resamples: 200, chromosomes: Some(on), ..EvaluateOptions::default() }
    }

    #[test]
    fn estimates_undefined_value_or_few_chromosomes_have_no_interval() {
        let genes: Vec<String> = (0..40).map(|gene| format!("G{gene}")).collect();
        let statistics = |weights: &[f64]| vec![Some(weights[0]), Some(weights[1])];
        let both = estimates(&[Some(1.0), None], &genes, &options(8), statistics);
        assert!(both[0].interval.is_some() && both[0].chromosome_interval.is_some());
        assert_eq!(both[1], Estimate::default());
        let few = estimates(&[Some(1.0), None], &genes, &options(4), statistics);
        assert!(few[0].interval.is_some() && few[0].chromosome_interval.is_none());
        let no_resamples = EvaluateOptions { resamples: 0, ..options(8) };
        assert_eq!(estimates(&[Some(1.0)], &genes, &no_resamples, statistics)[0].interval, None);
    }
}
