//! Scores with their intervals.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::effects::PredictorKind;
use super::metric::EffectMetric;
use crate::stats::Interval;

/// Score with its bootstrap intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectEstimate {
    /// The score; `None` if it is not defined, such as a correlation with constant predictions.
    pub value: Option<f64>,
    /// 95% interval over variants; of a mean over elements, over the variants within each element.
    pub interval: Option<Interval>,
    /// 95% interval over elements; requires at least five.
    pub element_interval: Option<Interval>,
}

/// Set of effects that a score describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EffectScope {
    /// Effects of one element in one cell type.
    Element,
    /// Mean of the scores of the elements with enough variants.
    Mean,
    /// Effects of all elements in one cell type, as one set.
    Pooled,
}

impl EffectScope {
    /// Widest of some scopes.
    pub(super) fn widest(scopes: impl Iterator<Item = Self>) -> Option<Self> {
        scopes.min_by_key(|scope| match scope {
            Self::Mean => 0,
            Self::Pooled => 1,
            Self::Element => 2,
        })
    }
}

impl fmt::Display for EffectScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Element => "element",
            Self::Mean => "mean",
            Self::Pooled => "pooled",
        })
    }
}

/// Scores of one predictor on one set of effects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectScoreRow {
    /// Set of effects.
    pub scope: EffectScope,
    /// Element; `None` for the mean and for pooled effects.
    pub element: Option<String>,
    /// Cell type; `None` for the mean over elements and cell types.
    pub cell_type: Option<String>,
    /// Name of the model or control.
    pub predictor: String,
    /// Whether it is a model or a control.
    pub kind: PredictorKind,
    /// Number of elements.
    pub elements: usize,
    /// Number of effects.
    pub n: usize,
    /// Number of effects that count for the agreement in sign.
    pub n_significant: usize,
    /// Number of strong effects.
    pub n_strong: usize,
    /// Spearman correlation.
    pub spearman: EffectEstimate,
    /// Pearson correlation.
    pub pearson: EffectEstimate,
    /// Spearman correlation of magnitudes.
    pub spearman_magnitude: EffectEstimate,
    /// Agreement in sign.
    pub sign_agreement: EffectEstimate,
    /// Area under the receiver operating characteristic.
    pub auroc: EffectEstimate,
    /// Average precision.
    pub auprc: EffectEstimate,
}

impl EffectScoreRow {
    /// One score.
    pub fn estimate(&self, metric: EffectMetric) -> &EffectEstimate {
        match metric {
            EffectMetric::Spearman => &self.spearman,
            EffectMetric::Pearson => &self.pearson,
            EffectMetric::SpearmanMagnitude => &self.spearman_magnitude,
            EffectMetric::SignAgreement => &self.sign_agreement,
            EffectMetric::Auroc => &self.auroc,
            EffectMetric::Auprc => &self.auprc,
        }
    }
}

/// Scores of all predictors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectScoreTable {
    /// Number of bootstrap resamples.
    pub bootstrap_resamples: usize,
    /// Seed of the bootstrap.
    pub bootstrap_seed: u64,
    /// Fewest variants of an element in a cell type for a share in the mean.
    pub min_variants: usize,
    /// Definition of the effects that count for the agreement in sign.
    pub significant: String,
    /// Definition of strong effects.
    pub strong: String,
    /// Means over elements, pooled effects, then elements.
    pub rows: Vec<EffectScoreRow>,
}

impl EffectScoreTable {
    /// Rows of the widest scope: means over all elements and cell types; pooled effects if too few elements have enough
    /// variants; else those of the single element.
    pub fn overall(&self) -> impl Iterator<Item = &EffectScoreRow> {
        let widest = EffectScope::widest(self.rows.iter().map(|row| row.scope));
        self.rows
            .iter()
            .filter(move |row| Some(row.scope) == widest && (row.scope != EffectScope::Mean || row.cell_type.is_none()))
    }
}
