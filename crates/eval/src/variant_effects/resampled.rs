//! Scores of one predictor on one set of variants, for any resample of them.

use super::agreement::{RankedScores, agreement};
use super::effects::EffectPredictor;
use super::labels::EffectLabels;
use super::metric::{EffectMetric, METRICS};
use crate::metric::WeightedPairs;

/// Fewest variants for a correlation.
const MIN_CORRELATED: usize = 3;

/// Scores of one set of variants, in the order of [`EffectMetric::ALL`].
pub(super) type Scores = [Option<f64>; METRICS];

/// Measured and predicted effects of one set of variants, prepared for many resamples.
pub(super) struct ResampledScores {
    /// Resampled unit of each effect.
    units: Vec<usize>,
    /// Measured and predicted effects; `None` if the sign is not predicted.
    signed: Option<WeightedPairs>,
    magnitudes: WeightedPairs,
    /// Effects that count for the agreement in sign, and their agreement.
    agreements: Vec<(usize, f64)>,
    ranked: RankedScores,
}

impl ResampledScores {
    /// `rows` are the indices of the set in the measured effects and `units` the resampled unit of each. `None` if a prediction
    /// of the set is not defined.
    pub(super) fn new(
        rows: &[usize],
        units: &[usize],
        measured: &[f64],
        predictor: &EffectPredictor,
        labels: &EffectLabels,
    ) -> Option<Self> {
        let predicted: Vec<f64> = rows.iter().map(|&row| predictor.values[row]).collect();
        if predicted.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let magnitude = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value.abs()).collect() };
        // A magnitude-only predictor is ranked by value: the least value predicts the weakest effect.
        let ranks = if predictor.is_signed { magnitude(&predicted) } else { predicted.clone() };
        let all: Vec<usize> = (0..rows.len()).collect();
        let counted = all.iter().filter(|&&index| labels.significant[index]);
        let agreements =
            counted.filter_map(|&index| Some((index, agreement(measured[index], predicted[index])?))).collect();
        Some(Self {
            units: units.to_vec(),
            signed: predictor.is_signed.then(|| WeightedPairs::new(&all, measured, &predicted)),
            magnitudes: WeightedPairs::new(&all, &magnitude(measured), &ranks),
            agreements: if predictor.is_signed { agreements } else { Vec::new() },
            ranked: RankedScores::new(&ranks, &labels.strong),
        })
    }

    /// Scores of the set itself.
    pub(super) fn whole(&self) -> Scores {
        self.scores(&vec![1.0; self.units.len()])
    }

    /// Scores of a resample, given how often it contains each unit.
    pub(super) fn resample(&self, unit_weights: &[f64]) -> Scores {
        let weights: Vec<f64> = self.units.iter().map(|&unit| unit_weights[unit]).collect();
        self.scores(&weights)
    }

    fn scores(&self, weights: &[f64]) -> Scores {
        let enough = self.units.len() >= MIN_CORRELATED;
        let correlations = |pairs: &WeightedPairs| if enough { pairs.correlations(weights) } else { [None; 2] };
        let [pearson, spearman] = self.signed.as_ref().map_or([None; 2], correlations);
        let [_, spearman_magnitude] = correlations(&self.magnitudes);
        let (mut counted, mut agreed) = (0.0, 0.0);
        for &(index, agreement) in &self.agreements {
            counted += weights[index];
            agreed += weights[index] * agreement;
        }
        EffectMetric::ALL.map(|metric| match metric {
            EffectMetric::Spearman => spearman,
            EffectMetric::Pearson => pearson,
            EffectMetric::SpearmanMagnitude => spearman_magnitude,
            EffectMetric::SignAgreement => (counted > 0.0).then(|| agreed / counted),
            EffectMetric::Auroc => self.ranked.auroc(weights),
            EffectMetric::Auprc => self.ranked.average_precision(weights),
        })
    }
}
