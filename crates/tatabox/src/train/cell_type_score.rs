//! Validation score of one cell type.

use serde::Serialize;

/// Pearson correlation over the validation genes in one cell type.
///
/// ```
/// use tatabox::train::CellTypeScore;
///
/// let score = CellTypeScore { cell_type: "K562".to_owned(), pearson: Some(0.5) };
/// assert!(score.pearson > Some(0.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellTypeScore {
    /// Name of the cell type.
    pub cell_type: String,
    /// Correlation; `None` where it is undefined, for constant values.
    pub pearson: Option<f64>,
}

impl CellTypeScore {
    /// One score per cell type.
    pub(super) fn zip(cell_types: &[String], pearsons: &[Option<f64>]) -> Vec<Self> {
        let scores = cell_types.iter().zip(pearsons);
        scores.map(|(cell_type, &pearson)| Self { cell_type: cell_type.clone(), pearson }).collect()
    }
}
