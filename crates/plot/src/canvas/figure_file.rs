//! A figure in memory and the tables of the values that it shows.

use tatabox_eval::Estimate;

use super::hover::HoverLayer;
use crate::error::PlotError;

/// A figure in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderedFigure {
    /// File name without extension.
    pub name: String,
    /// The words that the caption begins with, in bold.
    pub title: String,
    /// The caption after its title.
    pub caption: String,
    /// The whole figure, title and caption included.
    pub svg: String,
    /// The figure without title and caption, for a page that sets them itself.
    pub body_svg: String,
    /// The numbers in the figure.
    pub tables: Vec<FigureTable>,
    /// Which gene each point is, where points are genes.
    pub hover: Option<HoverLayer>,
}

/// A table behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// File name without extension.
    pub name: String,
    /// Its rows as CSV with a header.
    pub csv: String,
}

impl FigureTable {
    /// Rows as CSV text under the name of a file.
    pub(crate) fn new(
        name: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<Self, PlotError> {
        Ok(Self { name: name.to_owned(), csv: csv_text(header, rows)? })
    }
}

fn csv_text(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String, PlotError> {
    let fail = |reason: String| PlotError::format("behind a figure", reason);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| fail(error.to_string()))?;
    for row in rows {
        writer.write_record(&row).map_err(|error| fail(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| fail(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| fail(error.to_string()))
}

/// A number of a table: six digits after the point.
pub(crate) fn cell(value: f64) -> String {
    format!("{value:.6}")
}

/// The same, empty where there is none.
pub(crate) fn optional_cell(value: Option<f64>) -> String {
    value.map(cell).unwrap_or_default()
}

/// Value and limits as cells of a table.
pub(crate) fn estimate_cells(estimate: &Estimate) -> [String; 3] {
    [estimate.value, estimate.interval.map(|i| i.low), estimate.interval.map(|i| i.high)].map(optional_cell)
}
