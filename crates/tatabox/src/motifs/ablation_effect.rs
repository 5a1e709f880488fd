//! Effects of the ablation of sites.

use tatabox_eval::{Interval, Resampling, mean};

/// Change of the prediction after the ablation of the sites of a filter, and after that of as many other bases.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::{AblationEffect, MeanChange};
///
/// let change = |log2_tpm| MeanChange { log2_tpm, interval: None };
/// let effect = AblationEffect {
///     promoters: 1,
///     mean: change(-0.5),
///     by_cell_type: vec![change(-0.5)],
///     control: change(-0.1),
///     control_by_cell_type: vec![change(-0.1)],
/// };
/// assert!((effect.beyond_control() + 0.4).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AblationEffect {
    /// Promoters that the effect was measured in.
    pub promoters: usize,
    /// Mean over the cell types of the model. Negative: the motif raises expression.
    pub mean: MeanChange,
    /// Per cell type of the model.
    pub by_cell_type: Vec<MeanChange>,
    /// Control: the pattern of sites moved around the promoter by a random distance; mean over the cell types.
    pub control: MeanChange,
    /// Control per cell type of the model.
    pub control_by_cell_type: Vec<MeanChange>,
}

impl AblationEffect {
    /// Mean change of log2(TPM + 1) minus that of the control.
    pub fn beyond_control(&self) -> f64 {
        self.mean.log2_tpm - self.control.log2_tpm
    }
}

/// Mean change over promoters.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::{Interval, MeanChange};
///
/// let change = MeanChange { log2_tpm: -0.5, interval: Some(Interval { low: -0.7, high: -0.3 }) };
/// assert!(change.interval.is_some_and(|interval| interval.high < 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanChange {
    /// Change of log2(TPM + 1).
    pub log2_tpm: f64,
    /// 95% bootstrap interval over promoters; `None` with a single promoter.
    pub interval: Option<Interval>,
}

impl MeanChange {
    /// Mean and interval of each column of `changes`, `[promoters, columns]`.
    pub(super) fn of(changes: &[Vec<f64>], resamples: usize, seed: u64) -> Vec<Self> {
        let columns = changes.first().map_or(0, Vec::len);
        let column = |index: usize| changes.iter().map(|change| change[index]).collect::<Vec<f64>>();
        let means = (0..columns).map(|index| mean(&column(index)).expect("a column has one promoter or more"));
        let resampled = |weights: &[f64]| {
            let total: f64 = weights.iter().sum();
            let of_column = |index: usize| {
                let sum: f64 = changes.iter().zip(weights).map(|(change, weight)| change[index] * weight).sum();
                Some(sum / total)
            };
            (0..columns).map(of_column).collect()
        };
        let intervals = if changes.len() > 1 {
            Resampling::genes(changes.len()).intervals(resamples, seed, resampled)
        } else {
            vec![None; columns]
        };
        means.zip(intervals).map(|(log2_tpm, interval)| Self { log2_tpm, interval }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_change_has_an_interval_from_two_promoters_on() {
        let means = MeanChange::of(&[vec![1.0, -2.0], vec![3.0, -2.0]], 200, 42);
        assert!((means[0].log2_tpm - 2.0).abs() < 1e-12);
        let interval = means[0].interval.expect("two promoters");
        assert!(interval.low < 1.5 && interval.high > 2.5, "{interval:?}");
        let interval = means[1].interval.expect("two promoters");
        assert!((interval.low + 2.0).abs() < 1e-12 && (interval.high + 2.0).abs() < 1e-12);
        assert_eq!(MeanChange::of(&[vec![1.0]], 200, 42)[0].interval, None);
    }
}
