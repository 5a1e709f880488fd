//! Attention along the bases, one step per bin.

use super::input::AttentionBin;
use crate::canvas::{BLUE, Canvas, Panel, Point, SKY_BLUE, Stroke};

/// Draws the bins within the panel; positions refer to the middle of a base.
pub(super) fn draw(canvas: &mut Canvas<'_>, panel: &Panel, bins: &[AttentionBin]) {
    let edge = |position: i64| (position as f64 - 0.5).clamp(panel.x.low, panel.x.high);
    for bin in bins {
        let (from, to) = (edge(bin.start_bp), edge(bin.end_bp));
        if to > from {
            let top = panel.place(from, bin.weight.clamp(panel.y.low, panel.y.high));
            canvas.rectangle(top, panel.place(to, 0.0), SKY_BLUE);
            let line: [Point; 2] = [top, (panel.x_mm(to), top.1)];
            canvas.line(line[0], line[1], Stroke::new(0.2, BLUE));
        }
    }
}
