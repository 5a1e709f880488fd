//! Small multiples: equal panels in rows and columns with shared axes.

use super::panel::{Panel, X_TITLE_DROP_MM, left_margin_mm, right_margin_mm};
use super::style::{ONE_COLUMN_MM, TWO_COLUMNS_MM};
use super::ticks::{Span, Tick};

/// Largest number of panels in a figure; more would be too small to read.
pub(crate) const MAX_PANELS: usize = 16;
const COLUMN_GAP_MM: f64 = 4.0;
/// Height above the first row.
const TOP_MM: f64 = 0.8;
const ROW_GAP_MM: f64 = 3.2;
/// Height below the last row for tick labels and the shared title.
const FOOT_MM: f64 = X_TITLE_DROP_MM + 1.8;

/// Axis shared by all panels.
pub(crate) struct SharedAxis {
    pub(crate) span: Span,
    pub(crate) ticks: Vec<Tick>,
}

/// Layout of the panels of a figure.
pub(crate) struct SmallMultiples {
    pub(crate) width_mm: f64,
    pub(crate) body_mm: f64,
    pub(crate) panels: Vec<Panel>,
    columns: usize,
}

impl SmallMultiples {
    /// Layout of `count` panels whose height is `aspect` times their width, with `head_mm` above each for its title lines.
    pub(crate) fn new(count: usize, aspect: f64, head_mm: f64, x: &SharedAxis, y: &SharedAxis) -> Self {
        let (width_mm, columns) = match count {
            0 | 1 => (ONE_COLUMN_MM, 1),
            2 => (ONE_COLUMN_MM, 2),
            3 | 5 | 6 => (TWO_COLUMNS_MM, 3),
            _ => (TWO_COLUMNS_MM, 4),
        };
        Self::within(width_mm, columns, count, aspect, head_mm, x, y)
    }

    /// Layout of `count` panels in a given width and number of columns.
    pub(crate) fn within(
        width_mm: f64,
        columns: usize,
        count: usize,
        aspect: f64,
        head_mm: f64,
        x: &SharedAxis,
        y: &SharedAxis,
    ) -> Self {
        let left_mm = left_margin_mm(&y.ticks);
        let gaps = COLUMN_GAP_MM * (columns - 1) as f64;
        let width = (width_mm - left_mm - right_margin_mm(&x.ticks) - gaps) / columns as f64;
        let height = width * aspect;
        let place = |index: usize| Panel {
            left: left_mm + (index % columns) as f64 * (width + COLUMN_GAP_MM),
            top: TOP_MM + head_mm + (index / columns) as f64 * (height + ROW_GAP_MM + head_mm),
            width,
            height,
            x: x.span,
            y: y.span,
        };
        let panels: Vec<Panel> = (0..count).map(place).collect();
        let bottom = panels.last().map_or(0.0, Panel::bottom);
        Self { width_mm, body_mm: bottom + FOOT_MM, panels, columns }
    }

    /// The layout shifted down by `by_mm`.
    pub(crate) fn lowered(self, by_mm: f64) -> Self {
        let panels = self.panels.iter().map(|panel| Panel { top: panel.top + by_mm, ..*panel }).collect();
        Self { panels, body_mm: self.body_mm + by_mm, ..self }
    }

    /// Whether a panel is the first of its row and shows vertical tick labels.
    pub(crate) fn starts_row(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }

    /// Whether a panel is the lowest of its column.
    pub(crate) fn ends_column(&self, index: usize) -> bool {
        index + self.columns >= self.panels.len()
    }

    /// The area of all panels, for the shared axis titles.
    pub(crate) fn frame(&self) -> Panel {
        let (Some(first), Some(last)) = (self.panels.first(), self.panels.last()) else {
            let unit = Span::new(0.0, 1.0);
            return Panel { left: 0.0, top: 0.0, width: 1.0, height: 1.0, x: unit, y: unit };
        };
        let right = self.panels.iter().map(Panel::right).fold(0.0, f64::max);
        Panel { width: right - first.left, height: last.bottom() - first.top, ..*first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::style::EDGE_MM;

    fn layout(count: usize) -> SmallMultiples {
        let axis = SharedAxis { span: Span::new(0.0, 1.0), ticks: Vec::new() };
        SmallMultiples::new(count, 1.0, 5.0, &axis, &axis)
    }

    #[test]
    fn small_multiples_eight_panels_fill_two_rows_of_a_wide_figure() {
        let layout = layout(8);
        assert!((layout.panels[3].right() - (TWO_COLUMNS_MM - EDGE_MM)).abs() < 1e-9);
        assert!(layout.panels[4].top > layout.panels[0].bottom() + 5.0);
        assert_eq!([0, 1, 4].map(|i| layout.starts_row(i)), [true, false, true]);
    }

    #[test]
    fn small_multiples_panels_above_a_gap_show_tick_labels() {
        let layout = layout(5);
        assert_eq!((0..5).map(|i| layout.ends_column(i)).collect::<Vec<_>>(), [false, false, true, true, true]);
    }
}
