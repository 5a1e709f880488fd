//! Sizes, strokes and markers shared by all figures.

use super::palette::{Colour, GREY, INK, OKABE_ITO, WHITE};
use super::svg::{Canvas, Point};

/// Width of a one-column figure in a journal.
pub(crate) const ONE_COLUMN_MM: f64 = 85.0;
/// Width of a two-column figure in a journal.
pub(crate) const TWO_COLUMNS_MM: f64 = 180.0;

pub(crate) const TICK_PT: f64 = 6.0;
pub(crate) const LABEL_PT: f64 = 7.0;
pub(crate) const CAPTION_PT: f64 = 6.5;
pub(crate) const LETTER_PT: f64 = 9.0;

/// Margin at the edges of a figure.
pub(crate) const EDGE_MM: f64 = 2.0;
pub(crate) const TICK_MM: f64 = 0.9;

/// Width, colour and dash of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) width_mm: f64,
    pub(crate) colour: Colour,
    /// Length of dash and gap; `None` for a solid line.
    pub(crate) dash_mm: Option<f64>,
}

impl Stroke {
    pub(crate) const AXIS: Self = Self { width_mm: 0.2, colour: INK, dash_mm: None };
    pub(crate) const REFERENCE: Self = Self { width_mm: 0.2, colour: GREY, dash_mm: Some(0.8) };

    pub(crate) fn new(width_mm: f64, colour: Colour) -> Self {
        Self { width_mm, colour, dash_mm: None }
    }
}

/// Shape of a data point; series differ in shape as well as in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Disc,
    Square,
    Diamond,
    Triangle,
    /// A disc with a white centre.
    Ring,
    /// A diamond with a white centre.
    OpenDiamond,
}

/// Corners of a diamond about its centre, in radii.
const DIAMOND: [Point; 4] = [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)];

impl Marker {
    /// Shapes of the series, in order. Without the open diamond, since five shapes and eight colours give forty combinations.
    pub(crate) const ALL: [Self; 5] = [Self::Disc, Self::Square, Self::Diamond, Self::Triangle, Self::Ring];

    /// Draws the marker; all shapes have about the visual weight of a disc of the given radius.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, centre: Point, radius_mm: f64, colour: Colour) {
        let (x, y) = centre;
        let scaled = |canvas: &mut Canvas<'_>, corners: &[Point], radius_mm: f64, colour: Colour| {
            let corners: Vec<Point> = corners.iter().map(|(dx, dy)| (x + dx * radius_mm, y + dy * radius_mm)).collect();
            canvas.fill(&corners, colour, 1.0);
        };
        let polygon = |canvas: &mut Canvas<'_>, corners: &[Point]| scaled(canvas, corners, radius_mm, colour);
        match self {
            Self::Disc => canvas.disc(centre, radius_mm, colour),
            Self::Square => polygon(canvas, &[(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)]),
            Self::Diamond => polygon(canvas, &DIAMOND),
            Self::Triangle => polygon(canvas, &[(0.0, -1.3), (1.17, 0.8), (-1.17, 0.8)]),
            Self::Ring => {
                canvas.disc(centre, radius_mm, colour);
                canvas.disc(centre, radius_mm * 0.5, WHITE);
            }
            Self::OpenDiamond => {
                polygon(canvas, &DIAMOND);
                scaled(canvas, &DIAMOND, radius_mm * 0.5, WHITE);
            }
        }
    }
}

/// Colour and shape of the series at `index`; the combinations repeat after forty series.
pub(crate) fn series_look(index: usize) -> (Colour, Marker) {
    let colours = OKABE_ITO;
    (colours[index % colours.len()], Marker::ALL[index % Marker::ALL.len()])
}

/// Radius of a point in a scatter plot of `n` points.
pub(crate) fn point_radius_mm(n: usize) -> f64 {
    match n {
        0..=50 => 0.8,
        51..=300 => 0.55,
        301..=1_000 => 0.42,
        _ => 0.32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_look_of_forty_series_is_distinct() {
        let looks: Vec<_> = (0..40).map(series_look).collect();
        for (index, look) in looks.iter().enumerate() {
            assert!(!looks[..index].contains(look), "series {index} looks like an earlier one");
        }
    }
}
