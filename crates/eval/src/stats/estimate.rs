//! Score with its confidence intervals.

use serde::{Deserialize, Serialize};

use super::bootstrap::Interval;

/// A score with its bootstrap intervals.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The score; `None` if it is not defined, such as a correlation with constant predictions.
    pub value: Option<f64>,
    /// 95% interval over genes.
    pub interval: Option<Interval>,
    /// 95% interval over chromosomes; requires the chromosome of each gene and at least five chromosomes.
    pub chromosome_interval: Option<Interval>,
}
