//! Figure 1: predicted against measured expression, in one panel or one per cell type.

use tatabox_eval::Estimate;

use super::context::{FigureContext, MEASURED, PREDICTED};
use super::scatter_cloud::ScatterCloud;
use crate::canvas::{
    Anchor, Canvas, FigurePage, FigureTable, HoverLayer, HoverPanel, HoverPoint, LABEL_PT, MAX_PANELS, Marker,
    NO_BREAK, Panel, RenderedFigure, SharedAxis, SmallMultiples, Span, Stroke, Swatch, TICK_PT, TextStyle, VERMILLION,
    Weight, caption_name, cell, count, counted, estimate_cells, estimate_text, number, optional_cell, point_radius_mm,
    round_ticks, shorten, text_width_mm, viridis,
};
use crate::error::PlotError;

pub(super) const NAME: &str = "fig1_predicted_measured";
/// Height of two title lines above a panel.
const HEAD_MM: f64 = 7.2;
const FIT: Stroke = Stroke { width_mm: 0.35, colour: VERMILLION, dash_mm: None };
const MAX_TICKS: usize = 8;
/// Smallest and largest height of a panel, relative to its width.
const MIN_ASPECT: f64 = 0.7;
const MAX_ASPECT: f64 = 1.15;
/// Points closer than this hide each other; only the topmost is drawn.
const HIDDEN_MM: f64 = 0.05;

pub(super) fn draw(context: &FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError> {
    let clouds = if context.inputs.panel_per_cell_type {
        ScatterCloud::by_cell_type(context)
    } else {
        vec![ScatterCloud::pooled(context)]
    };
    let shown = &clouds[..clouds.len().min(MAX_PANELS)];
    let (x, y) = spans(shown);
    // The identity line covers the longer axis and is clipped at the edges.
    let ends = (x.low.min(y.low), x.high.max(y.high));
    let aspect = y.length() / x.length();
    // Both axes have the same ticks, each within its range.
    let ticks = round_ticks(Span::new(ends.0, ends.1), MAX_TICKS);
    let inside = |span: Span| ticks.iter().filter(|tick| span.contains(tick.value)).cloned().collect();
    let (x, y) = (SharedAxis { span: x, ticks: inside(x) }, SharedAxis { span: y, ticks: inside(y) });
    let layout = SmallMultiples::new(shown.len(), aspect, HEAD_MM, &x, &y);
    let sheet = FigurePage {
        name: NAME.to_owned(),
        width_mm: layout.width_mm,
        body_mm: layout.body_mm,
        legend: vec![
            (Swatch::Line(Stroke::REFERENCE), "identity".to_owned()),
            (Swatch::Line(FIT), "least squares".to_owned()),
            (Swatch::Gradient, "density, low to high".to_owned()),
        ],
        lead: "Predicted against measured expression.".to_owned(),
        caption: caption(context, &clouds, shown.len()),
    };
    let figure = sheet.draw(vec![point_table(context, &clouds)?, line_table(&clouds)?], |canvas| {
        for (index, (panel, cloud)) in layout.panels.iter().zip(shown).enumerate() {
            draw_panel_title(canvas, panel, cloud);
            panel.segment(canvas, (ends.0, ends.0), (ends.1, ends.1), Stroke::REFERENCE);
            scatter(canvas, panel, &cloud.measured, &cloud.predicted, &cloud.density);
            if let Some(line) = cloud.line {
                let at = |x: f64| (x, line.intercept + line.slope * x);
                let ends = Span::around(cloud.measured.iter().copied(), 0.0);
                panel.segment(canvas, at(ends.low), at(ends.high), FIT);
            }
            panel.spines(canvas);
            panel.x_ticks(canvas, &x.ticks, layout.ends_column(index));
            panel.y_ticks(canvas, &y.ticks, layout.starts_row(index));
        }
        layout.frame().x_title(canvas, MEASURED);
        layout.frame().y_title(canvas, PREDICTED, &y.ticks);
    })?;
    Ok(Some(RenderedFigure { hover: Some(hover(context, &layout, shown)), ..figure }))
}

/// Axes of measured and predicted values on one scale; the shorter axis is extended upwards if the panel would be too narrow.
fn spans(clouds: &[ScatterCloud]) -> (Span, Span) {
    let around = |values: fn(&ScatterCloud) -> &Vec<f64>| {
        Span::around(clouds.iter().flat_map(|cloud| values(cloud).iter().copied()), 0.04)
    };
    let (x, y) = (around(|cloud| &cloud.measured), around(|cloud| &cloud.predicted));
    let (width, height) = (x.length().max(y.length() / MAX_ASPECT), y.length().max(x.length() * MIN_ASPECT));
    (Span::new(x.low, x.low + width), Span::new(y.low, y.low + height))
}

/// Draws points coloured by density, the densest on top; fully covered points are omitted.
pub(super) fn scatter(canvas: &mut Canvas<'_>, panel: &Panel, x: &[f64], y: &[f64], density: &[f64]) {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| density[a].total_cmp(&density[b]).then(a.cmp(&b)));
    let radius = point_radius_mm(x.len());
    let mut occupied = std::collections::BTreeSet::new();
    let cell = |value: f64| (value / HIDDEN_MM).round() as i64;
    // From the top downwards, so that the visible one of several neighbours is kept.
    let mut visible: Vec<usize> = order
        .into_iter()
        .rev()
        .filter(|&i| {
            let (across, down) = panel.place(x[i], y[i]);
            occupied.insert((cell(across), cell(down)))
        })
        .collect();
    visible.reverse();
    for index in visible {
        Marker::Disc.draw(canvas, panel.place(x[index], y[index]), radius, viridis(density[index]));
    }
}

fn draw_panel_title(canvas: &mut Canvas<'_>, panel: &Panel, cloud: &ScatterCloud) {
    let points = format!("n = {}", count(cloud.genes.len()));
    let room = panel.width - text_width_mm(&points, TICK_PT, Weight::Regular) - 1.5;
    let name = shorten(cloud.title(), LABEL_PT, Weight::Bold, room);
    canvas.text(&name, (panel.left, panel.top - 5.4), TextStyle::bold(LABEL_PT, Anchor::Start));
    canvas.text(&points, (panel.right(), panel.top - 5.4), TextStyle::regular(TICK_PT, Anchor::End));
    let look = TextStyle::regular(TICK_PT, Anchor::Start);
    canvas.text(&correlation_text(&cloud.pearson), (panel.left, panel.top - 2.4), look);
}

fn correlation_text(pearson: &Estimate) -> String {
    match pearson.value {
        Some(_) => format!("r{NO_BREAK}={NO_BREAK}{}", estimate_text(pearson)),
        None => "correlation not defined".to_owned(),
    }
}

fn caption(context: &FigureContext<'_>, clouds: &[ScatterCloud], shown: usize) -> String {
    let cells = context.matrix.cell_types.len();
    let mean = context.inputs.metrics.row(&context.model, context.split, None).filter(|_| cells > 1);
    let mean = mean.map(|row| format!("Mean over {cells} cell types: {}.", correlation_text(&row.pearson)));
    let points = match clouds {
        [cloud] if cells > 1 => {
            let points = counted(cloud.genes.len(), "point");
            Some(format!("Each point is a gene in one of {cells} cell types ({points}). r: Pearson correlation."))
        }
        _ => Some("Each point is a gene. r: Pearson correlation.".to_owned()),
    };
    let hidden = (shown < clouds.len())
        .then(|| format!("The first {shown} of {cells} cell types are shown; the table of this figure contains all."));
    let sentences = [
        Some(context.subject()),
        points,
        mean,
        Some(slope_text(clouds, shown)),
        undefined_text(clouds),
        hidden,
        Some(context.interval_text("Brackets")),
    ];
    context.caption(&sentences.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn slope_text(clouds: &[ScatterCloud], shown: usize) -> String {
    let slope = |cloud: &ScatterCloud| {
        estimate_text(&Estimate {
            value: cloud.line.map(|line| line.slope),
            interval: cloud.slope_interval,
            ..Estimate::default()
        })
    };
    if let [cloud] = clouds {
        return format!("Slope of the least-squares line: {}.", slope(cloud));
    }
    let each = |cloud: &ScatterCloud| {
        let value = cloud.line.map_or_else(|| "not defined".to_owned(), |line| number(line.slope, 2));
        format!("{}{NO_BREAK}{value}", caption_name(cloud.title()))
    };
    let all: Vec<String> = clouds[..shown].iter().map(each).collect();
    format!("Slopes of the least-squares lines: {}.", all.join(", "))
}

fn undefined_text(clouds: &[ScatterCloud]) -> Option<String> {
    let undefined: Vec<&ScatterCloud> = clouds.iter().filter(|cloud| cloud.pearson.value.is_none()).collect();
    let where_not = match undefined[..] {
        [] => return None,
        [cloud] if cloud.genes.len() == 1 => "one point has none",
        _ => "measured or predicted values do not vary",
    };
    Some(format!("Correlation not defined: {where_not}."))
}

fn hover(context: &FigureContext<'_>, layout: &SmallMultiples, clouds: &[ScatterCloud]) -> HoverLayer {
    let points = clouds.iter().enumerate().flat_map(|(panel, cloud)| {
        (0..cloud.genes.len()).map(move |i| HoverPoint {
            panel,
            gene: cloud.genes[i],
            cell_type: cloud.cells[i],
            measured: cloud.measured[i],
            predicted: cloud.predicted[i],
        })
    });
    HoverLayer {
        panels: layout.panels.iter().map(HoverPanel::from).collect(),
        genes: (0..context.matrix.genes.len()).map(|gene| context.gene_label(gene).to_owned()).collect(),
        cell_types: context.matrix.cell_types.iter().map(|cell| cell.cell_type.clone()).collect(),
        points: points.collect(),
    }
}

fn point_table(context: &FigureContext<'_>, clouds: &[ScatterCloud]) -> Result<FigureTable, PlotError> {
    let header = ["cell_type", "gene_id", "gene_name", "measured_log2_tpm1", "predicted_log2_tpm1", "relative_density"];
    let rows = clouds.iter().flat_map(|cloud| {
        (0..cloud.genes.len()).map(|i| {
            let gene = cloud.genes[i];
            vec![
                context.matrix.cell_types[cloud.cells[i]].cell_type.clone(),
                context.matrix.genes[gene].clone(),
                context.gene_name(gene),
                cell(cloud.measured[i]),
                cell(cloud.predicted[i]),
                cell(cloud.density[i]),
            ]
        })
    });
    FigureTable::new(NAME, &header, rows)
}

fn line_table(clouds: &[ScatterCloud]) -> Result<FigureTable, PlotError> {
    let header =
        ["cell_type", "n", "pearson", "pearson_low", "pearson_high", "slope", "slope_low", "slope_high", "intercept"];
    let row = |cloud: &ScatterCloud| {
        let mut cells =
            vec![cloud.cell_type.clone().unwrap_or_else(|| "all".to_owned()), cloud.genes.len().to_string()];
        cells.extend(estimate_cells(&cloud.pearson));
        let limits = [cloud.slope_interval.map(|i| i.low), cloud.slope_interval.map(|i| i.high)];
        cells.push(optional_cell(cloud.line.map(|line| line.slope)));
        cells.extend(limits.map(optional_cell));
        cells.push(optional_cell(cloud.line.map(|line| line.intercept)));
        cells
    };
    FigureTable::new("fig1_predicted_measured_lines", &header, clouds.iter().map(row))
}
