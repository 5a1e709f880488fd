//! Bases as letters whose height is a value.

use crate::canvas::{Canvas, Panel, base_colour};
use crate::logo::{GlyphOutline, draw_letter};

const BASES: [char; 5] = ['A', 'C', 'G', 'T', 'N'];
/// Air on both sides of a letter, as a part of its column.
const LETTER_GAP: f64 = 0.04;

/// Draws a letter a base, upwards from 0 or hanging below it; none where the value is not finite.
pub(super) fn draw(canvas: &mut Canvas<'_>, panel: &Panel, values: &[f64], bases: &[u8], pitch_mm: f64) {
    let letters = BASES.map(|base| GlyphOutline::new(base).expect("the bundled font has the bases, as a test shows"));
    let zero = panel.y_mm(0.0);
    for (column, (&value, &base)) in values.iter().zip(bases).enumerate() {
        if value.is_finite() {
            let base = usize::from(base).min(BASES.len() - 1);
            let lower_left = (panel.left + (column as f64 + LETTER_GAP) * pitch_mm, zero);
            let size = (pitch_mm * (1.0 - 2.0 * LETTER_GAP), value / panel.y.length() * panel.height);
            draw_letter(canvas, &letters[base], lower_left, size, base_colour(BASES[base]));
        }
    }
}
