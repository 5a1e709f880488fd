//! Rendered figure with the tables of the values that it shows.

use tatabox_eval::Estimate;

use super::hover::HoverLayer;
use crate::error::PlotError;

/// A figure rendered to SVG, with its caption and the tables of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderedFigure {
    /// File name without extension.
    pub name: String,
    /// First sentence of the caption, set in bold.
    pub title: String,
    /// Caption without the title.
    pub caption: String,
    /// SVG of the figure with title and caption.
    pub svg: String,
    /// SVG of the figure without title and caption, for a page that sets them as text.
    pub body_svg: String,
    /// Tables of the values in the figure.
    pub tables: Vec<FigureTable>,
    /// Genes of the points, for scatter plots of genes.
    pub hover: Option<HoverLayer>,
}

/// Table of the values in a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// File name without extension.
    pub name: String,
    /// CSV text with a header line.
    pub csv: String,
}

impl FigureTable {
    /// Formats rows as CSV.
    pub(crate) fn new(
        name: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<Self, PlotError> {
        Ok(Self { name: name.to_owned(), csv: csv_text(header, rows)? })
    }
}

fn csv_text(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String, PlotError> {
    let fail = |reason: String| PlotError::format("the table of a figure", reason);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| fail(error.to_string()))?;
    for row in rows {
        writer.write_record(&row).map_err(|error| fail(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| fail(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| fail(error.to_string()))
}

/// A number as a table cell, with six decimals.
pub(crate) fn cell(value: f64) -> String {
    format!("{value:.6}")
}

/// An optional number as a table cell; empty for `None`.
pub(crate) fn optional_cell(value: Option<f64>) -> String {
    value.map(cell).unwrap_or_default()
}

/// Value and limits of an estimate as table cells.
pub(crate) fn estimate_cells(estimate: &Estimate) -> [String; 3] {
    [estimate.value, estimate.interval.map(|i| i.low), estimate.interval.map(|i| i.high)].map(optional_cell)
}
