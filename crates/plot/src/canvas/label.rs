//! Numbers, counts, estimates and p-values as text for labels and captions.

use tatabox_eval::Estimate;

use super::font::{Weight, shorten};
use super::style::CAPTION_PT;

/// No-break space, at which captions do not break lines.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// Largest width of the name of a model or source in a caption; longer names are shortened in the middle.
const MAX_NAME_MM: f64 = 45.0;

/// Smallest p-value shown as a number; smaller ones are shown as a bound.
const SMALLEST_SHOWN: f64 = 0.001;

/// A number with a minus sign (U+2212) and thousands separators.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{}{fraction}", thousands(whole))
}

/// A count with thousands separators.
pub(crate) fn count(value: usize) -> String {
    thousands(&value.to_string())
}

fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: "1 gene", "2,000 genes".
pub(crate) fn counted(number: usize, noun: &str) -> String {
    format!("{}{NO_BREAK}{noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A name shortened to the width available in a caption.
pub(crate) fn caption_name(name: &str) -> String {
    shorten(name, CAPTION_PT, Weight::Regular, MAX_NAME_MM)
}

/// An estimate: "0.62 [0.59, 0.65]", or "not defined".
pub(crate) fn estimate_text(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Some(value), Some(interval)) => {
            let [value, low, high] = [value, interval.low, interval.high].map(|value| number(value, 2));
            format!("{value}{NO_BREAK}[{low},{NO_BREAK}{high}]")
        }
        (Some(value), None) => number(value, 2),
        (None, _) => "not defined".to_owned(),
    }
}

/// A p-value: "0.012", or "< 0.001".
pub(crate) fn p_value_text(p: f64) -> String {
    if p < SMALLEST_SHOWN {
        format!("<{NO_BREAK}{SMALLEST_SHOWN}")
    } else if p < 0.099_5 {
        number(p, 3)
    } else {
        number(p, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_negative_zero_has_no_sign() {
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-1.5, 1), "−1.5");
        assert_eq!(number(-12_345.67, 1), "−12,345.7");
    }
}
