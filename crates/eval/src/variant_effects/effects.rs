//! Measured effects, and the predictions that are compared with them.

use serde::{Deserialize, Serialize};

use crate::stats::DEFAULT_RESAMPLES;

/// Fewest variants of an element in a cell type for a share in the mean over elements.
const DEFAULT_MIN_VARIANTS: usize = 10;
/// Seed of the bootstrap.
const DEFAULT_SEED: u64 = 42;

/// Measured effect of a variant in a cell type.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredEffect {
    /// Promoter or locus.
    pub element: String,
    /// Cell type in which the effect was measured.
    pub cell_type: String,
    /// Number of the variant, the same in each cell type; resamples contain it in all of them or in none.
    pub variant: usize,
    /// Log2 fold change of the alternative over the reference allele, or another signed effect.
    pub effect: f64,
    /// Whether it is significant; `None` if unknown.
    pub is_significant: Option<bool>,
}

/// Origin of predicted effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PredictorKind {
    /// Model of expression.
    Model,
    /// Baseline or control that a model has to beat.
    Control,
}

impl PredictorKind {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Control => "control",
        }
    }
}

/// Predicted effects by one model or control.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectPredictor {
    /// Name of the model or control.
    pub name: String,
    /// Whether it is a model or a control.
    pub kind: PredictorKind,
    /// Whether the values have the sign of the effect; otherwise they predict its magnitude only.
    pub is_signed: bool,
    /// One value per measured effect; NaN where it is not defined.
    pub values: Vec<f64>,
}

/// Measured effects and all predictions of them.
///
/// # Examples
///
/// ```
/// use tatabox_eval::{
///     EffectMetric, EffectPredictor, EffectScoreOptions, MeasuredEffect, PredictorKind, VariantEffects,
///     score_variant_effects,
/// };
///
/// let measured = |variant: usize| MeasuredEffect {
///     element: "TERT".to_owned(),
///     cell_type: "K562".to_owned(),
///     variant,
///     effect: variant as f64 - 5.0,
///     is_significant: None,
/// };
/// let effects = VariantEffects {
///     measured: (0..12).map(measured).collect(),
///     predictors: vec![EffectPredictor {
///         name: "cnn".to_owned(),
///         kind: PredictorKind::Model,
///         is_signed: true,
///         values: (0..12).map(|variant| f64::from(variant).powi(2)).collect(),
///     }],
/// };
/// let options = EffectScoreOptions { resamples: 100, ..EffectScoreOptions::default() };
/// let scores = score_variant_effects(&effects, &options);
/// let spearman = scores.metrics.rows[0].estimate(EffectMetric::Spearman);
/// assert_eq!(spearman.value, Some(1.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VariantEffects {
    /// Measured effects, one per variant and cell type.
    pub measured: Vec<MeasuredEffect>,
    /// Predictors; the first is the reference of the tests.
    pub predictors: Vec<EffectPredictor>,
}

/// Bootstrap and definitions of the scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectScoreOptions {
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Fewest variants of an element in a cell type for a share in the mean over elements.
    pub min_variants: usize,
    /// Smallest magnitude of a strong effect; `None` for significant effects, or for the top decile of magnitudes if the
    /// significance is unknown.
    pub strong_effect: Option<f64>,
}

impl Default for EffectScoreOptions {
    fn default() -> Self {
        Self {
            resamples: DEFAULT_RESAMPLES,
            seed: DEFAULT_SEED,
            min_variants: DEFAULT_MIN_VARIANTS,
            strong_effect: None,
        }
    }
}

impl VariantEffects {
    /// Elements in order of first appearance.
    pub(super) fn elements(&self) -> Vec<&str> {
        distinct(self.measured.iter().map(|measured| measured.element.as_str()))
    }

    /// Cell types in order of first appearance.
    pub(super) fn cell_types(&self) -> Vec<&str> {
        distinct(self.measured.iter().map(|measured| measured.cell_type.as_str()))
    }

    /// Whether the significance of any effect is known.
    pub(super) fn has_significance(&self) -> bool {
        self.measured.iter().any(|measured| measured.is_significant.is_some())
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}
