//! Text blocks: the caption below a figure and its legend.

use super::font::{Weight, points_to_mm, shorten, text_width_mm};
use super::palette::{Colour, viridis};
use super::style::{CAPTION_PT, LABEL_PT, Marker, Stroke, TICK_PT};
use super::svg::{Anchor, Canvas, Point, TextStyle};

const LINE_HEIGHT_EM: f64 = 1.35;
const LEGEND_ROW_MM: f64 = 3.6;
const LEGEND_GAP_MM: f64 = 4.0;
const SWATCH_GAP_MM: f64 = 1.2;
const LINE_SWATCH_MM: f64 = 5.0;
const MARKER_SWATCH_MM: f64 = 2.0;
const GRADIENT_SWATCH_MM: f64 = 12.0;
/// Largest width of a legend label; longer labels are shortened in the middle.
const MAX_LEGEND_LABEL_MM: f64 = 70.0;
const GRADIENT_STEPS: usize = 32;
/// Number of widths tried for rows of even length.
const LEGEND_TRIALS: usize = 40;

/// Caption with a bold lead, broken into lines at ordinary spaces.
pub(crate) struct Caption {
    lines: Vec<Vec<(String, Weight)>>,
}

impl Caption {
    pub(crate) fn new(lead: &str, body: &str, width_mm: f64) -> Self {
        let bold = lead.split(' ').map(|word| (word, Weight::Bold));
        let words = bold.chain(body.split(' ').filter(|word| !word.is_empty()).map(|word| (word, Weight::Regular)));
        let space = text_width_mm(" ", CAPTION_PT, Weight::Regular);
        let mut lines: Vec<Vec<(String, Weight)>> = Vec::new();
        let mut used = f64::INFINITY;
        for (word, weight) in words {
            // A word wider than the caption, such as a file name, would extend past the page.
            let word = shorten(word, CAPTION_PT, weight, width_mm);
            let width = text_width_mm(&word, CAPTION_PT, weight);
            if used + space + width > width_mm {
                lines.push(vec![(word, weight)]);
                used = width;
                continue;
            }
            used += space + width;
            let Some(line) = lines.last_mut() else { continue };
            match line.last_mut() {
                Some((run, last)) if *last == weight => {
                    run.push(' ');
                    run.push_str(&word);
                }
                _ => line.push((word, weight)),
            }
        }
        Self { lines }
    }

    pub(crate) fn height_mm(&self) -> f64 {
        self.lines.len() as f64 * points_to_mm(CAPTION_PT) * LINE_HEIGHT_EM
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, upper_left: Point) {
        let pitch = points_to_mm(CAPTION_PT) * LINE_HEIGHT_EM;
        let space = text_width_mm(" ", CAPTION_PT, Weight::Regular);
        for (row, line) in self.lines.iter().enumerate() {
            let mut x = upper_left.0;
            for (run, weight) in line {
                let look = TextStyle { weight: *weight, ..TextStyle::regular(CAPTION_PT, Anchor::Start) };
                canvas.text(run, (x, upper_left.1 + (row as f64 + 0.5) * pitch), look);
                x += text_width_mm(run, CAPTION_PT, *weight) + space;
            }
        }
    }
}

/// Symbol of a legend entry.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Swatch {
    Line(Stroke),
    Mark(Marker, f64, Colour),
    /// A filled patch: colour and opacity.
    Patch(Colour, f64),
    /// Viridis gradient from dark to bright.
    Gradient,
}

impl Swatch {
    fn width_mm(self) -> f64 {
        match self {
            Self::Line(_) | Self::Patch(..) => LINE_SWATCH_MM,
            Self::Mark(..) => MARKER_SWATCH_MM,
            Self::Gradient => GRADIENT_SWATCH_MM,
        }
    }

    fn draw(self, canvas: &mut Canvas<'_>, left: f64, middle: f64) {
        match self {
            Self::Line(stroke) => canvas.line((left, middle), (left + LINE_SWATCH_MM, middle), stroke),
            Self::Mark(marker, radius, colour) => {
                marker.draw(canvas, (left + MARKER_SWATCH_MM / 2.0, middle), radius, colour);
            }
            Self::Patch(colour, opacity) => {
                let (right, top, bottom) = (left + LINE_SWATCH_MM, middle - 1.0, middle + 1.0);
                canvas.fill(&[(left, top), (right, top), (right, bottom), (left, bottom)], colour, opacity);
            }
            Self::Gradient => {
                let step = GRADIENT_SWATCH_MM / GRADIENT_STEPS as f64;
                for i in 0..GRADIENT_STEPS {
                    // Each step extends to the end, because adjacent edges would leave a light seam.
                    let (from, to) = (left + i as f64 * step, left + GRADIENT_SWATCH_MM);
                    let colour = viridis(i as f64 / (GRADIENT_STEPS - 1) as f64);
                    canvas.rectangle((from, middle - 0.9), (to, middle + 0.9), colour);
                }
            }
        }
    }
}

/// Legend entries in centred rows.
pub(crate) struct Legend {
    rows: Vec<Vec<(Swatch, String)>>,
}

impl Legend {
    /// Legend with the fewest rows that fit into `width_mm`, of lengths as even as possible.
    pub(crate) fn new(entries: &[(Swatch, String)], width_mm: f64) -> Self {
        let room = |swatch: &Swatch| width_mm - swatch.width_mm() - SWATCH_GAP_MM;
        let fitted = |(swatch, label): &(Swatch, String)| {
            (*swatch, shorten(label, TICK_PT, Weight::Regular, room(swatch).min(MAX_LEGEND_LABEL_MM)))
        };
        let entries: Vec<(Swatch, String)> = entries.iter().map(fitted).collect();
        let entries = entries.as_slice();
        let widest = break_rows(entries, width_mm);
        let even = (1..LEGEND_TRIALS).map(|trial| break_rows(entries, width_mm * trial as f64 / LEGEND_TRIALS as f64));
        let rows = even.into_iter().find(|rows| rows.len() == widest.len()).unwrap_or(widest);
        Self { rows }
    }

    pub(crate) fn height_mm(&self) -> f64 {
        self.rows.len() as f64 * LEGEND_ROW_MM
    }

    /// Draws the rows downwards from `top_mm`, centred on `middle_mm`.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, middle_mm: f64, top_mm: f64) {
        for (row, entries) in self.rows.iter().enumerate() {
            let total: f64 =
                entries.iter().map(entry_width_mm).sum::<f64>() + LEGEND_GAP_MM * (entries.len() - 1) as f64;
            let (mut x, y) = (middle_mm - total / 2.0, top_mm + (row as f64 + 0.5) * LEGEND_ROW_MM);
            for entry in entries {
                let (swatch, label) = entry;
                swatch.draw(canvas, x, y);
                let at = (x + swatch.width_mm() + SWATCH_GAP_MM, y);
                canvas.text(label, at, TextStyle::regular(TICK_PT, Anchor::Start));
                x += entry_width_mm(entry) + LEGEND_GAP_MM;
            }
        }
    }
}

fn break_rows(entries: &[(Swatch, String)], width_mm: f64) -> Vec<Vec<(Swatch, String)>> {
    let mut rows: Vec<Vec<(Swatch, String)>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        let width = entry_width_mm(entry);
        match rows.last_mut() {
            Some(row) if used + LEGEND_GAP_MM + width <= width_mm => {
                row.push(entry.clone());
                used += LEGEND_GAP_MM + width;
            }
            _ => {
                rows.push(vec![entry.clone()]);
                used = width;
            }
        }
    }
    rows
}

fn entry_width_mm((swatch, label): &(Swatch, String)) -> f64 {
    swatch.width_mm() + SWATCH_GAP_MM + text_width_mm(label, TICK_PT, Weight::Regular)
}

/// Width of the widest label at the size of axis titles.
pub(crate) fn widest_label_mm<'a>(labels: impl IntoIterator<Item = &'a str>) -> f64 {
    labels.into_iter().map(|label| text_width_mm(label, LABEL_PT, Weight::Regular)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::super::palette::BLACK;
    use super::*;

    #[test]
    fn caption_lines_keep_all_words_within_the_width() {
        let caption = Caption::new("Lead words.", "and then a body that is long enough to be broken", 30.0);
        assert!(caption.lines.len() > 1);
        let words: Vec<&str> = caption.lines.iter().flatten().flat_map(|(run, _)| run.split(' ')).collect();
        assert_eq!(words.join(" "), "Lead words. and then a body that is long enough to be broken");
        for line in &caption.lines {
            let width: f64 = line.iter().map(|(run, weight)| text_width_mm(run, CAPTION_PT, *weight)).sum();
            assert!(width <= 30.0, "{line:?}");
        }
        assert_eq!(caption.lines[0][0].1, Weight::Bold);
    }

    #[test]
    fn legend_breaks_full_rows() {
        let entry = || (Swatch::Mark(Marker::Disc, 0.5, BLACK), "GM12878".to_owned());
        let rows = |count: usize| {
            let entries = vec![entry(); count];
            let legend = Legend::new(&entries, 3.5 * entry_width_mm(&entries[0]) + 2.0 * LEGEND_GAP_MM);
            legend.rows.iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!([rows(3), rows(4), rows(5)], [vec![3], vec![2, 2], vec![3, 2]]);
    }
}
