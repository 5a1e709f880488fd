//! Figure 2: distribution of the errors.

use super::context::FigureContext;
use super::error_panels::{Residuals, histogram, quantile_plot, residual_scatter};
use super::relative_error_panels::{boxes_by_level, fold_curve, relative_errors, twofold_fraction};
use crate::canvas::{
    EDGE_MM, FigurePage, FigureTable, LIGHT_GREY, NO_BREAK, Panel, RenderedFigure, Span, Stroke, Swatch,
    TWO_COLUMNS_MM, VERMILLION, X_TITLE_DROP_MM, cell, counted, number, optional_cell,
};
use crate::error::PlotError;

pub(super) const NAME: &str = "fig2_error_analysis";
const COLUMNS: usize = 3;
const LEFT_MM: f64 = 13.5;
const TOP_MM: f64 = 5.5;
const COLUMN_GAP_MM: f64 = 14.5;
const ROW_GAP_MM: f64 = 15.5;
const PANEL_HEIGHT_MM: f64 = 42.0;

pub(super) fn draw(context: &FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError> {
    let residuals = Residuals::new(context);
    let (absolute, relative) = (residuals.absolute(), relative_errors(&residuals));
    let sheet = FigurePage {
        name: NAME.to_owned(),
        width_mm: TWO_COLUMNS_MM,
        body_mm: TOP_MM + 2.0 * PANEL_HEIGHT_MM + ROW_GAP_MM + X_TITLE_DROP_MM + 1.8,
        legend: vec![
            (
                Swatch::Line(Stroke::new(0.35, VERMILLION)),
                "normal curve (a), mean by decile (b), normal line (c), share (f)".to_owned(),
            ),
            (Swatch::Patch(LIGHT_GREY, 1.0), "95% band (c)".to_owned()),
            (Swatch::Gradient, "density (b), low to high".to_owned()),
        ],
        lead: "Error analysis.".to_owned(),
        caption: caption(context, &residuals),
    };
    let header = [
        "cell_type",
        "gene_id",
        "gene_name",
        "measured_log2_tpm1",
        "predicted_log2_tpm1",
        "residual",
        "absolute_error",
        "relative_error",
        "measured_level",
        "standardised_residual",
        "normal_quantile",
    ];
    let table = FigureTable::new(NAME, &header, rows(context, &residuals, &relative))?;
    let figure = sheet.draw(vec![table], |canvas| {
        histogram(canvas, panel_at(0), &residuals);
        residual_scatter(canvas, panel_at(1), &residuals);
        quantile_plot(canvas, panel_at(2), &residuals, context.matrix.genes.len());
        boxes_by_level(canvas, panel_at(3), &residuals, &absolute, "Absolute error, log₂(TPM + 1)");
        boxes_by_level(canvas, panel_at(4), &residuals, &relative, "Relative error");
        fold_curve(canvas, panel_at(5), &residuals);
        for (index, letter) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
            let panel = panel_at(index);
            canvas.panel_letter(letter, (panel.left - LEFT_MM + EDGE_MM, panel.top - 2.0));
        }
    });
    figure.map(Some)
}

/// Panel at `index` in two rows of three; the drawing functions set its axes.
fn panel_at(index: usize) -> Panel {
    let gaps = COLUMN_GAP_MM * (COLUMNS - 1) as f64;
    let width = (TWO_COLUMNS_MM - LEFT_MM - gaps - EDGE_MM) / COLUMNS as f64;
    let (column, row) = ((index % COLUMNS) as f64, (index / COLUMNS) as f64);
    let unit = Span::new(0.0, 1.0);
    Panel {
        left: LEFT_MM + column * (width + COLUMN_GAP_MM),
        top: TOP_MM + row * (PANEL_HEIGHT_MM + ROW_GAP_MM),
        width,
        height: PANEL_HEIGHT_MM,
        x: unit,
        y: unit,
    }
}

fn caption(context: &FigureContext<'_>, residuals: &Residuals) -> String {
    let cells = context.matrix.cell_types.len();
    let pairs = counted(residuals.error.len(), "residual");
    let over = if cells == 1 { pairs } else { format!("{pairs} in {cells} cell types") };
    let spread = residuals.sd().map(|sd| format!(", SD{NO_BREAK}{}", number(sd, 2))).unwrap_or_default();
    let share = twofold_fraction(residuals, context.matrix.genes.len(), context.inputs.metrics);
    let percent = |share: f64| number(100.0 * share, 0);
    let within = share.value.map(percent).unwrap_or_default();
    let range = share.interval.map(|i| format!(" [{}, {}]", percent(i.low), percent(i.high))).unwrap_or_default();
    let body = format!(
        "{subject} {over} (measured − predicted), mean{NO_BREAK}{mean}{spread}. \
         (a) Residuals. (b) Residual against measured value. (c) Quantiles against the normal distribution; the band is pointwise \
         and counts each gene once, for its cell types are not independent. (d) Absolute error by decile of measured expression \
         (deciles that share a value are joined): median, quartiles, 5th and 95th percentile. (e) The same of the relative error, \
         |residual| / max(measured, 1) on the log₂ scale, where 1 is 1{NO_BREAK}TPM. (f) Share of the predictions within a fold of \
         the measured TPM{NO_BREAK}+{NO_BREAK}1; within twofold (dashed): {within}{range}%. {intervals}",
        intervals = context.interval_text("Brackets"),
        subject = context.subject(),
        mean = number(residuals.mean(), 2),
    );
    context.caption(&body)
}

fn rows(context: &FigureContext<'_>, residuals: &Residuals, relative: &[f64]) -> Vec<Vec<String>> {
    let mut position = 0;
    let mut rows = Vec::with_capacity(residuals.error.len());
    for pairs in &context.matrix.cell_types {
        for (i, &gene) in pairs.genes.iter().enumerate() {
            rows.push(vec![
                pairs.cell_type.clone(),
                context.matrix.genes[gene].clone(),
                context.gene_name(gene),
                cell(pairs.measured[i]),
                cell(pairs.predicted[i]),
                cell(residuals.error[position]),
                cell(residuals.error[position].abs()),
                cell(relative[position]),
                residuals.level_name(position),
                optional_cell(residuals.standardised.as_ref().map(|values| values[position])),
                cell(residuals.normal_quantile[position]),
            ]);
            position += 1;
        }
    }
    rows
}
