//! Bases as letters scaled by a value.

use crate::canvas::{Canvas, Panel, base_colour};
use crate::logo::{GlyphOutline, draw_letter};

const BASES: [char; 5] = ['A', 'C', 'G', 'T', 'N'];
/// Padding on each side of a letter, as a fraction of its column.
const LETTER_GAP: f64 = 0.04;

/// Draws one letter per base, above or below the zero line; none for values that are not finite.
pub(super) fn draw(canvas: &mut Canvas<'_>, panel: &Panel, values: &[f64], bases: &[u8], pitch_mm: f64) {
    let letters =
        BASES.map(|base| GlyphOutline::new(base).expect("the bundled font contains the bases, which a test checks"));
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
