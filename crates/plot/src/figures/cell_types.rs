//! Figure 3: Pearson and Spearman correlation per cell type, with the noise ceiling of replicates.

use tatabox_eval::{Estimate, MetricRow, NoiseCeilingRow};

use super::context::FigureContext;
use super::dot_plot::{Dot, DotPlot, DotRow};
use crate::canvas::{
    BLUE, Colour, FigurePage, FigureTable, Marker, NO_BREAK, ONE_COLUMN_MM, RenderedFigure, Swatch, VERMILLION,
    caption_name, count, counted, estimate_cells,
};
use crate::error::PlotError;

pub(super) const NAME: &str = "fig3_cell_types";
const RADIUS_MM: f64 = 0.75;
const PITCH_MM: f64 = 4.6;
const PEARSON: (Marker, Colour) = (Marker::Disc, BLUE);
const SPEARMAN: (Marker, Colour) = (Marker::Diamond, VERMILLION);
/// Replicates have open markers in the colour of their score.
const REPLICATE_PEARSON: (Marker, Colour) = (Marker::Ring, BLUE);
const REPLICATE_SPEARMAN: (Marker, Colour) = (Marker::OpenDiamond, VERMILLION);
/// Vertical distance of the two scores from the middle of their row.
const DROP_MM: f64 = 0.85;

pub(super) fn draw(context: &FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError> {
    let metrics = context.inputs.metrics;
    let mut rows = metrics.cell_type_rows(&context.model, context.split);
    let cells = rows.len();
    if cells > 1 {
        rows.extend(metrics.row(&context.model, context.split, None));
    }
    let plot = DotPlot {
        width_mm: ONE_COLUMN_MM,
        pitch_mm: PITCH_MM,
        x_title: "Correlation, measured with predicted".to_owned(),
        remark_title: "n genes".to_owned(),
        margin_mm: 0.0,
        rows: rows.iter().map(|row| dot_row(row, ceiling_of(context, row))).collect(),
    };
    let ceilings: Vec<&NoiseCeilingRow> = rows.iter().filter_map(|row| ceiling_of(context, row)).collect();
    let mark = |(marker, colour)| Swatch::Mark(marker, RADIUS_MM, colour);
    let mut legend = vec![(mark(PEARSON), "Pearson".to_owned()), (mark(SPEARMAN), "Spearman".to_owned())];
    if !ceilings.is_empty() {
        legend.push((mark(REPLICATE_PEARSON), "Pearson, replicate".to_owned()));
        legend.push((mark(REPLICATE_SPEARMAN), "Spearman, replicate".to_owned()));
    }
    let sheet = FigurePage {
        name: NAME.to_owned(),
        width_mm: plot.width_mm,
        body_mm: plot.body_mm(),
        legend,
        lead: "Accuracy by cell type.".to_owned(),
        caption: context.caption(&format!(
            "{}{}{} {}",
            context.subject(),
            undefined_text(&rows),
            noise_ceiling_text(context, &ceilings, cells),
            context.interval_text("Bars")
        )),
    };
    sheet.draw(vec![table(context, &rows)?], |canvas| plot.draw(canvas)).map(Some)
}

/// Noise ceiling of the cell type of a row.
fn ceiling_of<'a>(context: &FigureContext<'a>, row: &MetricRow) -> Option<&'a NoiseCeilingRow> {
    let cell_type = row.cell_type()?;
    context.inputs.ceiling?.rows.iter().find(|ceiling| ceiling.split == context.split && ceiling.cell_type == cell_type)
}

fn noise_ceiling_text(context: &FigureContext<'_>, ceilings: &[&NoiseCeilingRow], cells: usize) -> String {
    let Some(ceiling) = context.inputs.ceiling.filter(|_| !ceilings.is_empty()) else { return String::new() };
    let genes = ceilings.iter().map(|row| row.n);
    let (least, most) = (genes.clone().min().unwrap_or(0), genes.max().unwrap_or(0));
    let range = if least == most { String::new() } else { format!("{}–", count(least)) };
    let cells =
        if ceilings.len() == cells { String::new() } else { format!(" in {} of {cells} cell types", ceilings.len()) };
    format!(
        " Open marks: the measurements against their replicate ({}; n{NO_BREAK}={NO_BREAK}{range}{}){cells}, which no model can be \
         expected to pass by much.",
        caption_name(&ceiling.source),
        counted(most, "gene"),
    )
}

fn dot_row(row: &MetricRow, ceiling: Option<&NoiseCeilingRow>) -> DotRow {
    let dot = |estimate: &Estimate, (marker, colour), drop_mm| {
        let value = estimate.value?;
        Some(Dot { value, interval: estimate.interval, marker, colour, radius_mm: RADIUS_MM, drop_mm })
    };
    let replicate = |estimate: fn(&NoiseCeilingRow) -> &Estimate, look, drop_mm| dot(estimate(ceiling?), look, drop_mm);
    let dots = [
        replicate(|row| &row.pearson, REPLICATE_PEARSON, -DROP_MM),
        replicate(|row| &row.spearman, REPLICATE_SPEARMAN, DROP_MM),
        dot(&row.pearson, PEARSON, -DROP_MM),
        dot(&row.spearman, SPEARMAN, DROP_MM),
    ];
    DotRow {
        label: row.cell_type().unwrap_or("Mean").to_owned(),
        bold: row.is_mean(),
        // A model without a score is labelled as such, even if its replicates have one.
        undefined: row.pearson.value.is_none() && row.spearman.value.is_none(),
        dots: dots.into_iter().flatten().collect(),
        remark: count(row.n),
    }
}

fn undefined_text(rows: &[&MetricRow]) -> &'static str {
    let undefined = |row: &&MetricRow| row.pearson.value.is_none() || row.spearman.value.is_none();
    if rows.iter().any(undefined) { " Not defined where values do not vary." } else { "" }
}

fn table(context: &FigureContext<'_>, rows: &[&MetricRow]) -> Result<FigureTable, PlotError> {
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
        "replicate_n",
        "replicate_pearson",
        "replicate_pearson_low",
        "replicate_pearson_high",
        "replicate_spearman",
        "replicate_spearman_low",
        "replicate_spearman_high",
    ];
    let record = |row: &&MetricRow| {
        let name = row.scope.to_string();
        let mut cells = vec![name, row.n.to_string(), row.n_excluded.to_string()];
        cells.extend([&row.pearson, &row.spearman].into_iter().flat_map(estimate_cells));
        let ceiling = ceiling_of(context, row);
        cells.push(ceiling.map(|row| row.n.to_string()).unwrap_or_default());
        let scores = [ceiling.map(|row| row.pearson), ceiling.map(|row| row.spearman)];
        cells.extend(scores.iter().flat_map(|score| estimate_cells(&score.unwrap_or_default())));
        cells
    };
    FigureTable::new(NAME, &header, rows.iter().map(record))
}
