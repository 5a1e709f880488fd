//! What one check found.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is; the worst of a report is the largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Nothing was found.
    Pass,
    /// Something that the reader of a score should know.
    Warn,
    /// Scores on held-out genes do not mean what they seem to.
    Fail,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        })
    }
}

/// A check with its outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// What was looked at.
    pub name: String,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found, in one sentence.
    pub finding: String,
    /// The numbers behind it, by name.
    pub numbers: BTreeMap<String, f64>,
}

impl AuditCheck {
    /// A check without numbers.
    pub fn new(name: impl Into<String>, verdict: Verdict, finding: impl Into<String>) -> Self {
        Self { name: name.into(), verdict, finding: finding.into(), numbers: BTreeMap::new() }
    }

    /// The check with one more number; one that is not finite is left out, as JSON has no word for it.
    pub fn with(mut self, name: impl Into<String>, number: f64) -> Self {
        if number.is_finite() {
            self.numbers.insert(name.into(), number);
        }
        self
    }
}

/// `1 pair`, `2 pairs`.
pub(super) fn count_noun(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_verdict_is_the_largest() {
        assert!(Verdict::Fail > Verdict::Warn && Verdict::Warn > Verdict::Pass);
        assert_eq!(serde_json::to_string(&Verdict::Warn).expect("JSON"), "\"WARN\"");
        assert_eq!(format!("{:<5}|", Verdict::Pass), "PASS |");
    }

    #[test]
    fn numbers_that_are_none_are_left_out() {
        let check = AuditCheck::new("x", Verdict::Pass, "").with("a", 1.0).with("b", f64::NAN);
        assert_eq!(check.numbers.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!((count_noun(1, "pair"), count_noun(0, "pair")), ("1 pair".to_owned(), "0 pairs".to_owned()));
    }
}
