//! Text on validation scores by cell type.

use std::fmt::Write;

use anyhow::Result;
use tatabox::train::CellTypeScore;

/// One line per score, and one for their mean where there are several.
pub(crate) fn text(scores: &[CellTypeScore], mean: f64) -> Result<String> {
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

/// A correlation with four decimals, or a dash where it is undefined.
pub(crate) fn shown(pearson: Option<f64>) -> String {
    pearson.map_or_else(|| "-".to_owned(), |pearson| format!("{pearson:.4}"))
}
