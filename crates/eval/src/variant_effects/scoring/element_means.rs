//! Means of scores over elements.

use super::super::effects::{EffectScoreOptions, VariantEffects};
use super::super::metric::METRICS;
use super::super::resampled::Scores;
use super::super::score_table::EffectScope;
use super::scored_set::{PredictorScores, ResampledValues, ScoredSet};
use super::{EffectSet, first_minus_each};
use crate::stats::{MINIMUM_BLOCKS, Resampling};

/// Means over the elements with enough variants, in all cell types together and in each.
pub(super) struct ElementMeans<'a> {
    options: EffectScoreOptions,
    predictors: usize,
    means: Vec<MeanOverElements<'a>>,
}

/// Mean over elements, in one cell type or in all.
struct MeanOverElements<'a> {
    cell_type: Option<&'a str>,
    elements: Vec<&'a str>,
    n: usize,
    n_significant: usize,
    n_strong: usize,
    /// Scores of each set.
    whole: Vec<PredictorScores>,
    /// Sums over the sets, per resample.
    scores: Vec<Vec<Sums>>,
    differences: Vec<Vec<Sums>>,
}

/// Weighted sums of the defined scores, and the sums of their weights.
#[derive(Clone, Copy, Default)]
struct Sums([(f64, f64); METRICS]);

impl Sums {
    fn add(&mut self, scores: &Scores, weight: f64) {
        for ((sum, total), score) in self.0.iter_mut().zip(scores) {
            if let Some(score) = score {
                *sum += weight * score;
                *total += weight;
            }
        }
    }

    fn mean(&self) -> Scores {
        self.0.map(|(sum, total)| (total > 0.0).then(|| sum / total))
    }
}

impl<'a> ElementMeans<'a> {
    pub(super) fn new(effects: &VariantEffects, cell_types: &[&'a str], options: &EffectScoreOptions) -> Self {
        let predictors = effects.predictors.len();
        // In a single cell type, the mean over cell types is that of the cell type.
        let single = if cell_types.len() > 1 { cell_types } else { &[] };
        let scopes = [None].into_iter().chain(single.iter().map(|cell_type| Some(*cell_type)));
        let sums = || vec![vec![Sums::default(); predictors]; options.resamples];
        let mean = |cell_type| MeanOverElements {
            cell_type,
            elements: Vec::new(),
            n: 0,
            n_significant: 0,
            n_strong: 0,
            whole: Vec::new(),
            scores: sums(),
            differences: sums(),
        };
        Self { options: *options, predictors, means: scopes.map(mean).collect() }
    }

    /// Adds the scores of an element in a cell type, and of its resamples.
    pub(super) fn add(&mut self, set: &EffectSet<'a>, draws: &[PredictorScores]) {
        if set.rows.len() < self.options.min_variants {
            return;
        }
        let count = |labels: &[bool]| labels.iter().filter(|&&label| label).count();
        let is_in = |mean: &&mut MeanOverElements<'_>| mean.cell_type.is_none_or(|name| name == set.cell_type);
        for mean in self.means.iter_mut().filter(is_in) {
            mean.elements.extend(set.element);
            mean.n += set.rows.len();
            mean.n_significant += count(&set.labels.significant);
            mean.n_strong += count(&set.labels.strong);
            mean.whole.push(set.whole());
            for (draw, (scores, differences)) in draws.iter().zip(mean.scores.iter_mut().zip(&mut mean.differences)) {
                add_each(scores, draw, 1.0);
                add_each(differences, &first_minus_each(draw), 1.0);
            }
        }
    }

    /// Means over two or more elements.
    pub(super) fn finish(self) -> Vec<ScoredSet<'a>> {
        let Self { options, predictors, means } = self;
        means.into_iter().filter_map(|mean| mean.finish(&options, predictors)).collect()
    }
}

impl<'a> MeanOverElements<'a> {
    fn finish(self, options: &EffectScoreOptions, predictors: usize) -> Option<ScoredSet<'a>> {
        let labels: Vec<Option<&str>> = self.elements.iter().copied().map(Some).collect();
        let resampling = Resampling::groups(&labels);
        let elements = resampling.block_count();
        if elements < 2 {
            return None;
        }
        let whole_differences: Vec<PredictorScores> =
            self.whole.iter().map(|scores| first_minus_each(scores)).collect();
        let values = |whole: &[PredictorScores], over_variants: Vec<Vec<Sums>>| {
            let weighted = |weights: &[f64]| weighted_mean(whole, weights, predictors);
            let enough = elements >= MINIMUM_BLOCKS;
            ResampledValues {
                whole: weighted(&vec![1.0; whole.len()]),
                over_variants: over_variants.iter().map(|sums| sums.iter().map(Sums::mean).collect()).collect(),
                over_elements: enough.then(|| resampling.draws(options.resamples, options.seed, weighted)),
            }
        };
        Some(ScoredSet {
            scope: EffectScope::Mean,
            element: None,
            cell_type: self.cell_type,
            elements,
            n: self.n,
            n_significant: self.n_significant,
            n_strong: self.n_strong,
            scores: values(&self.whole, self.scores),
            differences: values(&whole_differences, self.differences),
        })
    }
}

fn add_each(sums: &mut [Sums], scores: &[Scores], weight: f64) {
    sums.iter_mut().zip(scores).for_each(|(sums, scores)| sums.add(scores, weight));
}

/// Weighted mean over sets of the scores of each predictor.
fn weighted_mean(sets: &[PredictorScores], weights: &[f64], predictors: usize) -> PredictorScores {
    let mut sums = vec![Sums::default(); predictors];
    for (scores, &weight) in sets.iter().zip(weights) {
        add_each(&mut sums, scores, weight);
    }
    sums.iter().map(Sums::mean).collect()
}
