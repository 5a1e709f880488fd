//! Attention along the windows of example genes, with the bases around its peak.

use tatabox_dataset::GeneTrack;

use super::profile::POSITION;
use crate::canvas::{
    Anchor, BLUE, Canvas, EDGE_MM, FigureTable, LABEL_PT, LIGHT_GREY, NO_BREAK, Panel, Point, SKY_BLUE, Span, Stroke,
    TICK_PT, TextStyle, Tick, Weight, X_TITLE_DROP_MM, base_colour, cell, left_margin_mm, number, round_ticks, shorten,
    text_width_mm,
};
use crate::error::PlotError;
use crate::logo::{GlyphOutline, draw_letter};

/// Largest number of genes shown.
const MAX_TRACKS: usize = 6;
/// Number of bases shown as letters.
const ZOOM_BP: usize = 40;
const ZOOM_MM: f64 = 74.0;
const ZOOM_GAP_MM: f64 = 6.0;
/// Width for the protruding half of the last tick label.
const LAST_LABEL_MM: f64 = 1.5;
const NAME_MM: f64 = 5.0;
const TRACK_MM: f64 = 9.5;
/// Height below the track of a gene.
const TRACK_GAP_MM: f64 = 4.2;
const FOOT_MM: f64 = X_TITLE_DROP_MM + 1.8;
const BASES: [char; 5] = ['A', 'C', 'G', 'T', 'N'];

/// Tracks of a figure with their panels.
pub(crate) struct TrackSection<'a> {
    tracks: &'a [GeneTrack],
    /// Panels of each gene: the whole window, and the bases around its peak.
    panels: Vec<(Panel, Panel)>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Vec<Tick>>,
}

impl<'a> TrackSection<'a> {
    /// Layout of the first tracks, downwards from `top`.
    pub(crate) fn new(tracks: &'a [GeneTrack], top: f64, width_mm: f64) -> Self {
        let shown = &tracks[..tracks.len().min(MAX_TRACKS)];
        let x = Span::around(shown.iter().flat_map(|track| [start(track), start(track) + bases(track) as f64]), 0.0);
        let spans: Vec<Span> = shown.iter().map(|track| Span::new(0.0, highest(track))).collect();
        let y_ticks: Vec<Vec<Tick>> = spans.iter().map(|&span| round_ticks(span, 2)).collect();
        let left = y_ticks.iter().map(|ticks| left_margin_mm(ticks)).fold(0.0, f64::max);
        let width = width_mm - left - ZOOM_GAP_MM - ZOOM_MM - EDGE_MM - LAST_LABEL_MM;
        let place = |(index, (track, &y)): (usize, (&GeneTrack, &Span))| {
            let top = top + NAME_MM + index as f64 * (NAME_MM + TRACK_MM + TRACK_GAP_MM);
            let window = Panel { left, top, width, height: TRACK_MM, x, y };
            let (first, last) = zoom(track);
            let from = start(track) + first as f64;
            let zoom_x = Span::new(from, from + (last - first) as f64);
            (window, Panel { left: left + width + ZOOM_GAP_MM, width: ZOOM_MM, x: zoom_x, ..window })
        };
        let panels = shown.iter().zip(&spans).enumerate().map(place).collect();
        Self { tracks, panels, x_ticks: round_ticks(x, 6), y_ticks }
    }

    /// Lower edge of the section.
    pub(crate) fn bottom_mm(&self) -> f64 {
        self.panels.last().map_or(0.0, |(window, _)| window.bottom() + FOOT_MM)
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>) {
        let letters = BASES
            .map(|base| GlyphOutline::new(base).expect("the bundled font contains the bases, which a test checks"));
        let last = self.panels.len().saturating_sub(1);
        for (index, (track, (window, zoom))) in self.tracks.iter().zip(&self.panels).enumerate() {
            draw_window(canvas, window, zoom, track);
            window.spines(canvas);
            window.x_ticks(canvas, &self.x_ticks, index == last);
            window.y_ticks(canvas, &self.y_ticks[index], true);
            draw_zoom(canvas, zoom, track, &letters);
            zoom.spines(canvas);
            zoom.x_ticks(canvas, &round_ticks(zoom.x, 5), true);
        }
        if let (Some((first, first_zoom)), Some((window, zoom))) = (self.panels.first(), self.panels.last()) {
            let frame = Panel { height: window.bottom() - first.top, ..*first };
            frame.x_title(canvas, POSITION);
            let widest = self.y_ticks.iter().max_by(|a, b| left_margin_mm(a).total_cmp(&left_margin_mm(b)));
            // A single track is too low for the longer title.
            let title = if self.panels.len() == 1 { "Weight" } else { "Attention weight" };
            frame.y_title(canvas, title, widest.map_or(&[], Vec::as_slice));
            Panel { height: zoom.bottom() - first_zoom.top, ..*first_zoom }
                .x_title(canvas, "Bases under the peak, position in bp");
        }
    }

    pub(crate) fn caption_text(&self) -> String {
        let of = if self.panels.len() < self.tracks.len() {
            format!("The first {} of {} example genes", self.panels.len(), self.tracks.len())
        } else {
            "Example genes".to_owned()
        };
        format!(
            "{of}: attention weight by bin over the whole window, and the bases about its peak (grey at the left), as high as the \
             weight of their bin. Measured and predicted: mean log₂(TPM{NO_BREAK}+{NO_BREAK}1) over the cell types."
        )
    }

    pub(crate) fn table(&self, name: &str) -> Result<FigureTable, PlotError> {
        let header = [
            "gene_id",
            "gene_name",
            "measured_log2_tpm1",
            "predicted_log2_tpm1",
            "start_bp",
            "bin_bp",
            "weight",
            "bases",
        ];
        let rows = self.tracks.iter().flat_map(|track| {
            let bins = track.sequence.as_bytes().chunks(bin_bp(track));
            track.weights.iter().zip(bins).enumerate().map(|(bin, (&weight, letters))| {
                vec![
                    track.gene_id.clone(),
                    track.gene_name.clone().unwrap_or_default(),
                    cell(track.measured),
                    cell(track.predicted),
                    (i64::from(track.start_bp) + (bin * bin_bp(track)) as i64).to_string(),
                    track.bin_bp.to_string(),
                    cell(weight),
                    String::from_utf8_lossy(letters).into_owned(),
                ]
            })
        });
        FigureTable::new(name, &header, rows)
    }
}

fn draw_window(canvas: &mut Canvas<'_>, panel: &Panel, zoom: &Panel, track: &GeneTrack) {
    let (left, right) = (panel.x_mm(zoom.x.low), panel.x_mm(zoom.x.high));
    canvas.rectangle((left, panel.top), (right, panel.bottom()), LIGHT_GREY);
    let end = start(track) + bases(track) as f64;
    let mut outline: Vec<Point> = vec![panel.place(start(track), 0.0)];
    for (bin, &weight) in track.weights.iter().enumerate() {
        let from = start(track) + (bin * bin_bp(track)) as f64;
        let to = (from + f64::from(track.bin_bp)).min(end);
        outline.extend([panel.place(from, weight), panel.place(to, weight)]);
    }
    outline.push(panel.place(end, 0.0));
    canvas.fill(&outline, SKY_BLUE, 1.0);
    canvas.path(&outline[1..outline.len() - 1], Stroke::new(0.2, BLUE));
    if panel.x.contains(0.0) {
        canvas.line(panel.place(0.0, panel.y.low), panel.place(0.0, panel.y.high), Stroke::REFERENCE);
        let look = TextStyle::regular(TICK_PT, Anchor::Middle);
        canvas.text("TSS", (panel.x_mm(0.0), panel.top - 1.4), look);
    }
    let name = track.gene_name.as_deref().unwrap_or(&track.gene_id);
    let scores = format!("measured {}, predicted {}", number(track.measured, 1), number(track.predicted, 1));
    let at = (zoom.left, zoom.top - 1.9);
    let room = zoom.width - text_width_mm(&scores, TICK_PT, Weight::Regular) - 2.0;
    canvas.text(&shorten(name, LABEL_PT, Weight::Bold, room), at, TextStyle::bold(LABEL_PT, Anchor::Start));
    canvas.text(&scores, (zoom.right(), at.1), TextStyle::regular(TICK_PT, Anchor::End));
}

fn draw_zoom(canvas: &mut Canvas<'_>, panel: &Panel, track: &GeneTrack, letters: &[GlyphOutline; 5]) {
    let (first, last) = zoom(track);
    let pitch = panel.width / (last - first).max(1) as f64;
    for (place, &base) in track.sequence.as_bytes()[first..last].iter().enumerate() {
        let weight = track.weights.get((first + place) / bin_bp(track)).copied().unwrap_or(0.0);
        let index = BASES.iter().position(|&letter| letter == char::from(base)).unwrap_or(BASES.len() - 1);
        let height = weight / panel.y.length() * panel.height;
        let lower_left = (panel.left + (place as f64 + 0.05) * pitch, panel.bottom());
        draw_letter(canvas, &letters[index], lower_left, (pitch * 0.9, height), base_colour(BASES[index]));
    }
}

/// Range of the bases shown as letters: up to `ZOOM_BP` bases around the highest bin.
fn zoom(track: &GeneTrack) -> (usize, usize) {
    let length = bases(track).min(ZOOM_BP);
    let peak = track
        .weights
        .iter()
        .enumerate()
        .fold(0, |best, (bin, &weight)| if weight > track.weights[best] { bin } else { best });
    let middle = peak * bin_bp(track) + bin_bp(track) / 2;
    let first = middle.saturating_sub(length / 2).min(bases(track) - length);
    (first, first + length)
}

fn start(track: &GeneTrack) -> f64 {
    f64::from(track.start_bp)
}

fn bases(track: &GeneTrack) -> usize {
    track.sequence.len()
}

/// Width of a bin in bases, at least 1.
fn bin_bp(track: &GeneTrack) -> usize {
    track.bin_bp.max(1) as usize
}

fn highest(track: &GeneTrack) -> f64 {
    let top = track.weights.iter().copied().filter(|weight| weight.is_finite()).fold(0.0, f64::max);
    if top > 0.0 { top * 1.06 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(weights: &[f64], bases: usize) -> GeneTrack {
        GeneTrack {
            gene_id: "A".into(),
            gene_name: None,
            start_bp: -50,
            bin_bp: 10,
            weights: weights.to_vec(),
            sequence: "ACGTN".repeat(bases / 5),
            measured: 1.0,
            predicted: 2.0,
        }
    }

    #[test]
    fn zoom_is_centred_on_the_peak_and_inside_the_window() {
        // Bin 4 of ten covers 40 to 50; its middle is 45.
        let mut weights = [0.05; 10];
        weights[4] = 0.5;
        assert_eq!(zoom(&track(&weights, 100)), (25, 65));
        weights[9] = 0.9;
        assert_eq!(zoom(&track(&weights, 100)), (60, 100));
        assert_eq!(zoom(&track(&[0.5, 0.5], 20)), (0, 20));
    }
}
