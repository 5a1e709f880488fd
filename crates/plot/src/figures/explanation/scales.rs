//! Axis limits shared by all blocks.

use std::ops::Range;

use super::input::Explanation;
use crate::canvas::Span;

/// Margin beyond the largest value, as a fraction of the axis.
const MARGIN: f64 = 0.06;
/// Limit of a scale without values above 0.
const DEFAULT_LIMIT: f64 = 1.0;

/// Axis and colour limits shared by all blocks.
pub(super) struct Scales {
    /// Absolute change with the full colour.
    pub(super) substitution: f64,
    pub(super) effect: Span,
    pub(super) attribution: Span,
    pub(super) attention: Span,
}

impl Scales {
    /// Scales for the bases that are shown as letters.
    pub(super) fn new(
        explanation: &Explanation,
        effects: Option<&[f64]>,
        attention: &[f64],
        shown: Range<usize>,
    ) -> Self {
        let changes = explanation.substitutions.iter().flat_map(|changes| changes[shown.clone()].iter().flatten());
        let effect = effects.map_or(&[][..], |effects| &effects[shown.clone()]);
        let attribution = explanation.attribution.as_ref();
        Self {
            substitution: or_one(largest(changes)),
            effect: through_zero(effect),
            attribution: through_zero(attribution.map_or(&[][..], |attribution| &attribution.values[shown.clone()])),
            attention: Span::new(0.0, or_one(largest(&attention[shown])) * (1.0 + MARGIN)),
        }
    }
}

/// Range of the values and 0, with a margin.
pub(super) fn through_zero(values: &[f64]) -> Span {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    if high <= low {
        return Span::new(-DEFAULT_LIMIT, DEFAULT_LIMIT);
    }
    let room = MARGIN * (high - low);
    Span::new(if low < 0.0 { low - room } else { 0.0 }, if high > 0.0 { high + room } else { 0.0 })
}

/// Largest absolute value of the finite values.
pub(super) fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().filter(|value| value.is_finite()).fold(0.0, |most, value| f64::max(most, value.abs()))
}

pub(super) fn or_one(limit: f64) -> f64 {
    if limit > 0.0 { limit } else { DEFAULT_LIMIT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn through_zero_covers_zero_and_every_value() {
        assert_eq!(through_zero(&[1.0, f64::NAN, 2.0]), Span::new(0.0, 2.12));
        assert_eq!(through_zero(&[-1.0]), Span::new(-1.06, 0.0));
        assert_eq!(through_zero(&[0.0]), Span::new(-1.0, 1.0));
        assert!((or_one(largest(&[-3.0, f64::INFINITY, 2.0])) - 3.0).abs() < 1e-12);
        assert!((or_one(largest(&[])) - 1.0).abs() < 1e-12);
    }
}
