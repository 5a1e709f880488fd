//! Choice of the promoter of a gene by activity, and its record.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Reason for which a promoter is that of its gene.
///
/// The only promoter of a gene has no recorded reason, because the number of promoters correlates with expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PromoterChoice {
    /// It has the highest activity.
    MostActive,
    /// Several promoters share the highest activity; the source prefers this one.
    Tied,
    /// No promoter of the gene has an activity; the source prefers this one.
    NoActivity,
}

impl PromoterChoice {
    const ALL: [Self; 3] = [Self::MostActive, Self::Tied, Self::NoActivity];

    /// Name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MostActive => "most_active",
            Self::Tied => "tied",
            Self::NoActivity => "no_activity",
        }
    }
}

impl fmt::Display for PromoterChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PromoterChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|choice| choice.as_str() == text);
        found.ok_or_else(|| {
            format!("promoter choice '{text}' is unknown; expected {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }
}

/// Promoter of a gene that was chosen by activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenPromoter {
    /// Name in the table of activities, if it has one.
    pub name: Option<String>,
    /// Reason.
    pub choice: PromoterChoice,
}

/// Record of the choice of promoters by activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromoterChoiceRecord {
    /// File name of the table of activities, whose checksum is listed in the inputs.
    pub table: String,
    /// Columns of activities, each scaled to the same total.
    pub columns: Vec<String>,
    /// Number of genes by reason.
    pub choices: BTreeMap<PromoterChoice, usize>,
    /// Number of genes with another promoter than without activities.
    pub changed: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promoter_choice_name_matches_serde() {
        for choice in PromoterChoice::ALL {
            assert_eq!(choice.as_str().parse(), Ok(choice));
            assert_eq!(serde_json::to_string(&choice).expect("json"), format!("\"{choice}\""));
        }
        assert!("first".parse::<PromoterChoice>().expect_err("unknown").contains("most_active, tied, no_activity"));
    }
}
