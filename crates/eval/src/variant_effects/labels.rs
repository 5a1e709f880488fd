//! Significant and strong effects of a set of variants.

use super::effects::{EffectScoreOptions, MeasuredEffect};
use crate::stats::{quantile, sorted};

/// Quantile of the magnitudes above which an effect counts for the agreement in sign, if the significance is unknown.
const UPPER_QUARTILE: f64 = 0.75;
/// Quantile of the magnitudes above which an effect is strong, if the significance is unknown.
const TOP_DECILE: f64 = 0.9;

/// Labels of the effects of one set of variants.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EffectLabels {
    /// Whether an effect counts for the agreement in sign.
    pub(super) significant: Vec<bool>,
    /// Whether an effect is strong.
    pub(super) strong: Vec<bool>,
}

impl EffectLabels {
    /// Labels of `measured`; `is_known` if the significance of any effect of the whole table is known.
    pub(super) fn new(measured: &[&MeasuredEffect], is_known: bool, options: &EffectScoreOptions) -> Self {
        let magnitudes: Vec<f64> = measured.iter().map(|measured| measured.effect.abs()).collect();
        let ascending = sorted(&magnitudes);
        let above = |limit: Option<f64>| -> Vec<bool> {
            magnitudes.iter().map(|&size| size > 0.0 && limit.is_some_and(|limit| size >= limit)).collect()
        };
        let stated = || -> Vec<bool> {
            measured.iter().map(|measured| measured.effect != 0.0 && measured.is_significant == Some(true)).collect()
        };
        let significant = if is_known { stated() } else { above(quantile(&ascending, UPPER_QUARTILE)) };
        let strong = match options.strong_effect {
            Some(limit) => above(Some(limit)),
            None if is_known => stated(),
            None => above(quantile(&ascending, TOP_DECILE)),
        };
        Self { significant, strong }
    }

    /// Definitions of significant and strong effects, as a text for tables.
    pub(super) fn definitions(is_known: bool, options: &EffectScoreOptions) -> [String; 2] {
        let significant =
            if is_known { "significant effects" } else { "effects in the upper quartile of magnitudes of the set" };
        let strong = match options.strong_effect {
            Some(limit) => format!("effects with a magnitude of at least {limit}"),
            None if is_known => "significant effects".to_owned(),
            None => "effects in the top decile of magnitudes of the set".to_owned(),
        };
        [significant.to_owned(), strong]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(values: &[(f64, Option<bool>)]) -> Vec<MeasuredEffect> {
        let effect = |(variant, &(effect, is_significant)): (usize, &(f64, Option<bool>))| MeasuredEffect {
            element: "E".to_owned(),
            cell_type: "K562".to_owned(),
            variant,
            effect,
            is_significant,
        };
        values.iter().enumerate().map(effect).collect()
    }

    #[test]
    fn effect_labels_without_significance_are_quantiles_of_the_magnitude() {
        // Magnitudes 0 to 4: the 0.75 quantile is 3, the 0.9 quantile is 3.6.
        let effects = effects(&[(0.0, None), (-1.0, None), (2.0, None), (-3.0, None), (4.0, None)]);
        let labels = EffectLabels::new(&effects.iter().collect::<Vec<_>>(), false, &EffectScoreOptions::default());
        assert_eq!(labels.significant, [false, false, false, true, true]);
        assert_eq!(labels.strong, [false, false, false, false, true]);
        let options = EffectScoreOptions { strong_effect: Some(2.0), ..EffectScoreOptions::default() };
        let labels = EffectLabels::new(&effects.iter().collect::<Vec<_>>(), false, &options);
        assert_eq!(labels.strong, [false, false, true, true, true]);
    }

    #[test]
    fn effect_labels_with_significance_are_as_stated() {
        let effects = effects(&[(5.0, Some(false)), (-1.0, Some(true)), (2.0, None), (0.0, Some(true))]);
        let labels = EffectLabels::new(&effects.iter().collect::<Vec<_>>(), true, &EffectScoreOptions::default());
        assert_eq!(labels.significant, [false, true, false, false]);
        assert_eq!(labels.strong, labels.significant);
    }
}
