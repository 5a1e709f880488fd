//! Block: the panels of a range of bases, below each other.

use std::ops::Range;

use super::attention_steps;
use super::base_letters;
use super::hit_lanes::HitLanes;
use super::substitution_map;
use super::{LEFT_MM, PreparedExplanation, ROW_GAP_MM, TITLE_MM, mark_tss, panel_title};
use crate::canvas::{Anchor, Canvas, Panel, Span, Stroke, TICK_PT, TextStyle, Tick, round_ticks};

/// Height of the TSS label.
const TSS_MM: f64 = 2.6;
const EFFECT_MM: f64 = 17.0;
const ATTRIBUTION_MM: f64 = 14.0;
const ATTENTION_MM: f64 = 8.0;
/// Distance from the axis to the lower edge of its labels.
const TICK_LABELS_MM: f64 = 4.0;
/// Smallest distance between labels of the position axis.
const TICK_PITCH_MM: f64 = 13.0;

/// Panels of a range of bases; a position refers to the middle of its base.
pub(super) struct Block<'a> {
    prepared: &'a PreparedExplanation<'a>,
    range: Range<usize>,
    pitch_mm: f64,
    /// Upper edge of the block.
    top: f64,
    rows_top: f64,
    substitutions: Option<Panel>,
    effects: Option<Panel>,
    attribution: Option<Panel>,
    attention: Option<Panel>,
    hits: Option<HitLanes<'a>>,
    /// Area of all panels.
    frame: Panel,
}

impl<'a> Block<'a> {
    /// Layout of the bases of `range`, each `pitch_mm` wide, downwards from `top`.
    pub(super) fn new(prepared: &'a PreparedExplanation<'a>, range: Range<usize>, pitch_mm: f64, top: f64) -> Self {
        let explanation = prepared.explanation;
        let first = explanation.position_bp(range.start) as f64 - 0.5;
        let x = Span::new(first, first + range.len() as f64);
        let rows_top = top + if x.contains(0.0) { TSS_MM } else { 0.0 };
        let width = range.len() as f64 * pitch_mm;
        let mut bottom = rows_top - ROW_GAP_MM;
        let mut panel = |height: f64, y: Span| {
            let top = bottom + ROW_GAP_MM + TITLE_MM;
            bottom = top + height;
            Panel { left: LEFT_MM, top, width, height, x, y }
        };
        let scales = &prepared.scales;
        let substitutions =
            explanation.substitutions.is_some().then(|| panel(substitution_map::HEIGHT_MM, Span::new(0.0, 1.0)));
        let effects = prepared.effects.is_some().then(|| panel(EFFECT_MM, scales.effect));
        let attribution = explanation.attribution.is_some().then(|| panel(ATTRIBUTION_MM, scales.attribution));
        let attention = (!explanation.attention.is_empty()).then(|| panel(ATTENTION_MM, scales.attention));
        let unplaced = Panel { left: LEFT_MM, top: 0.0, width, height: 0.0, x, y: Span::new(0.0, 1.0) };
        let hits = HitLanes::new(explanation, range.clone(), &unplaced).map(|lanes| {
            let top = panel(lanes.height_mm(), unplaced.y).top;
            lanes.lowered_to(top)
        });
        let frame = Panel { top: rows_top, height: bottom - rows_top, ..unplaced };
        Self { prepared, range, pitch_mm, top, rows_top, substitutions, effects, attribution, attention, hits, frame }
    }

    pub(super) fn top_mm(&self) -> f64 {
        self.top
    }

    /// Lower edge of the labels of the axis.
    pub(super) fn bottom_mm(&self) -> f64 {
        self.frame.bottom() + TICK_LABELS_MM
    }

    /// Left and right edge of the panels.
    pub(super) fn edges_mm(&self) -> [f64; 2] {
        [self.frame.left, self.frame.right()]
    }

    /// The area above the position axis.
    pub(super) fn axis(&self) -> &Panel {
        &self.frame
    }

    /// Number of motif hits that do not fit.
    pub(super) fn hidden_hits(&self) -> usize {
        self.hits.as_ref().map_or(0, |lanes| lanes.hidden)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        let explanation = self.prepared.explanation;
        let bases = &explanation.bases[self.range.clone()];
        if let (Some(panel), Some(changes)) = (&self.substitutions, &explanation.substitutions) {
            panel_title(canvas, "Change of the prediction by each substitution, log₂(TPM + 1)", panel.left, panel.top);
            substitution_map::draw(
                canvas,
                panel,
                &changes[self.range.clone()],
                bases,
                self.prepared.scales.substitution,
            );
        }
        if let (Some(panel), Some(effects)) = (&self.effects, &self.prepared.effects) {
            let title = "Effect of each base: minus the mean change by its substitutions, log₂(TPM + 1)";
            self.draw_letters(canvas, panel, title, &effects[self.range.clone()]);
        }
        if let (Some(panel), Some(attribution)) = (&self.attribution, &explanation.attribution) {
            let title = format!("{}, log₂(TPM + 1)", capitalised(&attribution.method));
            self.draw_letters(canvas, panel, &title, &attribution.values[self.range.clone()]);
        }
        if let Some(panel) = &self.attention {
            panel_title(canvas, "Attention weight", panel.left, panel.top);
            attention_steps::draw(canvas, panel, &explanation.attention);
            panel.spines(canvas);
            panel.y_ticks(canvas, &round_ticks(panel.y, 3), true);
        }
        if let Some(lanes) = &self.hits {
            panel_title(canvas, "Motif hits", self.frame.left, lanes.top_mm());
            // Names may overlap the TSS line, which is therefore drawn first.
            mark_tss(canvas, [&Panel { top: lanes.top_mm(), height: lanes.height_mm(), ..self.frame }]);
            lanes.draw(canvas);
        }
        if self.frame.x.contains(0.0) {
            let x = self.frame.x_mm(0.0);
            let look = TextStyle::regular(TICK_PT, Anchor::Middle);
            canvas.text("TSS", (x, self.rows_top - TSS_MM / 2.0), look);
        }
        mark_tss(
            canvas,
            [&self.substitutions, &self.effects, &self.attribution, &self.attention].into_iter().flatten(),
        );
        let (left, bottom) = (self.frame.left, self.frame.bottom());
        canvas.line((left, bottom), (self.frame.right(), bottom), Stroke::AXIS);
        self.frame.x_ticks(canvas, &position_ticks(&self.frame), true);
    }

    fn draw_letters(&self, canvas: &mut Canvas<'_>, panel: &Panel, title: &str, values: &[f64]) {
        panel_title(canvas, title, panel.left, panel.top);
        let bases = &self.prepared.explanation.bases[self.range.clone()];
        base_letters::draw(canvas, panel, values, bases, self.pitch_mm);
        let zero = panel.y_mm(0.0);
        canvas.line((panel.left, zero), (panel.right(), zero), Stroke::AXIS);
        canvas.line((panel.left, panel.top), (panel.left, panel.bottom()), Stroke::AXIS);
        panel.y_ticks(canvas, &round_ticks(panel.y, 3), true);
    }
}

/// Ticks at whole positions, spaced so that labels do not overlap.
pub(super) fn position_ticks(panel: &Panel) -> Vec<Tick> {
    let most = (panel.width / TICK_PITCH_MM).max(1.0) as usize;
    let whole = |tick: &Tick| (tick.value - tick.value.round()).abs() < 1e-9;
    round_ticks(panel.x, most).into_iter().filter(whole).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
