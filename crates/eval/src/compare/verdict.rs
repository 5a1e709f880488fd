//! Verdict of a comparison: the better model, and whether the difference is significant.

use std::fmt;

use super::comparison::ComparisonRow;

/// Significance level of the verdicts.
pub const SIGNIFICANCE: f64 = 0.05;

/// Conclusion of one row of comparisons, for the terminal and the TSV.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Verdict<'a> {
    reference: &'a str,
    other: &'a str,
    /// Positive if the reference is ahead.
    difference: f64,
    significant: bool,
    /// Whether the verdict rests on errors because a correlation is not defined.
    by_errors: bool,
}

impl<'a> Verdict<'a> {
    /// Verdict from the correlations and their bootstrap test, or from the errors if a correlation is not defined.
    ///
    /// p-values are those after Holm's correction. `None` without either test.
    pub(crate) fn new(row: &'a ComparisonRow, reference: &'a str) -> Option<Self> {
        let by_errors = row.pearson.is_none();
        let (difference, p) = match (&row.pearson, &row.absolute_error) {
            (Some(pearson), _) => (pearson.value, pearson.p_holm),
            (None, Some(errors)) => (errors.rank_biserial, errors.p_holm),
            (None, None) => return None,
        };
        let significant = p.is_some_and(|p| p < SIGNIFICANCE);
        Some(Self { reference, other: &row.model, difference, significant, by_errors })
    }

    /// The model that is ahead; `None` if both are equal.
    fn ahead(&self) -> Option<&'a str> {
        if self.difference > 0.0 {
            Some(self.reference)
        } else if self.difference < 0.0 {
            Some(self.other)
        } else {
            None
        }
    }

    /// Whether the other model is significantly better.
    pub(crate) fn is_beaten(&self) -> bool {
        self.significant && self.difference < 0.0
    }
}

impl fmt::Display for Verdict<'_> {
    /// "cnn is better", "! ridge is ahead of cnn, not significantly".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ahead) = self.ahead() else { return f.write_str("equal") };
        let by = if self.by_errors { ", by errors" } else { "" };
        match (ahead == self.reference, self.significant) {
            (true, true) => write!(f, "{ahead} is better{by}"),
            (true, false) => write!(f, "{ahead} is ahead{by}, not significantly"),
            (false, true) => write!(f, "! {ahead} is better than {}{by}", self.reference),
            (false, false) => write!(f, "! {ahead} is ahead of {}{by}, not significantly", self.reference),
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::Split;

    use super::*;
    use crate::compare::comparison::{MeanDifference, SignedRankTest};

    fn row(pearson: Option<f64>, rank_biserial: f64, p: f64) -> ComparisonRow {
        ComparisonRow {
            model: "ridge".to_owned(),
            split: Split::Test,
            cell_type: None,
            n: 60,
            pearson: pearson.map(|value| MeanDifference {
                value,
                interval: None,
                chromosome_interval: None,
                p: Some(p),
                p_holm: Some(p),
                p_bh: Some(p),
            }),
            absolute_error: Some(SignedRankTest { statistic: 0.0, p, p_holm: Some(p), p_bh: Some(p), rank_biserial }),
            folds: None,
        }
    }

    #[test]
    fn verdict_better_other_model_is_marked() {
        let beaten = |row: &ComparisonRow| Verdict::new(row, "cnn").is_some_and(|verdict| verdict.is_beaten());
        assert_eq!([0.01, 0.2].map(|p| beaten(&row(Some(-0.1), 0.0, p))), [true, false]);
        let text = |row: &ComparisonRow| Verdict::new(row, "cnn").expect("a test is defined").to_string();
        assert_eq!(text(&row(Some(0.1), 0.0, 0.01)), "cnn is better");
        assert_eq!(text(&row(Some(0.1), 0.0, 0.2)), "cnn is ahead, not significantly");
        assert_eq!(text(&row(Some(-0.1), 0.0, 0.01)), "! ridge is better than cnn");
        assert_eq!(text(&row(Some(-0.1), 0.0, 0.2)), "! ridge is ahead of cnn, not significantly");
        assert_eq!(text(&row(None, 0.5, 0.01)), "cnn is better, by errors");
        assert_eq!(text(&row(None, -0.5, 0.01)), "! ridge is better than cnn, by errors");
        assert_eq!(text(&row(Some(0.0), 0.5, 0.01)), "equal");
        let without = ComparisonRow { absolute_error: None, ..row(None, 0.0, 1.0) };
        assert_eq!(Verdict::new(&without, "cnn"), None);
    }
}
