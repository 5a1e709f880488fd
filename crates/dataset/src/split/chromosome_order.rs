//! Natural order of chromosome names.

use std::cmp::Ordering;

/// Compares names with digits as numbers: chr2 before chr10, chr22 before chrX, chrX before chrY.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    while let (Some(&x), Some(&y)) = (left.first(), right.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (digits_left, digits_right) = (leading_digits(left), leading_digits(right));
            // Without leading zeros the longer number is the larger one.
            let (number_left, number_right) = (significant(digits_left), significant(digits_right));
            let order = number_left.len().cmp(&number_right.len()).then_with(|| number_left.cmp(number_right));
            if order != Ordering::Equal {
                return order;
            }
            (left, right) = (&left[digits_left.len()..], &right[digits_right.len()..]);
        } else if x == y {
            (left, right) = (&left[1..], &right[1..]);
        } else {
            return x.cmp(&y);
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

fn leading_digits(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

fn significant(digits: &[u8]) -> &[u8] {
    let start = digits.iter().position(|&byte| byte != b'0').unwrap_or(digits.len());
    &digits[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order_compares_numbers_by_value() {
        let mut names = ["chrX", "chr10", "chr2", "chr6_cox_hap2", "chrM", "chr6", "chr22"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["chr2", "chr6", "chr6_cox_hap2", "chr10", "chr22", "chrM", "chrX"]);
    }
}
