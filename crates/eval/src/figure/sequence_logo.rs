//! Sequence logos of the words under attention.

use tatabox_dataset::AttentionEnrichedKmer;

use super::FigureTable;
use super::canvas::{Anchor, Canvas, Lettering, Point};
use super::panel::{Panel, left_margin_mm};
use super::scene::NO_BREAK;
use super::sheet::cell;
use super::style::{EDGE_MM, LABEL_PT, TICK_PT};
use super::ticks::{Span, Tick, count, number, round_ticks};
use crate::error::EvalError;
use crate::font::{Weight, shorten};
use crate::glyph_outline::GlyphOutline;
use crate::information_content::{MOST_BITS, letter_heights};
use crate::palette::{Colour, base_colour};

/// Bases in the order of the counts.
const BASES: [char; 4] = ['A', 'C', 'G', 'T'];
/// Most logos shown.
const MOST_LOGOS: usize = 8;
const COLUMN_GAP_MM: f64 = 4.0;
const NAME_MM: f64 = 3.6;
const LOGO_MM: f64 = 9.0;
const REMARK_MM: f64 = 4.4;
/// Widest a letter gets.
const MOST_LETTER_MM: f64 = 5.0;
/// Air on both sides of a letter, as a part of its column.
const LETTER_GAP: f64 = 0.04;
/// Letters lower than this are not drawn.
const LEAST_LETTER_MM: f64 = 0.05;

/// The logos of a figure and where they stand.
pub(super) struct LogoSection<'a> {
    motifs: &'a [AttentionEnrichedKmer],
    panels: Vec<Panel>,
    columns: usize,
    ticks: Vec<Tick>,
}

impl<'a> LogoSection<'a> {
    /// The first logos in `columns` columns between `left` and `right`, from `top` downwards.
    pub(super) fn new(motifs: &'a [AttentionEnrichedKmer], left: f64, top: f64, right: f64, columns: usize) -> Self {
        let y = Span::new(0.0, MOST_BITS);
        let ticks = round_ticks(y, 2);
        let first = left + left_margin_mm(&ticks);
        let width = (right - EDGE_MM - first - COLUMN_GAP_MM * (columns - 1) as f64) / columns as f64;
        let place = |index: usize| Panel {
            left: first + (index % columns) as f64 * (width + COLUMN_GAP_MM),
            top: top + NAME_MM + (index / columns) as f64 * (NAME_MM + LOGO_MM + REMARK_MM),
            width,
            height: LOGO_MM,
            x: Span::new(0.0, 1.0),
            y,
        };
        Self { motifs, panels: (0..motifs.len().min(MOST_LOGOS)).map(place).collect(), columns, ticks }
    }

    /// Lower edge of the section.
    pub(super) fn bottom_mm(&self) -> f64 {
        self.panels.last().map_or(0.0, |panel| panel.bottom() + REMARK_MM)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        let letters =
            BASES.map(|base| GlyphOutline::of(base).expect("the bundled font has the bases, as a test shows"));
        for (index, (panel, motif)) in self.panels.iter().zip(self.motifs).enumerate() {
            draw_logo(canvas, panel, motif, &letters);
            let name = shorten(&motif.consensus, LABEL_PT, Weight::Bold, panel.width);
            canvas.text(&name, (panel.left, panel.top - NAME_MM / 2.0), Lettering::bold(LABEL_PT, Anchor::Start));
            let look = Lettering::regular(TICK_PT, Anchor::Start);
            canvas.text(&remark(motif), (panel.left, panel.bottom() + REMARK_MM / 2.0 - 0.3), look);
            panel.spines(canvas);
            let starts_row = index.is_multiple_of(self.columns);
            panel.y_ticks(canvas, &self.ticks, starts_row);
            if starts_row {
                panel.y_title(canvas, "bits", &self.ticks);
            }
        }
    }

    pub(super) fn words(&self) -> String {
        let of = if self.panels.len() < self.motifs.len() {
            format!("The first {} of {} words", self.panels.len(), self.motifs.len())
        } else {
            "Words".to_owned()
        };
        format!(
            "{of} over-represented where attention is high; letter height: information in bits, corrected for few sites \
             (Schneider and Stephens 1990). Below each: attended sites, how much more frequent it is under attention, median \
             position relative to the TSS."
        )
    }

    pub(super) fn table(&self, name: &str) -> Result<FigureTable, EvalError> {
        let header = [
            "motif",
            "consensus",
            "sites",
            "log2_enrichment",
            "median_position_bp",
            "column",
            "base",
            "count",
            "height_bits",
        ];
        let rows = self.motifs.iter().enumerate().flat_map(|(index, motif)| {
            motif.counts.iter().enumerate().flat_map(move |(column, &counts)| {
                let heights = letter_heights(counts);
                (0..BASES.len()).map(move |base| {
                    vec![
                        (index + 1).to_string(),
                        motif.consensus.clone(),
                        motif.sites.to_string(),
                        cell(motif.log2_enrichment),
                        motif.median_position_bp.to_string(),
                        (column + 1).to_string(),
                        BASES[base].to_string(),
                        counts[base].to_string(),
                        cell(heights[base]),
                    ]
                })
            })
        });
        FigureTable::new(name, &header, rows)
    }
}

fn draw_logo(canvas: &mut Canvas<'_>, panel: &Panel, motif: &AttentionEnrichedKmer, letters: &[GlyphOutline; 4]) {
    let pitch = (panel.width / motif.counts.len().max(1) as f64).min(MOST_LETTER_MM);
    for (column, &counts) in motif.counts.iter().enumerate() {
        let heights = letter_heights(counts);
        let mut order = [0, 1, 2, 3];
        // The tallest stands on top; equal ones in the order of the bases.
        order.sort_by(|&a: &usize, &b| heights[a].total_cmp(&heights[b]).then(b.cmp(&a)));
        let mut bits = 0.0;
        for base in order {
            let lower_left = (panel.left + (column as f64 + LETTER_GAP) * pitch, panel.y_mm(bits));
            let height = heights[base] / panel.y.length() * panel.height;
            let size = (pitch * (1.0 - 2.0 * LETTER_GAP), height);
            draw_letter(canvas, &letters[base], lower_left, size, base_colour(BASES[base]));
            bits += heights[base];
        }
    }
}

/// A letter stretched to a width and height in mm; of a height below 0 it hangs upside down.
pub(super) fn draw_letter(
    canvas: &mut Canvas<'_>,
    letter: &GlyphOutline,
    lower_left: Point,
    size: Point,
    colour: Colour,
) {
    if size.1.abs() < LEAST_LETTER_MM {
        return;
    }
    let at = |&(x, y): &Point| (lower_left.0 + x * size.0, lower_left.1 - y * size.1);
    let rings: Vec<Vec<Point>> = letter.rings.iter().map(|ring| ring.iter().map(at).collect()).collect();
    canvas.shape(&rings, colour);
}

fn remark(motif: &AttentionEnrichedKmer) -> String {
    let fold = motif.log2_enrichment.exp2();
    let sign = if motif.median_position_bp > 0 { "+" } else { "" };
    format!(
        "n{NO_BREAK}={NO_BREAK}{}, {}×, at {sign}{}{NO_BREAK}bp",
        count(motif.sites as usize),
        number(fold, 1),
        number(f64::from(motif.median_position_bp), 0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remark_tells_fold_and_position() {
        let motif = AttentionEnrichedKmer {
            consensus: "TATAAA".into(),
            sites: 1_234,
            log2_enrichment: 2.0,
            median_position_bp: -31,
            counts: vec![[0, 0, 0, 1_234]],
        };
        assert_eq!(remark(&motif).replace(NO_BREAK, " "), "n = 1,234, 4.0×, at −31 bp");
    }
}
