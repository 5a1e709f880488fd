//! Scope of a row of scores: one cell type, the mean over cell types, or all of them pooled.

use std::fmt;

use serde::{Deserialize, Serialize};

const MEAN: &str = "mean";
const POOLED: &str = "pooled";
/// Suffix of a cell type named like a summary, which distinguishes the two in files.
const CELL_TYPE_SUFFIX: &str = " (cell type)";

/// The cell types that a row of scores covers.
///
/// In files it is written as the name of the cell type, `mean` or `pooled`.
///
/// # Examples
///
/// ```
/// use tatabox_eval::Scope;
///
/// assert_eq!(Scope::from("K562".to_owned()), Scope::CellType("K562".to_owned()));
/// assert_eq!(Scope::Mean.to_string(), "mean");
/// assert_eq!(Scope::CellType("mean".to_owned()).to_string(), "mean (cell type)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Scope {
    /// One cell type, by name.
    CellType(String),
    /// The mean of the scores of all cell types.
    Mean,
    /// One score over all pairs of gene and cell type; it also rewards predicting the average of each cell type.
    Pooled,
}

impl Scope {
    /// The cell type; `None` for a summary over cell types.
    pub fn cell_type(&self) -> Option<&str> {
        match self {
            Self::CellType(name) => Some(name),
            Self::Mean | Self::Pooled => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CellType(name) if name == MEAN || name == POOLED => write!(f, "{name}{CELL_TYPE_SUFFIX}"),
            Self::CellType(name) => f.write_str(name),
            Self::Mean => f.write_str(MEAN),
            Self::Pooled => f.write_str(POOLED),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl From<String> for Scope {
    fn from(text: String) -> Self {
        match text.as_str() {
            MEAN => Self::Mean,
            POOLED => Self::Pooled,
            name => match name.strip_suffix(CELL_TYPE_SUFFIX) {
                Some(marked @ (MEAN | POOLED)) => Self::CellType(marked.to_owned()),
                _ => Self::CellType(text),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_json_round_trips_for_cell_type_named_mean() {
        let cell_type = |name: &str| Scope::CellType(name.to_owned());
        for (scope, json) in [
            (cell_type("K562"), "\"K562\""),
            (Scope::Mean, "\"mean\""),
            (Scope::Pooled, "\"pooled\""),
            (cell_type("mean"), "\"mean (cell type)\""),
        ] {
            assert_eq!(serde_json::to_string(&scope).expect("a string"), json);
            assert_eq!(serde_json::from_str::<Scope>(json).expect("valid"), scope);
        }
    }
}
