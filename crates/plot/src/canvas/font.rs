//! Typeface of the figures, and the width of text.
//!
//! # Source
//!
//! DejaVu Sans 2.37, unmodified; licence in `assets/LICENSE-DejaVu.txt`.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Family name written into the SVG.
pub(crate) const FAMILY: &str = "DejaVu Sans";
pub(crate) const REGULAR_TTF: &[u8] = include_bytes!("../../assets/DejaVuSans.ttf");
pub(crate) const BOLD_TTF: &[u8] = include_bytes!("../../assets/DejaVuSans-Bold.ttf");

const MILLIMETRES_PER_POINT: f64 = 25.4 / 72.0;
/// Advance width of a character missing from the font, in em.
const MISSING_ADVANCE_EM: f64 = 0.6;

/// Weight of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// Height of a font size in millimetres.
pub(crate) fn points_to_mm(points: f64) -> f64 {
    points * MILLIMETRES_PER_POINT
}

/// Width of one line of text in millimetres, without kerning, which changes a label by less than 1%.
pub(crate) fn text_width_mm(text: &str, points: f64, weight: Weight) -> f64 {
    let data = match weight {
        Weight::Regular => REGULAR_TTF,
        Weight::Bold => BOLD_TTF,
    };
    let font = FontRef::new(data).expect("the bundled font parses, which a test checks");
    let characters = font.charmap();
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let advance = |character: char| {
        characters.map(character).and_then(|glyph| metrics.advance_width(glyph)).map_or(MISSING_ADVANCE_EM, f64::from)
    };
    text.chars().map(advance).sum::<f64>() * points_to_mm(points)
}

/// Text shortened to `limit_mm` by an ellipsis in the middle, since names in a list often differ at their ends.
pub(crate) fn shorten(text: &str, points: f64, weight: Weight, limit_mm: f64) -> String {
    if text_width_mm(text, points, weight) <= limit_mm {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let without = |removed: usize| {
        let remaining = letters.len() - removed;
        let (head, tail) = (remaining.div_ceil(2), remaining / 2);
        let piece = |letters: &[char]| letters.iter().collect::<String>();
        format!("{}…{}", piece(&letters[..head]).trim_end(), piece(&letters[letters.len() - tail..]).trim_start())
    };
    let fits = |shorter: &String| text_width_mm(shorter, points, weight) <= limit_mm;
    (1..letters.len()).map(without).find(fits).unwrap_or_else(|| "…".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_width_of_a_digit_is_0_636_em() {
        // DejaVu Sans: every digit has an advance width of 1303 units of 2048.
        let em = points_to_mm(10.0);
        assert!((text_width_mm("10", 10.0, Weight::Regular) - 2.0 * 1303.0 / 2048.0 * em).abs() < 1e-4);
        assert!(text_width_mm("10", 10.0, Weight::Bold) > text_width_mm("10", 10.0, Weight::Regular));
    }

    #[test]
    fn font_contains_the_symbols_of_the_figures() {
        let font = FontRef::new(REGULAR_TTF).expect("the bundled font parses");
        let missing: Vec<char> = "₂²−–…±ρ×≤≥".chars().filter(|&c| font.charmap().map(c).is_none()).collect();
        assert!(missing.is_empty(), "not in the font: {missing:?}");
    }

    #[test]
    fn shorten_long_name_fits_the_width_with_an_ellipsis() {
        let cut = shorten("a very long name of a model, 17", 7.0, Weight::Regular, 20.0);
        assert!(cut.starts_with("a very") && cut.contains('…') && cut.ends_with("17"), "{cut}");
        assert!(text_width_mm(&cut, 7.0, Weight::Regular) <= 20.0);
        assert_eq!(shorten("wide", 7.0, Weight::Regular, 0.1), "…");
        assert_eq!(shorten("CNN", 7.0, Weight::Regular, 20.0), "CNN");
    }
}
