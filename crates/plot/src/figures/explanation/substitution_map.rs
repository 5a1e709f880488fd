//! Heat map of the effects of substitutions.

use crate::canvas::{Anchor, Canvas, GREY, LIGHT_GREY, Panel, Stroke, TICK_PT, TextStyle, diverging, number};

const LETTERS: [&str; 4] = ["A", "C", "G", "T"];
const ROW_MM: f64 = 2.7;
/// Height of the panel.
pub(super) const HEIGHT_MM: f64 = LETTERS.len() as f64 * ROW_MM;
const LABEL_GAP_MM: f64 = 1.0;
/// Radius of the dot at the base of the sequence.
const DOT_MM: f64 = 0.22;
const BAR_GAP_MM: f64 = 1.4;
const BAR_MM: f64 = 1.6;
const BAR_STEPS: usize = 40;
/// Smallest change, as a fraction of the scale, that is drawn; smaller ones would look white.
const MIN_COLOUR_FRACTION: f64 = 1.0 / 512.0;

/// Draws the changes by base and a colour bar; `limit` has the full colour.
pub(super) fn draw(canvas: &mut Canvas<'_>, panel: &Panel, changes: &[[f64; 4]], bases: &[u8], limit: f64) {
    let pitch = panel.width / changes.len().max(1) as f64;
    let row_top = |row: usize| panel.top + row as f64 * ROW_MM;
    for (column, (changes, &base)) in changes.iter().zip(bases).enumerate() {
        let left = panel.left + column as f64 * pitch;
        for (row, &change) in changes.iter().enumerate() {
            let (top, middle) = (row_top(row), row_top(row) + ROW_MM / 2.0);
            if usize::from(base) == row {
                canvas.disc((left + pitch / 2.0, middle), DOT_MM, GREY);
            } else if !change.is_finite() {
                canvas.rectangle((left, top), (left + pitch, top + ROW_MM), LIGHT_GREY);
            } else if change.abs() > MIN_COLOUR_FRACTION * limit {
                canvas.rectangle((left, top), (left + pitch, top + ROW_MM), diverging(change / limit));
            }
        }
    }
    for (row, letter) in LETTERS.into_iter().enumerate() {
        let look = TextStyle::regular(TICK_PT, Anchor::End);
        canvas.text(letter, (panel.left - LABEL_GAP_MM, row_top(row) + ROW_MM / 2.0), look);
    }
    let corners = [(panel.left, panel.top), (panel.right(), panel.top), (panel.right(), panel.bottom())];
    let outline = [&corners[..], &[(panel.left, panel.bottom()), corners[0]]].concat();
    canvas.path(&outline, Stroke::new(0.15, GREY));
    draw_bar(canvas, panel, limit);
}

fn draw_bar(canvas: &mut Canvas<'_>, panel: &Panel, limit: f64) {
    let (left, step) = (panel.right() + BAR_GAP_MM, panel.height / BAR_STEPS as f64);
    for index in 0..BAR_STEPS {
        let value = 1.0 - 2.0 * (index as f64 + 0.5) / BAR_STEPS as f64;
        // Each step extends to the end, because adjacent edges would leave a light seam.
        let top = panel.top + index as f64 * step;
        canvas.rectangle((left, top), (left + BAR_MM, panel.bottom()), diverging(value));
    }
    let look = TextStyle::regular(TICK_PT, Anchor::Start);
    let label = |canvas: &mut Canvas<'_>, text: &str, y: f64| canvas.text(text, (left + BAR_MM + 0.6, y), look);
    let decimals = decimals(limit);
    label(canvas, &format!("+{}", number(limit, decimals)), panel.top + 1.0);
    label(canvas, "0", panel.top + panel.height / 2.0);
    label(canvas, &number(-limit, decimals), panel.bottom() - 1.0);
}

/// Number of decimals that show two significant digits.
fn decimals(limit: f64) -> usize {
    (1.0 - limit.log10().floor()).clamp(0.0, 4.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_show_two_significant_digits() {
        let label = |limit: f64| number(limit, decimals(limit));
        assert_eq!([label(0.0123), label(0.42), label(2.345), label(31.4)], ["0.012", "0.42", "2.3", "31"]);
    }
}
