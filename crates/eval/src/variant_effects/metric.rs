//! Scores of predicted effects.

use serde::{Deserialize, Serialize};

/// Score of predicted effects of variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectMetric {
    /// Spearman correlation of measured and predicted effect.
    Spearman,
    /// Pearson correlation of measured and predicted effect.
    Pearson,
    /// Spearman correlation of the magnitudes of measured and predicted effect.
    SpearmanMagnitude,
    /// Fraction of significant effects whose sign is predicted; a prediction of exactly 0 counts one half.
    SignAgreement,
    /// Area under the receiver operating characteristic of strong effects, ranked by the magnitude of the prediction.
    Auroc,
    /// Average precision of strong effects, ranked by the magnitude of the prediction.
    Auprc,
}

/// Number of scores.
pub(super) const METRICS: usize = EffectMetric::ALL.len();

impl EffectMetric {
    /// All scores, in the order of columns.
    pub const ALL: [Self; 6] =
        [Self::Spearman, Self::Pearson, Self::SpearmanMagnitude, Self::SignAgreement, Self::Auroc, Self::Auprc];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spearman => "spearman",
            Self::Pearson => "pearson",
            Self::SpearmanMagnitude => "spearman_magnitude",
            Self::SignAgreement => "sign_agreement",
            Self::Auroc => "auroc",
            Self::Auprc => "auprc",
        }
    }

    /// Heading in tables for readers.
    pub fn title(self) -> &'static str {
        match self {
            Self::Spearman => "Spearman",
            Self::Pearson => "Pearson",
            Self::SpearmanMagnitude => "Spearman of |effect|",
            Self::SignAgreement => "sign agreement",
            Self::Auroc => "AUROC",
            Self::Auprc => "AUPRC",
        }
    }

    /// Whether the score requires the sign of the prediction.
    pub fn needs_sign(self) -> bool {
        matches!(self, Self::Spearman | Self::Pearson | Self::SignAgreement)
    }
}
