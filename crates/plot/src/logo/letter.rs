//! Glyph outlines of letters, for letters scaled to any width and height.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

use crate::canvas::{BOLD_TTF, Canvas, Colour, Point};

/// Number of line segments per curve of an outline, sufficient for letters of a few millimetres.
const STEPS: usize = 5;
/// Smallest height of a drawn letter.
const MIN_LETTER_MM: f64 = 0.05;

/// Outline of a letter in the unit square, y upwards, as closed rings; holes run in the opposite direction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GlyphOutline {
    pub(crate) rings: Vec<Vec<(f64, f64)>>,
}

impl GlyphOutline {
    /// Outline of a letter scaled to the unit square; `None` if the font lacks the letter.
    pub(crate) fn new(letter: char) -> Option<Self> {
        let font = FontRef::new(BOLD_TTF).expect("the bundled font parses, which a test checks");
        let glyph = font.outline_glyphs().get(font.charmap().map(letter)?)?;
        let mut pen = RingPen::default();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        glyph.draw(settings, &mut pen).ok()?;
        let points = || pen.rings.iter().flatten();
        let limits = |axis: fn(&(f64, f64)) -> f64| {
            let (low, high) =
                points().map(axis).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            (high > low).then_some((low, high - low))
        };
        let ((left, width), (bottom, height)) = (limits(|p| p.0)?, limits(|p| p.1)?);
        let fitted =
            |ring: &Vec<(f64, f64)>| ring.iter().map(|(x, y)| ((x - left) / width, (y - bottom) / height)).collect();
        Some(Self { rings: pen.rings.iter().map(fitted).collect() })
    }
}

/// Draws a letter scaled to a width and height in mm; a negative height mirrors it below the line.
pub(crate) fn draw_letter(
    canvas: &mut Canvas<'_>,
    letter: &GlyphOutline,
    lower_left: Point,
    size: Point,
    colour: Colour,
) {
    if size.1.abs() < MIN_LETTER_MM {
        return;
    }
    let at = |&(x, y): &Point| (lower_left.0 + x * size.0, lower_left.1 - y * size.1);
    let rings: Vec<Vec<Point>> = letter.rings.iter().map(|ring| ring.iter().map(at).collect()).collect();
    canvas.shape(&rings, colour);
}

/// Pen that records an outline as rings of straight lines.
#[derive(Default)]
struct RingPen {
    rings: Vec<Vec<(f64, f64)>>,
}

impl RingPen {
    fn last(&self) -> (f64, f64) {
        self.rings.last().and_then(|ring| ring.last()).copied().unwrap_or_default()
    }

    fn push(&mut self, point: (f64, f64)) {
        if let Some(ring) = self.rings.last_mut() {
            ring.push(point);
        }
    }

    /// Appends the Bézier curve with these control points, by de Casteljau's algorithm.
    fn curve(&mut self, points: &[(f64, f64)]) {
        for step in 1..=STEPS {
            let t = step as f64 / STEPS as f64;
            let mut level = points.to_vec();
            while level.len() > 1 {
                level = level
                    .windows(2)
                    .map(|p| (p[0].0 + t * (p[1].0 - p[0].0), p[0].1 + t * (p[1].1 - p[0].1)))
                    .collect();
            }
            self.push(level[0]);
        }
    }
}

impl OutlinePen for RingPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(vec![(f64::from(x), f64::from(y))]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push((f64::from(x), f64::from(y)));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let [control, end] = [(cx0, cy0), (x, y)].map(|(x, y)| (f64::from(x), f64::from(y)));
        self.curve(&[self.last(), control, end]);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let [first, second, end] = [(cx0, cy0), (cx1, cy1), (x, y)].map(|(x, y)| (f64::from(x), f64::from(y)));
        self.curve(&[self.last(), first, second, end]);
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the signed area of a ring.
    fn area(ring: &[(f64, f64)]) -> f64 {
        ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
    }

    #[test]
    fn glyph_outline_fills_the_unit_square_and_holes_are_reversed() {
        for (letter, rings) in [('A', 2), ('C', 1), ('G', 1), ('T', 1), ('N', 1)] {
            let outline = GlyphOutline::new(letter).expect("in the font");
            assert_eq!(outline.rings.len(), rings, "{letter}");
            let points: Vec<(f64, f64)> = outline.rings.concat();
            for (low, high) in [
                (points.iter().map(|p| p.0).fold(9.0, f64::min), points.iter().map(|p| p.0).fold(-9.0, f64::max)),
                (points.iter().map(|p| p.1).fold(9.0, f64::min), points.iter().map(|p| p.1).fold(-9.0, f64::max)),
            ] {
                assert!(low.abs() < 1e-12 && (high - 1.0).abs() < 1e-12, "{letter}");
            }
        }
        let a = GlyphOutline::new('A').expect("in the font");
        assert!(area(&a.rings[0]) * area(&a.rings[1]) < 0.0);
    }

    #[test]
    fn glyph_outline_missing_letter_is_none() {
        assert_eq!(GlyphOutline::new('\u{10ffff}'), None);
        assert_eq!(GlyphOutline::new(' '), None);
    }
}
