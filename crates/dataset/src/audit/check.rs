//! Checks of an audit and their verdicts.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Severity of a finding; the verdict of a report is the maximum over its checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// No finding.
    Pass,
    /// Finding that limits the interpretation of a score.
    Warn,
    /// Finding that invalidates the scores of held-out genes.
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

/// Check with its outcome.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{AuditCheck, Verdict};
///
/// let check = AuditCheck::new("padding only", Verdict::Warn, "padding predicts expression").with("pearson", 0.3);
/// assert!(check.verdict > Verdict::Pass);
/// assert_eq!(check.numbers["pearson"], 0.3);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// Name of the check.
    pub name: String,
    /// Severity of the finding.
    pub verdict: Verdict,
    /// Finding in one sentence.
    pub finding: String,
    /// Numbers behind the finding, by name.
    pub numbers: BTreeMap<String, f64>,
}

impl AuditCheck {
    /// Check without numbers.
    pub fn new(name: impl Into<String>, verdict: Verdict, finding: impl Into<String>) -> Self {
        Self { name: name.into(), verdict, finding: finding.into(), numbers: BTreeMap::new() }
    }

    /// Check with an additional number. A number that is not finite is omitted, since JSON cannot represent it.
    pub fn with(mut self, name: impl Into<String>, number: f64) -> Self {
        if number.is_finite() {
            self.numbers.insert(name.into(), number);
        }
        self
    }
}

/// Count with a noun: `1 pair`, `2 pairs`.
pub(super) fn count_noun(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_order_is_by_severity() {
        assert!(Verdict::Fail > Verdict::Warn && Verdict::Warn > Verdict::Pass);
        assert_eq!(serde_json::to_string(&Verdict::Warn).expect("JSON"), "\"WARN\"");
        assert_eq!(format!("{:<5}|", Verdict::Pass), "PASS |");
    }

    #[test]
    fn check_with_nan_omits_the_number() {
        let check = AuditCheck::new("x", Verdict::Pass, "").with("a", 1.0).with("b", f64::NAN);
        assert_eq!(check.numbers.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!((count_noun(1, "pair"), count_noun(0, "pair")), ("1 pair".to_owned(), "0 pairs".to_owned()));
    }
}
