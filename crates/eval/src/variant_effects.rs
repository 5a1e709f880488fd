//! Agreement of measured and predicted effects of variants, per element and over elements.
//!
//! [`score_variant_effects`] computes correlations, agreement in sign and the detection of strong effects, with bootstrap
//! intervals over variants and over elements, and paired tests between predictors.

mod agreement;
mod comparison;
mod comparison_format;
mod effects;
mod labels;
mod metric;
mod paired_difference;
mod resampled;
mod score_format;
mod score_table;
mod scoring;
mod significance;

pub use agreement::{auroc, average_precision, sign_agreement};
pub use comparison::{BootstrapTest, EffectComparison, EffectComparisonTable};
pub use effects::{EffectPredictor, EffectScoreOptions, MeasuredEffect, PredictorKind, VariantEffects};
pub use metric::EffectMetric;
pub use score_table::{EffectEstimate, EffectScope, EffectScoreRow, EffectScoreTable};
pub use scoring::{EffectScores, score_variant_effects};
pub use significance::is_significant_effect;
