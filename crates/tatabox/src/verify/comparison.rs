//! Recorded numbers compared with recomputed ones.

/// Differences between recorded and recomputed numbers.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    numbers: usize,
    largest: f64,
    differences: Vec<String>,
}

impl Comparison {
    /// Compares a number that may differ by `tolerance`. `None` is an undefined number.
    pub(super) fn number(&mut self, what: &str, recorded: Option<f64>, recomputed: Option<f64>, tolerance: f64) {
        self.numbers += 1;
        let size = match (recorded, recomputed) {
            (Some(recorded), Some(recomputed)) => (recomputed - recorded).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
        // A difference of NaN is within no tolerance.
        let is_within = size <= tolerance;
        if !is_within {
            self.differences.push(format!("{what}: recorded {}, recomputed {}", shown(recorded), shown(recomputed)));
        }
        if size.is_finite() {
            self.largest = self.largest.max(size);
        }
    }

    /// Compares a count, which must be equal.
    pub(super) fn count(&mut self, what: &str, recorded: usize, recomputed: usize) {
        self.number(what, Some(recorded as f64), Some(recomputed as f64), 0.0);
    }

    /// Adds a difference that is not between two numbers.
    pub(super) fn differs(&mut self, difference: String) {
        self.differences.push(difference);
    }

    /// Summary in one line.
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
    fn comparison_lists_only_differences_beyond_the_tolerance() {
        let mut comparison = Comparison::default();
        comparison.number("a", Some(0.5), Some(0.5 + 5e-6), 1e-5);
        comparison.number("b", None, None, 1e-5);
        comparison.number("c", Some(0.5), None, 1e-5);
        comparison.number("d", Some(0.5), Some(f64::NAN), 1e-5);
        comparison.count("genes", 10, 9);
        assert_eq!(comparison.finding(1e-5), "5 numbers, largest difference 1.0e0, tolerance 1e-5");
        assert_eq!(
            comparison.into_differences(),
            [
                "c: recorded 0.5, recomputed undefined",
                "d: recorded 0.5, recomputed NaN",
                "genes: recorded 10, recomputed 9"
            ]
        );
    }
}
