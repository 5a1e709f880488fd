//! Numbers, counts, estimates and p-values as text for labels and captions.

use tatabox_eval::Estimate;

use super::font::{Weight, shorten};
use super::style::CAPTION_PT;

/// A space at which no line of a caption is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// A longer name of a model or source loses its middle in a caption.
const MAX_NAME_MM: f64 = 45.0;

/// Smaller p-values are only told to be smaller.
const SMALLEST_SHOWN: f64 = 0.001;

/// A number with a real minus sign and its thousands apart.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{}{fraction}", thousands(whole))
}

/// A count with its thousands apart.
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

/// "1 gene", "2,000 genes".
pub(crate) fn counted(number: usize, noun: &str) -> String {
    format!("{}{NO_BREAK}{noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A name as long as a caption bears.
pub(crate) fn caption_name(name: &str) -> String {
    shorten(name, CAPTION_PT, Weight::Regular, MAX_NAME_MM)
}

/// "0.62 [0.59, 0.65]", or that it is not defined.
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

/// "0.012", or that it is below 0.001.
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
    fn negative_zero_has_no_sign() {
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-1.5, 1), "−1.5");
        assert_eq!(number(-12_345.67, 1), "−12,345.7");
    }
}
