//! Axis ticks at round numbers.

use super::label::{count, number};

/// Range of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Span {
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Range of the finite values, extended by the fraction `margin` on each side; by half a unit if all values are equal.
    pub(crate) fn around(values: impl IntoIterator<Item = f64>, margin: f64) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            return Self::new(0.0, 1.0);
        }
        let length = high - low;
        let room = if length > 1e-9 * low.abs().max(high.abs()) { margin * length } else { 0.5 };
        Self::new(low - room, high + room)
    }

    pub(crate) fn length(self) -> f64 {
        self.high - self.low
    }

    pub(crate) fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// Position on an axis with its label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// At most `most` ticks inside the span, with a step of 1, 2 or 5 times a power of ten.
pub(crate) fn round_ticks(span: Span, most: usize) -> Vec<Tick> {
    let step = round_step(span.length() / most.max(1) as f64);
    let decimals = decimals_of(step);
    let first = (span.low / step - 1e-9).ceil() as i64;
    let last = (span.high / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).map(|value| Tick { value, label: number(value, decimals) }).collect()
}

/// Ticks at whole numbers, for counts.
pub(crate) fn count_ticks(span: Span, most: usize) -> Vec<Tick> {
    let whole = |tick: &Tick| (tick.value - tick.value.round()).abs() < 1e-9;
    round_ticks(span, most)
        .into_iter()
        .filter(whole)
        .map(|t| Tick { label: count(t.value.round() as usize), ..t })
        .collect()
}

/// Smallest round step of at least `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(f64::MIN_POSITIVE).log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let factor = factors.into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9)).unwrap_or(10.0);
    factor * power
}

fn decimals_of(step: f64) -> usize {
    (0..9).find(|&decimals| ((step * 10_f64.powi(decimals)).fract() - 0.5).abs() > 0.499_999).unwrap_or(9) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        round_ticks(Span::new(low, high), most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn round_ticks_are_round_and_inside_the_span() {
        assert_eq!(labels(-0.3, 10.2, 6), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(labels(0.41, 0.66, 5), ["0.45", "0.50", "0.55", "0.60", "0.65"]);
        assert_eq!(labels(-1.0, 1.0, 4), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 0.01, 4), ["0.000", "0.005", "0.010"]);
    }

    #[test]
    fn count_ticks_are_whole_with_thousands_separators() {
        let labels: Vec<String> = count_ticks(Span::new(0.0, 1.05), 5).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0", "1"]);
        assert_eq!([count(7), count(1_234), count(1_234_567)], ["7", "1,234", "1,234,567"]);
    }

    #[test]
    fn span_around_equal_values_has_unit_length() {
        assert_eq!(Span::around([3.0, 3.0], 0.05), Span::new(2.5, 3.5));
        assert_eq!(Span::around([0.0, 10.0], 0.1), Span::new(-1.0, 11.0));
        assert_eq!(Span::around([], 0.1), Span::new(0.0, 1.0));
    }
}
