//! A score with its confidence intervals.

use serde::{Deserialize, Serialize};

use super::bootstrap::Interval;

/// A score and how far to trust it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The score; none where it is not defined, such as a correlation with constant predictions.
    pub value: Option<f64>,
    /// 95% interval over genes.
    pub interval: Option<Interval>,
    /// 95% interval over chromosomes, where the chromosome of each gene was given and there are at least five.
    pub chromosome_interval: Option<Interval>,
}
