//! Predictions, selected settings and progress of a baseline.

use std::fmt;

use tatabox_dataset::PredictionRow;

/// Predictions of one baseline and the settings that it selected.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselinePredictions {
    /// One row per gene and cell type with a measurement, in the order of the requested genes.
    pub rows: Vec<PredictionRow>,
    /// Selected settings, subsampling and imputation, for logs and reports.
    pub notes: Vec<BaselineNote>,
}

/// A setting of a fitted baseline.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::BaselineNote;
///
/// let note = BaselineNote { cell_type: Some("K562".to_owned()), setting: "C", value: "0.3".to_owned() };
/// assert_eq!(note.to_string(), "K562: C: 0.3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineNote {
    /// Cell type to which the setting applies; `None` for all cell types.
    pub cell_type: Option<String>,
    /// Name of the setting, with its unit.
    pub setting: &'static str,
    /// Value of the setting.
    pub value: String,
}

impl BaselineNote {
    /// Setting that applies to all cell types.
    pub(crate) fn for_all_cell_types(setting: &'static str, value: impl fmt::Display) -> Self {
        Self { cell_type: None, setting, value: value.to_string() }
    }

    /// Setting that applies to one cell type.
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

/// Progress of a fit.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::BaselineProgress;
///
/// let progress = BaselineProgress { stage: "forests", done: 2, total: 8 };
/// assert_eq!(format!("{} {}/{}", progress.stage, progress.done, progress.total), "forests 2/8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineProgress {
    /// Name of the current stage.
    pub stage: &'static str,
    /// Completed steps of the stage.
    pub done: usize,
    /// All steps of the stage.
    pub total: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_display_is_one_line() {
        assert_eq!(BaselineNote::for_cell_type("K562", "largest k", 5).to_string(), "K562: largest k: 5");
        assert_eq!(BaselineNote::for_all_cell_types("trees", 100).to_string(), "trees: 100");
    }
}
