//! Counts and durations as readers expect them in messages.

use std::time::Duration;

/// Count with a comma between groups of three digits: `1,234,567`.
pub(crate) fn grouped(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(u64::MAX).to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Duration in the unit that leaves about two digits: `45 seconds`, `12 minutes`, `3 hours`.
pub(crate) fn rounded_duration(duration: Duration) -> String {
    const UNITS: [(f64, &str); 4] = [(1.0, "second"), (60.0, "minute"), (3_600.0, "hour"), (86_400.0, "day")];
    let seconds = duration.as_secs_f64();
    let fits = |(length, _): &&(f64, &str)| seconds >= 1.5 * length;
    let &(length, name) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
    let count = (seconds / length).round() as u64;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouped_count_has_a_comma_per_three_digits() {
        for (count, text) in
            [(0_u64, "0"), (999, "999"), (1_000, "1,000"), (261_164, "261,164"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn rounded_duration_changes_unit_at_one_and_a_half() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (5_399, "90 minutes"),
            (7_200, "2 hours"),
        ] {
            assert_eq!(rounded_duration(Duration::from_secs(seconds)), text);
        }
    }
}
