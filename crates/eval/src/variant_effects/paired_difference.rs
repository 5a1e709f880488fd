//! Difference between two predictors, with the tests over its resamples.

use super::comparison::BootstrapTest;
use crate::stats::{BootstrapDistribution, bootstrap_p};

/// Difference of two scores of the same effects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PairedDifference {
    /// Score of the reference minus score of the other predictor.
    pub(super) value: f64,
    pub(super) variants: BootstrapTest,
    pub(super) elements: Option<BootstrapTest>,
}

impl BootstrapTest {
    /// Interval and p-value of a difference, from its resamples.
    pub(super) fn of(resamples: &BootstrapDistribution) -> Self {
        Self { interval: resamples.interval(), p: resamples.values().and_then(bootstrap_p), p_holm: None, p_bh: None }
    }
}
