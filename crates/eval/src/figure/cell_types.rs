//! Figure 3: Pearson and Spearman correlation in each cell type.

use super::Drawing;
use super::dot_plot::{Dot, DotPlot, DotRow};
use super::scene::Scene;
use super::sheet::{Sheet, csv_text, optional_cell};
use super::style::{Marker, ONE_COLUMN_MM};
use super::text_block::Swatch;
use super::ticks::count;
use crate::error::EvalError;
use crate::metric_table::{Estimate, MetricRow};
use crate::palette::{BLUE, Colour, VERMILLION};

const RADIUS_MM: f64 = 0.75;
const PITCH_MM: f64 = 4.6;
const PEARSON: (Marker, Colour) = (Marker::Disc, BLUE);
const SPEARMAN: (Marker, Colour) = (Marker::Diamond, VERMILLION);

pub(super) fn draw(scene: &Scene<'_>) -> Result<Option<Drawing>, EvalError> {
    let metrics = scene.inputs.metrics;
    let mut rows = metrics.cell_rows(&scene.model, scene.split);
    let cells = rows.len();
    if cells > 1 {
        rows.extend(metrics.row(&scene.model, scene.split, None));
    }
    let plot = DotPlot {
        width_mm: ONE_COLUMN_MM,
        pitch_mm: PITCH_MM,
        x_title: "Correlation, measured with predicted".to_owned(),
        remark_title: "n genes".to_owned(),
        rows: rows.iter().map(|row| dot_row(row)).collect(),
    };
    let mark = |(marker, colour)| Swatch::Mark(marker, RADIUS_MM, colour);
    let sheet = Sheet {
        width_mm: plot.width_mm,
        body_mm: plot.body_mm(),
        legend: vec![(mark(PEARSON), "Pearson".to_owned()), (mark(SPEARMAN), "Spearman".to_owned())],
        lead: "Accuracy by cell type.".to_owned(),
        caption: scene.caption(&format!(
            "{}{} {}",
            scene.subject(),
            undefined_words(&rows),
            scene.interval_words("Bars")
        )),
    };
    sheet.draw(table(&rows)?, |canvas| plot.draw(canvas)).map(Some)
}

fn dot_row(row: &MetricRow) -> DotRow {
    let dot = |estimate: &Estimate, (marker, colour), drop_mm| {
        let value = estimate.value?;
        Some(Dot { value, interval: estimate.interval, marker, colour, radius_mm: RADIUS_MM, drop_mm })
    };
    let dots = [dot(&row.pearson, PEARSON, -0.85), dot(&row.spearman, SPEARMAN, 0.85)];
    DotRow {
        label: row.cell_type.clone().unwrap_or_else(|| "Mean".to_owned()),
        bold: row.is_mean(),
        dots: dots.into_iter().flatten().collect(),
        remark: count(row.n),
    }
}

fn undefined_words(rows: &[&MetricRow]) -> &'static str {
    let undefined = |row: &&MetricRow| row.pearson.value.is_none() || row.spearman.value.is_none();
    if rows.iter().any(undefined) { " Not defined where values do not vary." } else { "" }
}

fn table(rows: &[&MetricRow]) -> Result<String, EvalError> {
    let header = [
        "cell_type",
        "n",
        "n_excluded",
        "pearson",
        "pearson_low",
        "pearson_high",
        "spearman",
        "spearman_low",
        "spearman_high",
    ];
    let record = |row: &&MetricRow| {
        let name = row.cell_type.clone().unwrap_or_else(|| "mean".to_owned());
        let mut cells = vec![name, row.n.to_string(), row.n_excluded.to_string()];
        cells.extend([&row.pearson, &row.spearman].into_iter().flat_map(estimate_cells));
        cells
    };
    csv_text(&header, rows.iter().map(record))
}

/// Value and limits as cells of a table.
pub(super) fn estimate_cells(estimate: &Estimate) -> [String; 3] {
    [estimate.value, estimate.interval.map(|i| i.low), estimate.interval.map(|i| i.high)].map(optional_cell)
}
