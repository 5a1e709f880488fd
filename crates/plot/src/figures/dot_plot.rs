//! Dot plot: rows of estimates with intervals, names on the left and a remark on the right.

use tatabox_eval::Interval;

use crate::canvas::{
    Anchor, Canvas, Colour, EDGE_MM, GREY, LABEL_PT, LIGHT_GREY, Marker, Panel, Span, Stroke, TICK_PT, TextStyle,
    WHITE, Weight, X_TITLE_DROP_MM, round_ticks, shorten, text_width_mm, widest_label_mm,
};

/// Largest fraction of the width for names.
const MAX_LABEL_FRACTION: f64 = 0.34;
const LABEL_GAP_MM: f64 = 2.0;
const NOT_DEFINED: &str = "not defined";
const HEAD_MM: f64 = 4.6;
/// Distance from the upper edge of the first row to the middle of the column titles.
const TITLE_LIFT_MM: f64 = 1.6;
const FOOT_MM: f64 = X_TITLE_DROP_MM + 1.8;

/// Marker on a row.
pub(super) struct Dot {
    pub(super) value: f64,
    pub(super) interval: Option<Interval>,
    pub(super) marker: Marker,
    pub(super) colour: Colour,
    pub(super) radius_mm: f64,
    /// Vertical distance below the middle of the row.
    pub(super) drop_mm: f64,
}

/// Row of the plot.
pub(super) struct DotRow {
    pub(super) label: String,
    pub(super) bold: bool,
    /// Whether the row is labelled "not defined".
    pub(super) undefined: bool,
    pub(super) dots: Vec<Dot>,
    /// Text at the right edge.
    pub(super) remark: String,
}

/// Rows with a common axis below them.
pub(super) struct DotPlot {
    pub(super) width_mm: f64,
    pub(super) pitch_mm: f64,
    pub(super) x_title: String,
    /// Column title of the remarks.
    pub(super) remark_title: String,
    /// Width right of the remarks, for drawings of the caller.
    pub(super) margin_mm: f64,
    pub(super) rows: Vec<DotRow>,
}

impl DotPlot {
    pub(super) fn body_mm(&self) -> f64 {
        HEAD_MM + self.rows.len() as f64 * self.pitch_mm + FOOT_MM
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        let panel = self.panel();
        for (index, row) in self.rows.iter().enumerate() {
            self.draw_row(canvas, &panel, row, self.row_mm(index));
        }
        if panel.x.low < 0.0 && panel.x.high > 0.0 {
            let zero = panel.x_mm(0.0);
            canvas.line((zero, panel.top), (zero, panel.bottom()), Stroke::REFERENCE);
        }
        let title = TextStyle::regular(TICK_PT, Anchor::End).coloured(GREY);
        canvas.text(&self.remark_title, (self.remark_end_mm(), Self::title_mm()), title);
        canvas.line((panel.left, panel.bottom()), (panel.right(), panel.bottom()), Stroke::AXIS);
        panel.x_ticks(canvas, &round_ticks(panel.x, 6), true);
        panel.x_title(canvas, &self.x_title);
    }

    /// Middle of a row, from the top.
    pub(super) fn row_mm(&self, index: usize) -> f64 {
        HEAD_MM + (index as f64 + 0.5) * self.pitch_mm
    }

    /// Middle of the line of column titles, from the top.
    pub(super) fn title_mm() -> f64 {
        HEAD_MM - TITLE_LIFT_MM
    }

    /// Right edge of the remarks, where the margin begins.
    pub(super) fn remark_end_mm(&self) -> f64 {
        self.width_mm - EDGE_MM - self.margin_mm
    }

    fn draw_row(&self, canvas: &mut Canvas<'_>, panel: &Panel, row: &DotRow, y: f64) {
        let weight = if row.bold { Weight::Bold } else { Weight::Regular };
        let look = TextStyle { weight, ..TextStyle::regular(LABEL_PT, Anchor::End) };
        let label = shorten(&row.label, LABEL_PT, weight, MAX_LABEL_FRACTION * self.width_mm);
        canvas.text(&label, (panel.left - LABEL_GAP_MM, y), look);
        let remark = TextStyle { weight, ..TextStyle::regular(TICK_PT, Anchor::End) };
        canvas.text(&row.remark, (self.remark_end_mm(), y), remark);
        canvas.line((panel.left, y), (panel.right(), y), Stroke::new(0.15, LIGHT_GREY));
        if row.undefined {
            let at = (panel.left + panel.width / 2.0, y);
            let look = TextStyle::regular(TICK_PT, Anchor::Middle).coloured(GREY);
            let half = text_width_mm(NOT_DEFINED, TICK_PT, Weight::Regular) / 2.0 + 1.0;
            canvas.rectangle((at.0 - half, y - 1.0), (at.0 + half, y + 1.0), WHITE);
            canvas.text(NOT_DEFINED, at, look);
        }
        for dot in &row.dots {
            let y = y + dot.drop_mm;
            if let Some(Interval { low, high }) = dot.interval {
                canvas.line((panel.x_mm(low), y), (panel.x_mm(high), y), Stroke::new(0.35, dot.colour));
            }
            dot.marker.draw(canvas, (panel.x_mm(dot.value), y), dot.radius_mm, dot.colour);
        }
    }

    fn panel(&self) -> Panel {
        let bold = self.rows.iter().any(|row| row.bold);
        // Bold letters are wider than the regular letters that are measured.
        let widest = widest_label_mm(self.rows.iter().map(|row| row.label.as_str())) * if bold { 1.1 } else { 1.0 };
        let left = EDGE_MM + widest.min(MAX_LABEL_FRACTION * self.width_mm) + LABEL_GAP_MM;
        let remarks = self.rows.iter().map(|row| text_width_mm(&row.remark, TICK_PT, Weight::Bold));
        let title = text_width_mm(&self.remark_title, TICK_PT, Weight::Regular);
        let right = remarks.fold(title, f64::max) + EDGE_MM + LABEL_GAP_MM + self.margin_mm;
        let dots = || self.rows.iter().flat_map(|row| &row.dots);
        let limits = dots().filter_map(|dot| dot.interval).flat_map(|interval| [interval.low, interval.high]);
        Panel {
            left,
            top: HEAD_MM,
            width: self.width_mm - left - right,
            height: self.rows.len() as f64 * self.pitch_mm,
            x: Span::around(dots().map(|dot| dot.value).chain(limits), 0.06),
            y: Span::new(0.0, 1.0),
        }
    }
}
