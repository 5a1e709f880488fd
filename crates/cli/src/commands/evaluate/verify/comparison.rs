//! Numbers that were kept beside the same numbers now.

/// What a comparison of many numbers found.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    numbers: usize,
    largest: f64,
    differences: Vec<String>,
}

impl Comparison {
    /// Compares a number that may lie `tolerance` from the one kept. `None` is a number that is not defined.
    pub(super) fn number(&mut self, what: &str, kept: Option<f64>, now: Option<f64>, tolerance: f64) {
        self.numbers += 1;
        let size = match (kept, now) {
            (Some(kept), Some(now)) => (now - kept).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
        // Of what is not a number, the difference is none either, and is not within any tolerance.
        let is_within = size <= tolerance;
        if !is_within {
            self.differences.push(format!("{what} is {} now, {} was kept", shown(now), shown(kept)));
        }
        if size.is_finite() {
            self.largest = self.largest.max(size);
        }
    }

    /// Compares a count, which must be the same.
    pub(super) fn count(&mut self, what: &str, kept: usize, now: usize) {
        self.number(what, Some(kept as f64), Some(now as f64), 0.0);
    }

    /// Adds a difference that is none of numbers.
    pub(super) fn differs(&mut self, difference: String) {
        self.differences.push(difference);
    }

    /// The comparison in a few words.
    pub(super) fn finding(&self, tolerance: f64) -> String {
        format!("{} numbers, largest difference {:.1e}, tolerance {tolerance:.0e}", self.numbers, self.largest)
    }

    pub(super) fn into_differences(self) -> Vec<String> {
        self.differences
    }
}

fn shown(number: Option<f64>) -> String {
    number.map_or_else(|| "undefined".to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_beyond_the_tolerance_differs() {
        let mut comparison = Comparison::default();
        comparison.number("a", Some(0.5), Some(0.5 + 5e-6), 1e-5);
        comparison.number("b", None, None, 1e-5);
        comparison.number("c", Some(0.5), None, 1e-5);
        comparison.number("d", Some(0.5), Some(f64::NAN), 1e-5);
        comparison.count("genes", 10, 9);
        assert_eq!(comparison.finding(1e-5), "5 numbers, largest difference 1.0e0, tolerance 1e-5");
        assert_eq!(
            comparison.into_differences(),
            ["c is undefined now, 0.5 was kept", "d is NaN now, 0.5 was kept", "genes is 9 now, 10 was kept"]
        );
    }
}
