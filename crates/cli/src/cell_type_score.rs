//! Pearson by cell type, as training tells it.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;

/// Pearson over the validation genes of one cell type.
#[derive(Debug, Serialize)]
pub(crate) struct CellTypeScore {
    pub(crate) cell_type: String,
    /// None where it is not defined.
    pub(crate) pearson: Option<f64>,
}

impl CellTypeScore {
    /// One a cell type.
    pub(crate) fn of(cell_types: &[String], pearsons: &[Option<f64>]) -> Vec<Self> {
        let scores = cell_types.iter().zip(pearsons);
        scores.map(|(cell_type, &pearson)| Self { cell_type: cell_type.clone(), pearson }).collect()
    }

    /// A line for each score, and for their mean where there are several.
    pub(crate) fn to_text(scores: &[Self], mean: f64) -> Result<String> {
        let mut text = String::new();
        let width = scores.iter().map(|score| score.cell_type.chars().count()).max().unwrap_or(0).max("mean".len());
        for score in scores {
            writeln!(text, "  {:width$}  {}", score.cell_type, shown(score.pearson))?;
        }
        if scores.len() > 1 {
            writeln!(text, "  {:width$}  {mean:.4}", "mean")?;
        }
        Ok(text)
    }
}

/// A dash where it is not defined.
pub(crate) fn shown(pearson: Option<f64>) -> String {
    pearson.map_or_else(|| "-".to_owned(), |pearson| format!("{pearson:.4}"))
}
