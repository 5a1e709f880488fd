//! Drawing surface in millimetres on the SVG backend of plotters.

use plotters::prelude::{Color, DrawingBackend, RGBColor, SVGBackend, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, TextStyle as PlottersTextStyle};

use super::font::{FAMILY, Weight, points_to_mm};
use super::palette::{Colour, INK};
use super::style::{LETTER_PT, Stroke};
use crate::error::PlotError;

/// Integer SVG units per millimetre, fine enough for smooth curves in print.
pub(crate) const UNITS_PER_MM: f64 = 100.0;
/// Factor by which plotters divides font sizes before writing them.
const PLOTTERS_FONT_SCALE: f64 = 1.24;
/// Vertical shift in em: plotters centres text on its x-height, but digits and capitals are taller.
const CAPITAL_SHIFT_EM: f64 = 0.1;
/// Fallback fonts of an SVG viewer without DejaVu Sans; Verdana has nearly the same widths.
const FALLBACK_FAMILIES: &str = "Verdana, sans-serif";

/// Attributes with their default value, which can be removed.
const DEFAULT_ATTRIBUTES: [&str; 3] = [" opacity=\"1\"", " stroke=\"none\" stroke-width=\"0\"", " stroke=\"none\""];

/// Point in millimetres from the upper left corner.
pub(crate) type Point = (f64, f64);

/// Horizontal alignment of text relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Size, weight, colour and alignment of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextStyle {
    pub(crate) points: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
    pub(crate) anchor: Anchor,
    /// Rotated to read upwards.
    pub(crate) upwards: bool,
}

impl TextStyle {
    pub(crate) fn regular(points: f64, anchor: Anchor) -> Self {
        Self { points, weight: Weight::Regular, colour: INK, anchor, upwards: false }
    }

    pub(crate) fn bold(points: f64, anchor: Anchor) -> Self {
        Self { weight: Weight::Bold, ..Self::regular(points, anchor) }
    }

    pub(crate) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }

    pub(crate) fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

/// Drawing surface of one figure; the first failure of the backend is reported at the end.
pub(crate) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    failure: Option<String>,
}

/// SVG of a figure of the given size.
///
/// # Errors
///
/// [`PlotError::Drawing`] if the backend fails.
pub(crate) fn draw_svg(
    width_mm: f64,
    height_mm: f64,
    paint: impl FnOnce(&mut Canvas<'_>),
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let (width, height) = (units(width_mm), units(height_mm));
    let mut canvas =
        Canvas { backend: SVGBackend::with_string(&mut svg, (width as u32, height as u32)), failure: None };
    paint(&mut canvas);
    let presented = canvas.backend.present();
    canvas.note(presented);
    let failure = canvas.failure.take();
    drop(canvas);
    if let Some(reason) = failure {
        return Err(PlotError::Drawing { reason });
    }
    // plotters writes the size in pixels; a printed figure requires millimetres.
    let sized = svg.replacen(
        &format!("width=\"{width}\" height=\"{height}\""),
        &format!("width=\"{width_mm}mm\" height=\"{:.2}mm\"", f64::from(height) / UNITS_PER_MM),
        1,
    );
    // plotters also writes default attributes, which make up a third of a drawing of many points.
    Ok(DEFAULT_ATTRIBUTES.iter().fold(sized, |svg, attribute| svg.replace(attribute, "")))
}

impl Canvas<'_> {
    pub(crate) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        match stroke.dash_mm {
            None => self.segment(from, to, stroke),
            Some(dash) => {
                for (start, end) in dashes(from, to, dash) {
                    self.segment(start, end, stroke);
                }
            }
        }
    }

    pub(crate) fn path(&mut self, points: &[Point], stroke: Stroke) {
        let drawn = self.backend.draw_path(points.iter().map(|&p| place(p)), &stroke_style(stroke));
        self.note(drawn);
    }

    pub(crate) fn fill(&mut self, points: &[Point], colour: Colour, opacity: f64) {
        let drawn = self.backend.fill_polygon(points.iter().map(|&p| place(p)), &fill_style(colour, opacity));
        self.note(drawn);
    }

    /// Fills a shape of several rings; rings in the opposite direction are holes.
    pub(crate) fn shape(&mut self, rings: &[Vec<Point>], colour: Colour) {
        // One polygon: the bridges between rings run in both directions and enclose no area.
        let mut outline: Vec<Point> = Vec::new();
        for ring in rings {
            outline.extend(ring.iter().chain(ring.first()));
        }
        outline.extend(rings.iter().rev().skip(1).filter_map(|ring| ring.first()));
        self.fill(&outline, colour, 1.0);
    }

    pub(crate) fn rectangle(&mut self, upper_left: Point, lower_right: Point, colour: Colour) {
        let drawn = self.backend.draw_rect(place(upper_left), place(lower_right), &fill_style(colour, 1.0), true);
        self.note(drawn);
    }

    pub(crate) fn disc(&mut self, centre: Point, radius_mm: f64, colour: Colour) {
        let drawn = self.backend.draw_circle(place(centre), units(radius_mm) as u32, &fill_style(colour, 1.0), true);
        self.note(drawn);
    }

    /// Draws one line of text, vertically centred on its point.
    pub(crate) fn text(&mut self, text: &str, at: Point, look: TextStyle) {
        let size = points_to_mm(look.points) * UNITS_PER_MM;
        let weight = if look.weight == Weight::Bold { FontStyle::Bold } else { FontStyle::Normal };
        let families = format!("{FAMILY}, {FALLBACK_FAMILIES}");
        let font = FontDesc::new(FontFamily::Name(&families), size * PLOTTERS_FONT_SCALE, weight);
        let font = if look.upwards { font.transform(FontTransform::Rotate270) } else { font };
        let horizontal = match look.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let colour = rgb(look.colour);
        let style = PlottersTextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        let shift = CAPITAL_SHIFT_EM * points_to_mm(look.points);
        let at = if look.upwards { (at.0 + shift, at.1) } else { (at.0, at.1 + shift) };
        let drawn = self.backend.draw_text(text, &style, place(at));
        self.note(drawn);
    }

    /// Draws the bold letter of a panel.
    pub(crate) fn panel_letter(&mut self, letter: &str, at: Point) {
        self.text(letter, at, TextStyle::bold(LETTER_PT, Anchor::Start));
    }

    fn segment(&mut self, from: Point, to: Point, stroke: Stroke) {
        let drawn = self.backend.draw_line(place(from), place(to), &stroke_style(stroke));
        self.note(drawn);
    }

    fn note<E: std::fmt::Display>(&mut self, drawn: Result<(), E>) {
        if let Err(error) = drawn {
            self.failure.get_or_insert_with(|| error.to_string());
        }
    }
}

/// Dashes of a dashed line; dashes and gaps have equal length.
fn dashes(from: Point, to: Point, dash_mm: f64) -> Vec<(Point, Point)> {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let along = |distance: f64| {
        let fraction = if length > 0.0 { (distance / length).min(1.0) } else { 0.0 };
        (from.0 + fraction * (to.0 - from.0), from.1 + fraction * (to.1 - from.1))
    };
    let count = (length / (2.0 * dash_mm)).ceil() as usize;
    (0..count).map(|i| (along(2.0 * dash_mm * i as f64), along(dash_mm * (2.0 * i as f64 + 1.0)))).collect()
}

fn units(mm: f64) -> i32 {
    (mm * UNITS_PER_MM).round() as i32
}

fn place(point: Point) -> (i32, i32) {
    (units(point.0), units(point.1))
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn stroke_style(stroke: Stroke) -> ShapeStyle {
    ShapeStyle { color: rgb(stroke.colour).to_rgba(), filled: false, stroke_width: units(stroke.width_mm) as u32 }
}

fn fill_style(colour: Colour, opacity: f64) -> ShapeStyle {
    ShapeStyle { color: rgb(colour).mix(opacity), filled: true, stroke_width: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::palette::BLACK;

    #[test]
    fn draw_svg_size_is_in_millimetres_and_units_are_ten_micrometres() {
        let svg = draw_svg(85.0, 40.123, |canvas| canvas.line((0.0, 1.0), (2.5, 1.0), Stroke::new(0.2, BLACK)))
            .expect("drawn");
        assert!(svg.starts_with(r#"<svg width="85mm" height="40.12mm" viewBox="0 0 8500 4012""#), "{svg}");
        assert!(svg.contains(r#"x1="0" y1="100" x2="250" y2="100""#), "{svg}");
    }

    #[test]
    fn draw_svg_text_is_escaped() {
        let look = TextStyle::regular(7.0, Anchor::Start);
        let svg = draw_svg(10.0, 10.0, |canvas| canvas.text("<a&b>", (1.0, 1.0), look)).expect("drawn");
        assert!(svg.contains("&lt;a&amp;b&gt;"), "{svg}");
    }

    #[test]
    fn dashes_end_at_the_end_of_the_line() {
        // 5 mm in dashes of 1 mm: 0-1, 2-3, 4-5.
        let pieces = dashes((0.0, 0.0), (5.0, 0.0), 1.0);
        assert_eq!(pieces.iter().map(|(a, b)| (a.0, b.0)).collect::<Vec<_>>(), [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]);
        assert!(dashes((1.0, 1.0), (1.0, 1.0), 1.0).is_empty());
    }
}
