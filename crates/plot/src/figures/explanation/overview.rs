//! Overview of a long window in bins, with the region that is shown base by base.

use std::ops::Range;

use super::attention_steps;
use super::block::position_ticks;
use super::hit_lanes::hit_colour;
use super::input::AttentionBin;
use super::scales::{largest, or_one, through_zero};
use super::{LEFT_MM, PANELS_MM, PreparedExplanation, ROW_GAP_MM, TITLE_MM, mark_tss, panel_title};
use crate::canvas::{
    Anchor, BLUE, Canvas, GREY, LIGHT_GREY, Panel, Span, Stroke, TICK_PT, TextStyle, VERMILLION, count, round_ticks,
};

/// Largest number of bins along the window: two per millimetre.
const MAX_BINS: usize = 320;
const EFFECT_MM: f64 = 17.0;
const ATTENTION_MM: f64 = 8.0;
const HITS_MM: f64 = 2.0;
/// Smallest width of the mark of a hit.
const HIT_MM: f64 = 0.25;
const TSS_MM: f64 = 2.6;
const TICK_LABELS_MM: f64 = 4.0;

/// Panels of the whole window in bins.
pub(super) struct Overview {
    focus: Range<usize>,
    bin_bp: usize,
    /// Panel, effect with the largest absolute value in each bin, and name of the effects.
    effects: Option<(Panel, Vec<f64>, String)>,
    /// Panel and largest attention weight in each bin.
    attention: Option<(Panel, Vec<AttentionBin>)>,
    /// Upper edge of the marks of hits.
    hits_top: Option<f64>,
    frame: Panel,
}

impl Overview {
    /// Layout of the whole window, downwards from `top`.
    pub(super) fn new(prepared: &PreparedExplanation<'_>, focus: Range<usize>, top: f64) -> Self {
        let explanation = prepared.explanation;
        let bases = explanation.bases.len();
        let bin_bp = bases.div_ceil(MAX_BINS);
        let first = explanation.start_bp as f64 - 0.5;
        let x = Span::new(first, first + bases as f64);
        let rows_top = top + TSS_MM;
        let mut bottom = rows_top - ROW_GAP_MM;
        let mut panel = |height: f64, y: Span| {
            let top = bottom + ROW_GAP_MM + TITLE_MM;
            bottom = top + height;
            Panel { left: LEFT_MM, top, width: PANELS_MM, height, x, y }
        };
        let of_substitutions = prepared.effects.as_deref().map(|effects| (effects, "the base effects".to_owned()));
        let attributed = explanation.attribution.as_ref();
        let values = of_substitutions
            .or_else(|| attributed.map(|attribution| (attribution.values.as_slice(), attribution.method.clone())));
        let effects = values.map(|(values, what)| {
            let binned: Vec<f64> = values.chunks(bin_bp).map(strongest).collect();
            (panel(EFFECT_MM, through_zero(&binned)), binned, what)
        });
        let attention = (!explanation.attention.is_empty()).then(|| {
            let high = or_one(largest(&prepared.attention));
            let bins = prepared.attention.chunks(bin_bp).enumerate().map(|(bin, weights)| {
                let start = bin * bin_bp;
                let end = start + weights.len();
                let [start_bp, end_bp] = [start, end].map(|index| explanation.position_bp(index));
                AttentionBin { start_bp, end_bp, weight: largest(weights) }
            });
            (panel(ATTENTION_MM, Span::new(0.0, high * 1.06)), bins.collect())
        });
        let hits_top = (!explanation.motif_hits.is_empty()).then(|| panel(HITS_MM, Span::new(0.0, 1.0)).top);
        let frame = Panel {
            left: LEFT_MM,
            top: rows_top,
            width: PANELS_MM,
            height: bottom - rows_top,
            x,
            y: Span::new(0.0, 1.0),
        };
        Self { focus, bin_bp, effects, attention, hits_top, frame }
    }

    /// Lower edge of the labels of the axis.
    pub(super) fn bottom_mm(&self) -> f64 {
        self.frame.bottom() + TICK_LABELS_MM
    }

    /// Left and right edge of the region shown base by base.
    pub(super) fn focus_edges_mm(&self) -> [f64; 2] {
        let pitch = self.frame.width / self.frame.x.length();
        [self.focus.start, self.focus.end].map(|index| self.frame.left + index as f64 * pitch)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, prepared: &PreparedExplanation<'_>) {
        let [left, right] = self.focus_edges_mm();
        canvas.rectangle((left, self.frame.top), (right, self.bottom_mm()), LIGHT_GREY);
        if let Some((panel, effects, what)) = &self.effects {
            let within =
                if self.bin_bp > 1 { format!("in each {} bp", count(self.bin_bp)) } else { "base by base".to_owned() };
            let title = format!("Whole window: the largest of {what}, {within}, log₂(TPM + 1); grey: shown below");
            panel_title(canvas, &title, panel.left, panel.top);
            self.draw_effects(canvas, panel, effects);
            panel.y_ticks(canvas, &round_ticks(panel.y, 3), true);
        }
        if let Some((panel, bins)) = &self.attention {
            panel_title(canvas, "Attention weight", panel.left, panel.top);
            attention_steps::draw(canvas, panel, bins);
            panel.spines(canvas);
            panel.y_ticks(canvas, &round_ticks(panel.y, 3), true);
        }
        if let Some(top) = self.hits_top {
            panel_title(canvas, "Motif hits", self.frame.left, top);
            for hit in &prepared.explanation.motif_hits {
                let indices = prepared.explanation.indices(hit.start_bp, hit.end_bp);
                let from = self.bin_edge_mm(indices.start);
                let to = self.bin_edge_mm(indices.end).max(from + HIT_MM);
                if !indices.is_empty() {
                    canvas.rectangle((from, top), (to, top + HITS_MM), hit_colour(hit.effect));
                }
            }
        }
        let x = self.frame.x_mm(0.0);
        if self.frame.x.contains(0.0) {
            let look = TextStyle::regular(TICK_PT, Anchor::Middle);
            canvas.text("TSS", (x, self.frame.top - TSS_MM / 2.0), look);
        }
        let effects = self.effects.as_ref().map(|(panel, ..)| panel);
        mark_tss(canvas, effects.into_iter().chain(self.attention.as_ref().map(|(panel, _)| panel)));
        let bottom = self.frame.bottom();
        canvas.line((self.frame.left, bottom), (self.frame.right(), bottom), Stroke::AXIS);
        self.frame.x_ticks(canvas, &position_ticks(&self.frame), true);
    }

    fn draw_effects(&self, canvas: &mut Canvas<'_>, panel: &Panel, effects: &[f64]) {
        let zero = panel.y_mm(0.0);
        for (bin, &effect) in effects.iter().enumerate().filter(|(_, effect)| effect.is_finite()) {
            let (left, right) = (self.bin_edge_mm(bin * self.bin_bp), self.bin_edge_mm((bin + 1) * self.bin_bp));
            let (top, bottom) = (zero.min(panel.y_mm(effect)), zero.max(panel.y_mm(effect)));
            let colour = if effect > 0.0 { VERMILLION } else { BLUE };
            canvas.rectangle((left, top), (right, bottom), colour);
        }
        canvas.line((panel.left, zero), (panel.right(), zero), Stroke::new(0.1, GREY));
        canvas.line((panel.left, panel.top), (panel.left, panel.bottom()), Stroke::AXIS);
    }

    /// Left edge of the base at an index; the right edge of the panel after the last base.
    fn bin_edge_mm(&self, index: usize) -> f64 {
        let pitch = self.frame.width / self.frame.x.length();
        (self.frame.left + index as f64 * pitch).min(self.frame.right())
    }
}

/// The value with the largest absolute value; NaN if none is finite.
fn strongest(values: &[f64]) -> f64 {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(f64::NAN, |best, value| if best.is_nan() || value.abs() > best.abs() { value } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strongest_is_the_value_with_the_largest_magnitude() {
        assert!((strongest(&[0.1, -0.4, f64::NAN, 0.3]) + 0.4).abs() < 1e-12);
        assert!(strongest(&[f64::NAN]).is_nan());
    }
}
