//! Agreement in sign and detection of strong effects, with a weight per variant.

use crate::stats::tie_groups;

/// Fraction of effects whose sign is predicted; a prediction of exactly 0 counts one half, and measured effects of 0 are
/// excluded. `None` without effects.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// // Right, wrong, and half for the prediction of 0: 1.5 of 3.
/// assert_eq!(tatabox_eval::sign_agreement(&[1.0, -1.0, 2.0], &[0.1, 0.1, 0.0]), Some(0.5));
/// ```
pub fn sign_agreement(measured: &[f64], predicted: &[f64]) -> Option<f64> {
    assert_eq!(measured.len(), predicted.len(), "one prediction per effect");
    let agreements: Vec<f64> =
        measured.iter().zip(predicted).filter_map(|(&measured, &predicted)| agreement(measured, predicted)).collect();
    crate::stats::mean(&agreements)
}

/// Agreement of two signs: 1, 0, or one half for a prediction of 0; `None` for a measured effect of 0.
pub(super) fn agreement(measured: f64, predicted: f64) -> Option<f64> {
    let product = measured.signum() * predicted;
    (measured != 0.0).then_some(if product > 0.0 {
        1.0
    } else if product < 0.0 {
        0.0
    } else {
        0.5
    })
}

/// Area under the receiver operating characteristic: the probability that a positive has a higher score than a negative, where
/// ties count one half. `None` without positives or without negatives.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// // Pairs of a positive (3, 1) and a negative (2, 1): 3 > 2, 3 > 1, 1 < 2, and 1 = 1 counts one half.
/// let auroc = tatabox_eval::auroc(&[3.0, 2.0, 1.0, 1.0], &[true, false, true, false]);
/// assert_eq!(auroc, Some(2.5 / 4.0));
/// ```
pub fn auroc(scores: &[f64], is_positive: &[bool]) -> Option<f64> {
    RankedScores::new(scores, is_positive).auroc(&vec![1.0; scores.len()])
}

/// Average precision, the area under the precision-recall curve without interpolation: the mean over the positives of the
/// precision at their score. `None` without positives or without negatives.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Source
///
/// scikit-learn's `average_precision_score`; equal scores are one step of the curve.
///
/// # Examples
///
/// ```
/// // The positives are first and third: precision 1 and 2/3.
/// let precision = tatabox_eval::average_precision(&[4.0, 3.0, 2.0, 1.0], &[true, false, true, false]);
/// assert!((precision.expect("defined") - 5.0 / 6.0).abs() < 1e-12);
/// ```
pub fn average_precision(scores: &[f64], is_positive: &[bool]) -> Option<f64> {
    RankedScores::new(scores, is_positive).average_precision(&vec![1.0; scores.len()])
}

/// Variants in ascending order of a score, prepared for many resamples.
pub(super) struct RankedScores {
    /// Groups of equal scores.
    groups: Vec<Vec<(usize, bool)>>,
}

impl RankedScores {
    pub(super) fn new(scores: &[f64], is_positive: &[bool]) -> Self {
        assert_eq!(scores.len(), is_positive.len(), "one label per score");
        let labelled = |group: Vec<usize>| group.into_iter().map(|index| (index, is_positive[index])).collect();
        Self { groups: tie_groups(scores).into_iter().map(labelled).collect() }
    }

    /// Weight of the positives and the negatives of each group.
    fn weights<'a>(&'a self, weights: &'a [f64]) -> impl DoubleEndedIterator<Item = (f64, f64)> + 'a {
        self.groups.iter().map(move |group| {
            group.iter().fold((0.0, 0.0), |(positive, negative), &(index, is_positive)| {
                let weight = weights[index];
                if is_positive { (positive + weight, negative) } else { (positive, negative + weight) }
            })
        })
    }

    /// Area under the receiver operating characteristic, for a weight per variant.
    pub(super) fn auroc(&self, weights: &[f64]) -> Option<f64> {
        let (mut positives, mut below, mut area) = (0.0, 0.0, 0.0);
        for (positive, negative) in self.weights(weights) {
            area += positive * (below + negative / 2.0);
            positives += positive;
            below += negative;
        }
        (positives > 0.0 && below > 0.0).then(|| area / (positives * below))
    }

    /// Average precision, for a weight per variant.
    pub(super) fn average_precision(&self, weights: &[f64]) -> Option<f64> {
        let (mut positives, mut all, mut sum) = (0.0, 0.0, 0.0);
        for (positive, negative) in self.weights(weights).rev() {
            positives += positive;
            all += positive + negative;
            if positive > 0.0 {
                sum += positive * positives / all;
            }
        }
        (positives > 0.0 && all > positives).then(|| sum / positives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auroc_and_average_precision_weights_act_as_repeats() {
        let (scores, labels) = ([0.4, 0.1, 0.35, 0.8, 0.35], [false, false, true, true, false]);
        let weights = [2.0, 1.0, 1.0, 3.0, 0.0];
        let repeat = |index: usize| std::iter::repeat_n(index, weights[index] as usize);
        let expanded: Vec<usize> = (0..5).flat_map(repeat).collect();
        let (more, more_labels): (Vec<f64>, Vec<bool>) =
            expanded.iter().map(|&index| (scores[index], labels[index])).unzip();
        let ranked = RankedScores::new(&scores, &labels);
        assert_eq!(ranked.auroc(&weights), auroc(&more, &more_labels));
        assert_eq!(ranked.average_precision(&weights), average_precision(&more, &more_labels));
    }

    #[test]
    fn auroc_and_average_precision_match_scikit_learn() {
        // roc_auc_score and average_precision_score of y = [0, 0, 1, 1], score = [0.1, 0.4, 0.35, 0.8]: 0.75, 0.8333.
        let (scores, labels) = ([0.1, 0.4, 0.35, 0.8], [false, false, true, true]);
        assert_eq!(auroc(&scores, &labels), Some(0.75));
        assert!((average_precision(&scores, &labels).expect("defined") - 5.0 / 6.0).abs() < 1e-12);
        // All scores equal: one half, and the fraction of positives.
        assert_eq!(auroc(&[1.0; 4], &labels), Some(0.5));
        assert_eq!(average_precision(&[1.0; 4], &labels), Some(0.5));
        assert_eq!([auroc(&scores, &[true; 4]), average_precision(&scores, &[false; 4])], [None, None]);
    }

    #[test]
    fn sign_agreement_excludes_measured_zeros() {
        assert_eq!(sign_agreement(&[0.0, -2.0], &[1.0, -0.1]), Some(1.0));
        assert_eq!(sign_agreement(&[0.0], &[1.0]), None);
    }
}
