//! Sequence logos of attention-enriched k-mers.

use tatabox_dataset::AttentionEnrichedKmer;

use super::information_content::{MAX_BITS, letter_heights};
use super::letter::{GlyphOutline, draw_letter};
use crate::canvas::{
    Anchor, Canvas, EDGE_MM, FigureTable, LABEL_PT, NO_BREAK, Panel, Span, TICK_PT, TextStyle, Tick, Weight,
    base_colour, cell, count, left_margin_mm, number, round_ticks, shorten,
};
use crate::error::PlotError;

/// Bases in the order of the counts.
const BASES: [char; 4] = ['A', 'C', 'G', 'T'];
/// Largest number of logos shown.
const MAX_LOGOS: usize = 8;
const COLUMN_GAP_MM: f64 = 4.0;
const NAME_MM: f64 = 3.6;
const LOGO_MM: f64 = 9.0;
const REMARK_MM: f64 = 4.4;
/// Largest width of a letter.
const MAX_LETTER_MM: f64 = 5.0;
/// Padding on each side of a letter, as a fraction of its column.
const LETTER_GAP: f64 = 0.04;

/// Logos of a figure with their panels.
pub(crate) struct LogoSection<'a> {
    motifs: &'a [AttentionEnrichedKmer],
    panels: Vec<Panel>,
    columns: usize,
    ticks: Vec<Tick>,
}

impl<'a> LogoSection<'a> {
    /// Layout of the first logos in `columns` columns between `left` and `right`, downwards from `top`.
    pub(crate) fn new(motifs: &'a [AttentionEnrichedKmer], left: f64, top: f64, right: f64, columns: usize) -> Self {
        let y = Span::new(0.0, MAX_BITS);
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
        Self { motifs, panels: (0..motifs.len().min(MAX_LOGOS)).map(place).collect(), columns, ticks }
    }

    /// Lower edge of the section.
    pub(crate) fn bottom_mm(&self) -> f64 {
        self.panels.last().map_or(0.0, |panel| panel.bottom() + REMARK_MM)
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>) {
        let letters = BASES
            .map(|base| GlyphOutline::new(base).expect("the bundled font contains the bases, which a test checks"));
        for (index, (panel, motif)) in self.panels.iter().zip(self.motifs).enumerate() {
            draw_logo(canvas, panel, motif, &letters);
            let name = shorten(&motif.consensus, LABEL_PT, Weight::Bold, panel.width);
            canvas.text(&name, (panel.left, panel.top - NAME_MM / 2.0), TextStyle::bold(LABEL_PT, Anchor::Start));
            let look = TextStyle::regular(TICK_PT, Anchor::Start);
            canvas.text(&remark(motif), (panel.left, panel.bottom() + REMARK_MM / 2.0 - 0.3), look);
            panel.spines(canvas);
            let starts_row = index.is_multiple_of(self.columns);
            panel.y_ticks(canvas, &self.ticks, starts_row);
            if starts_row {
                panel.y_title(canvas, "bits", &self.ticks);
            }
        }
    }

    pub(crate) fn caption_text(&self) -> String {
        let of = if self.panels.len() < self.motifs.len() {
            format!("The first {} of {} k-mers", self.panels.len(), self.motifs.len())
        } else {
            "k-mers".to_owned()
        };
        format!(
            "{of} over-represented where attention is high; letter height: information in bits, corrected for few sites \
             (Schneider and Stephens 1990). Below each: sites under high attention, fold enrichment, median position relative to \
             the TSS."
        )
    }

    pub(crate) fn table(&self, name: &str) -> Result<FigureTable, PlotError> {
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
    let pitch = (panel.width / motif.counts.len().max(1) as f64).min(MAX_LETTER_MM);
    for (column, &counts) in motif.counts.iter().enumerate() {
        let heights = letter_heights(counts);
        let mut order = [0, 1, 2, 3];
        // The tallest letter is on top; equal ones are in the order of the bases.
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
    fn remark_contains_sites_fold_and_position() {
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
