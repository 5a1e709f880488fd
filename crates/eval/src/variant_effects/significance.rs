//! Significance of a measured effect.

use statrs::distribution::{ContinuousCDF, Normal};
use tatabox_dataset::{MeasuredVariant, Significance};

/// Whether the effect of a variant is significant at a level.
///
/// Its p-value or false discovery rate is below the level, or its standard error gives such a two-sided p-value under a
/// normal distribution. `None` if the table does not state it.
pub fn is_significant_effect(variant: &MeasuredVariant, level: f64) -> Option<bool> {
    match (variant.significance?, variant.effect) {
        (Significance::Probability(p), _) => Some(p < level),
        (Significance::StandardError(se), Some(effect)) => {
            Some(effect.abs() > se * Normal::standard().inverse_cdf(1.0 - level / 2.0))
        }
        (Significance::StandardError(_), None) => None,
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::MeasuredAlleles;

    use super::*;

    #[test]
    fn is_significant_effect_compares_probability_or_standard_error() {
        let variant = |significance| MeasuredVariant {
            line: 2,
            id: String::new(),
            element: None,
            cell_type: None,
            alleles: MeasuredAlleles::Promoter {
                promoter: "P".to_owned(),
                position_bp: 0,
                reference: "A".to_owned(),
                alternate: "C".to_owned(),
            },
            effect: Some(-1.0),
            significance,
        };
        let significant = |significance| is_significant_effect(&variant(significance), 0.05);
        assert_eq!(significant(Some(Significance::Probability(0.04))), Some(true));
        assert_eq!(significant(Some(Significance::Probability(0.05))), Some(false));
        // The normal quantile of 0.975 is 1.960: |effect| / se of 2 and of 1.9.
        assert_eq!(significant(Some(Significance::StandardError(0.5))), Some(true));
        assert_eq!(significant(Some(Significance::StandardError(1.0 / 1.9))), Some(false));
        assert_eq!(significant(None), None);
    }
}
