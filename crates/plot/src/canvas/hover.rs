//! Data of the tooltips that show the gene of a point under the pointer.

use super::panel::Panel;
use super::svg::UNITS_PER_MM;

/// Points of a scatter plot and their coordinates in its SVG.
#[derive(Debug, Clone, PartialEq)]
pub struct HoverLayer {
    /// Plot areas.
    pub panels: Vec<HoverPanel>,
    /// Gene names, or identifiers of genes without a name.
    pub genes: Vec<String>,
    /// Cell types.
    pub cell_types: Vec<String>,
    /// Points of all panels.
    pub points: Vec<HoverPoint>,
}

/// Plot area in SVG units, with the data values at its edges.
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
    /// Measured values at the left and right edges.
    pub x: [f64; 2],
    /// Predicted values at the lower and upper edges.
    pub y: [f64; 2],
}

/// Point of one gene in one cell type.
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
