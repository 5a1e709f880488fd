//! What a row of scores is over: one cell type, or all of them in one of two ways.

use std::fmt;

use serde::{Deserialize, Serialize};

const MEAN: &str = "mean";
const POOLED: &str = "pooled";
/// Set behind a cell type that bears the name of a summary, so that files tell the two apart.
const CELL_TYPE_MARK: &str = " (cell type)";

/// The cell types that a row of scores is over.
///
/// In files it is the name of the cell type, `mean` or `pooled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Scope {
    /// One cell type, by name.
    CellType(String),
    /// The mean of the scores of all cell types.
    Mean,
    /// One score over all pairs of a gene and a cell type; it also rewards knowing how cell types differ on average.
    Pooled,
}

impl Scope {
    /// The cell type, where the scope is one.
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
            Self::CellType(name) if name == MEAN || name == POOLED => write!(f, "{name}{CELL_TYPE_MARK}"),
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
            name => match name.strip_suffix(CELL_TYPE_MARK) {
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
    fn a_scope_reads_back_even_for_a_cell_type_named_mean() {
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
