//! Panel: one set of axes and its plot area.

use super::font::{Weight, text_width_mm};
use super::palette::{Colour, GREY};
use super::style::{EDGE_MM, LABEL_PT, Stroke, TICK_MM, TICK_PT};
use super::svg::{Anchor, Canvas, Point, TextStyle};
use super::ticks::{Span, Tick};

/// Distance from an axis to its tick labels.
const TICK_LABEL_GAP_MM: f64 = 0.7;
/// Distance from the lower axis to the middle of its tick labels.
const TICK_LABEL_DROP_MM: f64 = 2.5;
/// Distance from the lower axis to the middle of its title.
pub(crate) const X_TITLE_DROP_MM: f64 = 6.2;

/// Width of the strip of a vertical axis title, with padding on both sides.
const Y_TITLE_MM: f64 = 5.2;

/// Width left of a vertical axis for its title and labels.
pub(crate) fn left_margin_mm(ticks: &[Tick]) -> f64 {
    y_label_room_mm(ticks) + Y_TITLE_MM
}

/// Width right of a panel for the protruding half of the last tick label.
pub(crate) fn right_margin_mm(ticks: &[Tick]) -> f64 {
    let last = ticks.last().map_or(0.0, |tick| text_width_mm(&tick.label, TICK_PT, Weight::Regular));
    EDGE_MM.max(last / 2.0 + 1.0)
}

fn y_label_room_mm(ticks: &[Tick]) -> f64 {
    let width = |tick: &Tick| text_width_mm(&tick.label, TICK_PT, Weight::Regular);
    TICK_MM + TICK_LABEL_GAP_MM + ticks.iter().map(width).fold(0.0, f64::max)
}

/// Plot area in millimetres, with the data values at its edges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) x: Span,
    pub(crate) y: Span,
}

impl Panel {
    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn x_mm(&self, x: f64) -> f64 {
        self.left + (x - self.x.low) / self.x.length() * self.width
    }

    pub(crate) fn y_mm(&self, y: f64) -> f64 {
        self.bottom() - (y - self.y.low) / self.y.length() * self.height
    }

    pub(crate) fn place(&self, x: f64, y: f64) -> Point {
        (self.x_mm(x), self.y_mm(y))
    }

    /// Draws the left and lower axis lines.
    pub(crate) fn spines(&self, canvas: &mut Canvas<'_>) {
        let corner = [(self.left, self.top), (self.left, self.bottom()), (self.right(), self.bottom())];
        canvas.path(&corner, Stroke::AXIS);
    }

    pub(crate) fn x_ticks(&self, canvas: &mut Canvas<'_>, ticks: &[Tick], labelled: bool) {
        for tick in ticks.iter().filter(|tick| self.x.contains(tick.value)) {
            let x = self.x_mm(tick.value);
            canvas.line((x, self.bottom()), (x, self.bottom() + TICK_MM), Stroke::AXIS);
            if labelled {
                let look = TextStyle::regular(TICK_PT, Anchor::Middle);
                canvas.text(&tick.label, (x, self.bottom() + TICK_LABEL_DROP_MM), look);
            }
        }
    }

    pub(crate) fn y_ticks(&self, canvas: &mut Canvas<'_>, ticks: &[Tick], labelled: bool) {
        for tick in ticks.iter().filter(|tick| self.y.contains(tick.value)) {
            let y = self.y_mm(tick.value);
            canvas.line((self.left, y), (self.left - TICK_MM, y), Stroke::AXIS);
            if labelled {
                let look = TextStyle::regular(TICK_PT, Anchor::End);
                canvas.text(&tick.label, (self.left - TICK_MM - TICK_LABEL_GAP_MM, y), look);
            }
        }
    }

    pub(crate) fn x_title(&self, canvas: &mut Canvas<'_>, title: &str) {
        let at = (self.left + self.width / 2.0, self.bottom() + X_TITLE_DROP_MM);
        canvas.text(title, at, TextStyle::regular(LABEL_PT, Anchor::Middle));
    }

    /// Draws a title that reads upwards, left of the labels of `ticks`.
    pub(crate) fn y_title(&self, canvas: &mut Canvas<'_>, title: &str, ticks: &[Tick]) {
        let at = (self.left - y_label_room_mm(ticks) - Y_TITLE_MM / 2.0, self.top + self.height / 2.0);
        canvas.text(title, at, TextStyle::regular(LABEL_PT, Anchor::Middle).upwards());
    }

    /// Draws a line between two points in data units, clipped to the panel.
    pub(crate) fn segment(&self, canvas: &mut Canvas<'_>, from: Point, to: Point, stroke: Stroke) {
        if let Some((start, end)) = self.clip(from, to) {
            canvas.line(self.place(start.0, start.1), self.place(end.0, end.1), stroke);
        }
    }

    /// Draws a curve through points in data units, clipped to the panel.
    pub(crate) fn curve(&self, canvas: &mut Canvas<'_>, points: &[Point], stroke: Stroke) {
        let mut run: Vec<Point> = Vec::new();
        for pair in points.windows(2) {
            let Some((start, end)) = self.clip(pair[0], pair[1]) else { continue };
            let (start, end) = (self.place(start.0, start.1), self.place(end.0, end.1));
            if run.last().is_some_and(|&last| last != start) {
                canvas.path(&run, stroke);
                run.clear();
            }
            if run.is_empty() {
                run.push(start);
            }
            run.push(end);
        }
        if run.len() > 1 {
            canvas.path(&run, stroke);
        }
    }

    /// Fills the area between two curves with the same x values, in data units, clamped to the panel.
    pub(crate) fn band(&self, canvas: &mut Canvas<'_>, low: &[Point], high: &[Point], colour: Colour, opacity: f64) {
        let clamped = |&(x, y): &Point| self.place(x.clamp(self.x.low, self.x.high), y.clamp(self.y.low, self.y.high));
        let outline: Vec<Point> = low.iter().chain(high.iter().rev()).map(clamped).collect();
        if outline.len() > 2 {
            canvas.fill(&outline, colour, opacity);
        }
    }

    /// Draws a remark in the middle of an empty panel.
    pub(crate) fn remark(&self, canvas: &mut Canvas<'_>, text: &str) {
        let middle = (self.left + self.width / 2.0, self.top + self.height / 2.0);
        canvas.text(text, middle, TextStyle::regular(TICK_PT, Anchor::Middle).coloured(GREY));
    }

    /// The part of a line inside the panel, by the Liang-Barsky algorithm.
    fn clip(&self, from: Point, to: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let edges = [
            (-dx, from.0 - self.x.low),
            (dx, self.x.high - from.0),
            (-dy, from.1 - self.y.low),
            (dy, self.y.high - from.1),
        ];
        for (direction, room) in edges {
            if direction == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if direction < 0.0 {
                enter = enter.max(room / direction);
            } else {
                leave = leave.min(room / direction);
            }
        }
        let at = |fraction: f64| (from.0 + fraction * dx, from.1 + fraction * dy);
        (enter <= leave).then(|| (at(enter), at(leave)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        Panel { left: 10.0, top: 5.0, width: 40.0, height: 20.0, x: Span::new(0.0, 4.0), y: Span::new(0.0, 2.0) }
    }

    #[test]
    fn panel_data_limits_map_to_corners() {
        assert_eq!(panel().place(0.0, 0.0), (10.0, 25.0));
        assert_eq!(panel().place(4.0, 2.0), (50.0, 5.0));
    }

    #[test]
    fn panel_clip_ends_lines_at_the_edges() {
        // y = x intersects the upper edge at (2, 2).
        assert_eq!(panel().clip((-1.0, -1.0), (3.0, 3.0)), Some(((0.0, 0.0), (2.0, 2.0))));
        assert_eq!(panel().clip((5.0, 0.0), (5.0, 2.0)), None);
    }
}
