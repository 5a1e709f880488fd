//! Scores of one set of effects, with their resamples.

use super::super::comparison::{BootstrapTest, EffectComparison};
use super::super::effects::PredictorKind;
use super::super::metric::EffectMetric;
use super::super::paired_difference::PairedDifference;
use super::super::resampled::Scores;
use super::super::score_table::{EffectEstimate, EffectScope, EffectScoreRow};
use super::{EffectSet, first_minus_each, scope_of};
use crate::stats::BootstrapDistribution;

/// Scores of each predictor.
pub(super) type PredictorScores = Vec<Scores>;

/// Scores of one set of effects, and their resamples.
pub(super) struct ScoredSet<'a> {
    pub(super) scope: EffectScope,
    pub(super) element: Option<&'a str>,
    pub(super) cell_type: Option<&'a str>,
    pub(super) elements: usize,
    pub(super) n: usize,
    pub(super) n_significant: usize,
    pub(super) n_strong: usize,
    pub(super) scores: ResampledValues,
    /// Scores of the first predictor minus those of each.
    pub(super) differences: ResampledValues,
}

/// Values of each predictor, in the set and in resamples of it.
pub(super) struct ResampledValues {
    pub(super) whole: PredictorScores,
    pub(super) over_variants: Vec<PredictorScores>,
    pub(super) over_elements: Option<Vec<PredictorScores>>,
}

impl ResampledValues {
    fn differences(&self) -> Self {
        let each = |draws: &[PredictorScores]| draws.iter().map(|draw| first_minus_each(draw)).collect();
        Self {
            whole: first_minus_each(&self.whole),
            over_variants: each(&self.over_variants),
            over_elements: self.over_elements.as_deref().map(each),
        }
    }

    fn distribution(draws: &[PredictorScores], predictor: usize, metric: usize) -> BootstrapDistribution {
        BootstrapDistribution::of(draws.iter().map(|draw| draw[predictor][metric]))
    }

    fn estimate(&self, predictor: usize, metric: usize) -> EffectEstimate {
        let value = self.whole[predictor][metric];
        let interval = |draws: &[PredictorScores]| Self::distribution(draws, predictor, metric).interval();
        EffectEstimate {
            value,
            interval: value.and_then(|_| interval(&self.over_variants)),
            element_interval: value.and_then(|_| self.over_elements.as_deref().and_then(interval)),
        }
    }

    /// Test of the difference of a predictor; `None` where it is not defined.
    fn test(&self, predictor: usize, metric: usize) -> Option<PairedDifference> {
        let value = self.whole[predictor][metric]?;
        let test = |draws: &[PredictorScores]| BootstrapTest::of(&Self::distribution(draws, predictor, metric));
        let (variants, elements) = (test(&self.over_variants), self.over_elements.as_deref().map(test));
        Some(PairedDifference { value, variants, elements })
    }
}

impl<'a> ScoredSet<'a> {
    /// Scores of the effects of one element, or of pooled effects.
    pub(super) fn of(
        set: &EffectSet<'a>,
        elements: usize,
        over_variants: Vec<PredictorScores>,
        over_elements: Option<Vec<PredictorScores>>,
    ) -> Self {
        let count = |labels: &[bool]| labels.iter().filter(|&&label| label).count();
        let scores = ResampledValues { whole: set.whole(), over_variants, over_elements };
        Self {
            scope: scope_of(set.element),
            element: set.element,
            cell_type: Some(set.cell_type),
            elements,
            n: set.rows.len(),
            n_significant: count(&set.labels.significant),
            n_strong: count(&set.labels.strong),
            differences: scores.differences(),
            scores,
        }
    }

    /// One row per predictor.
    pub(super) fn rows(&self, predictors: &[(&str, PredictorKind)]) -> Vec<EffectScoreRow> {
        let row = |(index, &(name, kind)): (usize, &(&str, PredictorKind))| {
            let estimate = |metric: EffectMetric| self.scores.estimate(index, metric as usize);
            EffectScoreRow {
                scope: self.scope,
                element: self.element.map(str::to_owned),
                cell_type: self.cell_type.map(str::to_owned),
                predictor: name.to_owned(),
                kind,
                elements: self.elements,
                n: self.n,
                n_significant: self.n_significant,
                n_strong: self.n_strong,
                spearman: estimate(EffectMetric::Spearman),
                pearson: estimate(EffectMetric::Pearson),
                spearman_magnitude: estimate(EffectMetric::SpearmanMagnitude),
                sign_agreement: estimate(EffectMetric::SignAgreement),
                auroc: estimate(EffectMetric::Auroc),
                auprc: estimate(EffectMetric::Auprc),
            }
        };
        predictors.iter().enumerate().map(row).collect()
    }

    /// Tests of the first predictor against each other, in every score that both have; none without resamples.
    pub(super) fn comparisons(&self, predictors: &[(&str, PredictorKind)]) -> Vec<EffectComparison> {
        let mut comparisons = Vec::new();
        if self.differences.over_variants.is_empty() {
            return comparisons;
        }
        for (index, (name, _)) in predictors.iter().enumerate().skip(1) {
            for metric in EffectMetric::ALL {
                let Some(difference) = self.differences.test(index, metric as usize) else { continue };
                let place = [self.element, self.cell_type];
                comparisons.push(EffectComparison::new(self.scope, place, name, metric, difference));
            }
        }
        comparisons
    }
}
