//! What a baseline hands back.

use std::fmt;

use tatabox_dataset::PredictionRow;

/// Predictions of one baseline and the settings behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselinePredictions {
    /// One row a gene and cell type with a measurement, in the order of the genes asked for.
    pub rows: Vec<PredictionRow>,
    /// What was chosen, subsampled or filled in on the way; for logs and reports.
    pub notes: Vec<BaselineNote>,
}

/// One setting of a fitted baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineNote {
    /// The cell type it holds for; `None` if for all.
    pub cell_type: Option<String>,
    /// What the value is, with its unit.
    pub setting: &'static str,
    /// The value.
    pub value: String,
}

impl BaselineNote {
    /// A setting of all cell types.
    pub(crate) fn for_all_cell_types(setting: &'static str, value: impl fmt::Display) -> Self {
        Self { cell_type: None, setting, value: value.to_string() }
    }

    /// A setting of one cell type.
    pub(crate) fn for_cell_type(cell_type: &str, setting: &'static str, value: impl fmt::Display) -> Self {
        Self { cell_type: Some(cell_type.to_owned()), setting, value: value.to_string() }
    }
}

impl fmt::Display for BaselineNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cell_type) = &self.cell_type {
            write!(formatter, "{cell_type}: ")?;
        }
        write!(formatter, "{}: {}", self.setting, self.value)
    }
}

/// How far a fit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineProgress {
    /// What is being done.
    pub stage: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps of this stage.
    pub total: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_reads_as_a_line_of_a_log() {
        assert_eq!(
            BaselineNote::for_cell_type("K562", "longest word (bp)", 5).to_string(),
            "K562: longest word (bp): 5"
        );
        assert_eq!(BaselineNote::for_all_cell_types("trees", 100).to_string(), "trees: 100");
    }
}
