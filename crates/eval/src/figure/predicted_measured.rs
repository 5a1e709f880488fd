//! Figure 1: predicted against measured expression, a panel for each cell type.

use super::Drawing;
use super::canvas::{Anchor, Canvas, Lettering};
use super::panel::Panel;
use super::scene::{MEASURED, NO_BREAK, PREDICTED, Scene, estimate_words};
use super::sheet::{Sheet, cell, csv_text};
use super::small_multiples::{MOST_PANELS, SharedAxis, SmallMultiples};
use super::style::{LABEL_PT, Marker, Stroke, TICK_PT, point_radius_mm};
use super::text_block::Swatch;
use super::ticks::{Span, count, round_ticks};
use crate::error::EvalError;
use crate::font::{Weight, shorten, text_width_mm};
use crate::gene_matrix::CellPairs;
use crate::kernel_density::relative_density;
use crate::metric::{mean, pearson};
use crate::palette::{VERMILLION, viridis};

/// Room for two title lines above a panel.
const HEAD_MM: f64 = 7.2;
const FIT: Stroke = Stroke { width_mm: 0.35, colour: VERMILLION, dash_mm: None };

pub(super) fn draw(scene: &Scene<'_>) -> Result<Option<Drawing>, EvalError> {
    let cells = &scene.matrix.cells;
    let densities: Vec<Vec<f64>> = cells.iter().map(|c| relative_density(&c.measured, &c.predicted)).collect();
    let shown = cells.len().min(MOST_PANELS);
    let values = cells[..shown].iter().flat_map(|cell| cell.measured.iter().chain(&cell.predicted).copied());
    let span = Span::around(values, 0.04);
    let axis = SharedAxis { span, ticks: round_ticks(span, 7) };
    let layout = SmallMultiples::new(shown, 1.0, HEAD_MM, &axis, &axis);
    let sheet = Sheet {
        width_mm: layout.width_mm,
        body_mm: layout.body_mm,
        legend: vec![
            (Swatch::Line(Stroke::REFERENCE), "identity".to_owned()),
            (Swatch::Line(FIT), "least squares".to_owned()),
            (Swatch::Gradient, "density, low to high".to_owned()),
        ],
        lead: "Predicted against measured expression.".to_owned(),
        caption: caption(scene, shown),
    };
    let csv = csv_text(
        &["cell_type", "gene_id", "measured_log2_tpm1", "predicted_log2_tpm1", "relative_density"],
        rows(scene, &densities),
    )?;
    let drawing = sheet.draw(csv, |canvas| {
        for (index, (panel, pairs)) in layout.panels.iter().zip(cells).enumerate() {
            head(canvas, scene, panel, pairs);
            panel.segment(canvas, (span.low, span.low), (span.high, span.high), Stroke::REFERENCE);
            scatter(canvas, panel, &pairs.measured, &pairs.predicted, &densities[index]);
            if let Some((slope, intercept)) = least_squares(&pairs.measured, &pairs.predicted) {
                let at = |x: f64| (x, intercept + slope * x);
                let ends = Span::around(pairs.measured.iter().copied(), 0.0);
                panel.segment(canvas, at(ends.low), at(ends.high), FIT);
            }
            panel.spines(canvas);
            panel.x_ticks(canvas, &axis.ticks, layout.ends_column(index));
            panel.y_ticks(canvas, &axis.ticks, layout.starts_row(index));
        }
        layout.frame().x_title(canvas, MEASURED);
        layout.frame().y_title(canvas, PREDICTED, &axis.ticks);
    });
    drawing.map(Some)
}

/// Points coloured by density, the densest on top; points of one place and colour are drawn once.
pub(super) fn scatter(canvas: &mut Canvas<'_>, panel: &Panel, x: &[f64], y: &[f64], density: &[f64]) {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| density[a].total_cmp(&density[b]).then(a.cmp(&b)));
    let radius = point_radius_mm(x.len());
    let mut last = None;
    for index in order {
        let at = panel.place(x[index], y[index]);
        let colour = viridis(density[index]);
        if last != Some((at, colour)) {
            Marker::Disc.draw(canvas, at, radius, colour);
        }
        last = Some((at, colour));
    }
}

fn head(canvas: &mut Canvas<'_>, scene: &Scene<'_>, panel: &Panel, pairs: &CellPairs) {
    let row = scene.inputs.metrics.row(&scene.model, scene.split, Some(&pairs.cell_type));
    let r = match row {
        Some(row) if row.pearson.value.is_some() => format!("r = {}", estimate_words(&row.pearson)),
        _ => "r not defined".to_owned(),
    };
    let genes = format!("n = {}", count(pairs.genes.len()));
    let room = panel.width - text_width_mm(&genes, TICK_PT, Weight::Regular) - 1.5;
    let name = shorten(&pairs.cell_type, LABEL_PT, Weight::Bold, room);
    canvas.text(&name, (panel.left, panel.top - 5.4), Lettering::bold(LABEL_PT, Anchor::Start));
    canvas.text(&genes, (panel.right(), panel.top - 5.4), Lettering::regular(TICK_PT, Anchor::End));
    canvas.text(&r, (panel.left, panel.top - 2.4), Lettering::regular(TICK_PT, Anchor::Start));
}

fn caption(scene: &Scene<'_>, shown: usize) -> String {
    let cells = scene.matrix.cells.len();
    let mean = scene.inputs.metrics.row(&scene.model, scene.split, None).filter(|_| cells > 1);
    let mean = mean.map(|row| {
        let r = estimate_words(&row.pearson);
        format!("Mean over {cells} cell types: r{NO_BREAK}={NO_BREAK}{r}.")
    });
    let hidden = (shown < cells)
        .then(|| format!("The first {shown} of {cells} cell types are shown; the table beside this figure has all."));
    let first = format!("{} r: Pearson correlation.", scene.subject());
    let sentences = [Some(first), mean, hidden, Some(scene.interval_words("Brackets"))];
    scene.caption(&sentences.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// Slope and intercept of predicted on measured.
fn least_squares(measured: &[f64], predicted: &[f64]) -> Option<(f64, f64)> {
    let spread = |values: &[f64]| {
        let centre = mean(values)?;
        Some(values.iter().map(|v| (v - centre).powi(2)).sum::<f64>().sqrt())
    };
    let slope = pearson(measured, predicted)? * spread(predicted)? / spread(measured)?;
    Some((slope, mean(predicted)? - slope * mean(measured)?))
}

fn rows(scene: &Scene<'_>, densities: &[Vec<f64>]) -> Vec<Vec<String>> {
    let of_cell = |(pairs, density): (&CellPairs, &Vec<f64>)| -> Vec<Vec<String>> {
        let row = |i: usize| {
            let gene = scene.matrix.genes[pairs.genes[i]].clone();
            vec![pairs.cell_type.clone(), gene, cell(pairs.measured[i]), cell(pairs.predicted[i]), cell(density[i])]
        };
        (0..pairs.genes.len()).map(row).collect()
    };
    scene.matrix.cells.iter().zip(densities).flat_map(of_cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_of_points_on_a_line_is_that_line() {
        let (slope, intercept) = least_squares(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]).expect("both vary");
        assert!((slope - 2.0).abs() < 1e-12 && (intercept - 1.0).abs() < 1e-12);
        assert_eq!(least_squares(&[1.0, 2.0], &[3.0, 3.0]), None);
    }
}
