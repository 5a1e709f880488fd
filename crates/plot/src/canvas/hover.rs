//! What a page tells about the point under the pointer.

use super::panel::Panel;
use super::svg::UNITS_PER_MM;

/// The points of a scatter plot and where they stand in its SVG.
#[derive(Debug, Clone, PartialEq)]
pub struct HoverLayer {
    /// Plot areas.
    pub panels: Vec<HoverPanel>,
    /// Gene names, or identifiers where no name is known.
    pub genes: Vec<String>,
    /// Cell types.
    pub cell_types: Vec<String>,
    /// Every point of every panel.
    pub points: Vec<HoverPoint>,
}

/// A plot area in units of the SVG and the values at its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoverPanel {
    /// Left edge.
    pub left: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Measured value at the left and right edge.
    pub x: [f64; 2],
    /// Predicted value at the lower and upper edge.
    pub y: [f64; 2],
}

/// A gene in a cell type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoverPoint {
    /// Index into the panels.
    pub panel: usize,
    /// Index into the genes.
    pub gene: usize,
    /// Index into the cell types.
    pub cell_type: usize,
    /// Measured log2(TPM + 1).
    pub measured: f64,
    /// Predicted log2(TPM + 1).
    pub predicted: f64,
}

impl From<&Panel> for HoverPanel {
    fn from(panel: &Panel) -> Self {
        Self {
            left: panel.left * UNITS_PER_MM,
            bottom: panel.bottom() * UNITS_PER_MM,
            width: panel.width * UNITS_PER_MM,
            height: panel.height * UNITS_PER_MM,
            x: [panel.x.low, panel.x.high],
            y: [panel.y.low, panel.y.high],
        }
    }
}
