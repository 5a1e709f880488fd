//! Errors by expression level as box plots, and as cumulative fold errors.

use tatabox_eval::{Estimate, MetricTable, Resampling, quantile, sorted};

use super::error_panels::{CURVE, Residuals, draw_axes};
use crate::canvas::{Canvas, INK, Panel, Point, SKY_BLUE, Span, Stroke, Tick, number, round_ticks};

/// Smallest denominator of a relative error.
///
/// log2(TPM + 1) = 1 is 1 TPM, a common threshold of expression.
pub(super) const MIN_RELATIVE_LEVEL: f64 = 1.0;
/// Twofold error in log2 units.
const TWOFOLD: f64 = 1.0;
/// Number of points of the curve; more would be indistinguishable.
const CURVE_POINTS: usize = 400;
/// Half width of a box, in units of decile groups.
const HALF_BOX: f64 = 0.3;

/// Relative errors, |residual| / max(measured, 1).
pub(super) fn relative_errors(residuals: &Residuals) -> Vec<f64> {
    let relative = |(error, measured): (&f64, &f64)| error.abs() / measured.max(MIN_RELATIVE_LEVEL);
    residuals.error.iter().zip(&residuals.measured).map(relative).collect()
}

/// Fraction of the predictions with at most a twofold error, with an interval over genes.
pub(super) fn twofold_fraction(residuals: &Residuals, genes: usize, metrics: &MetricTable) -> Estimate {
    let within: Vec<bool> = residuals.error.iter().map(|error| error.abs() <= TWOFOLD).collect();
    let fraction = |weights: &[f64]| {
        let weight = |i: usize| weights[residuals.genes[i]];
        let total: f64 = (0..within.len()).map(weight).sum();
        let inside: f64 = (0..within.len()).filter(|&i| within[i]).map(weight).sum();
        (total > 0.0).then(|| inside / total)
    };
    let resampling = Resampling::genes(genes);
    let interval =
        resampling.intervals(metrics.bootstrap_resamples, metrics.bootstrap_seed, |weights| vec![fraction(weights)]);
    Estimate {
        value: fraction(&vec![1.0; genes]),
        // Resamples of a single gene do not vary.
        interval: interval.first().copied().flatten().filter(|_| genes > 1),
        chromosome_interval: None,
    }
}

/// Draws median, quartiles, 5th and 95th percentile of `values` per decile group.
pub(super) fn boxes_by_level(
    canvas: &mut Canvas<'_>,
    place: Panel,
    residuals: &Residuals,
    values: &[f64],
    title: &str,
) {
    let groups: Vec<Vec<f64>> = residuals.by_level(values).iter().map(|group| sorted(group)).collect();
    let top = groups.iter().filter_map(|group| quantile(group, 0.95)).fold(0.0, f64::max);
    let top = if top > 0.0 { top * 1.06 } else { 1.0 };
    let panel = Panel { x: Span::new(0.4, groups.len() as f64 + 0.6), y: Span::new(0.0, top), ..place };
    for (index, group) in groups.iter().enumerate() {
        let [Some(p5), Some(q1), Some(median), Some(q3), Some(p95)] =
            [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| quantile(group, p))
        else {
            continue;
        };
        let x = index as f64 + 1.0;
        canvas.line(panel.place(x, p5), panel.place(x, p95), Stroke::AXIS);
        canvas.rectangle(panel.place(x - HALF_BOX, q3), panel.place(x + HALF_BOX, q1), SKY_BLUE);
        canvas.line(panel.place(x - HALF_BOX, median), panel.place(x + HALF_BOX, median), Stroke::new(0.4, INK));
    }
    draw_axes(
        canvas,
        &panel,
        "Decile of measured expression",
        title,
        &residuals.level_ticks(),
        &round_ticks(panel.y, 6),
    );
}

/// Draws the percentage of predictions within each fold error.
pub(super) fn fold_curve(canvas: &mut Canvas<'_>, place: Panel, residuals: &Residuals) {
    let ascending = sorted(&residuals.absolute());
    let last = ascending.last().copied().unwrap_or(0.0);
    let panel = Panel { x: Span::new(0.0, last.max(TWOFOLD) * 1.03), y: Span::new(0.0, 103.0), ..place };
    let n = ascending.len();
    let percentage = |rank: usize| 100.0 * (rank + 1) as f64 / n as f64;
    let steps = (0..CURVE_POINTS.min(n)).map(|i| if n <= CURVE_POINTS { i } else { i * (n - 1) / (CURVE_POINTS - 1) });
    let mut curve: Vec<Point> = vec![(0.0, 0.0)];
    for rank in steps {
        // The curve rises at the error, so that few errors appear as steps.
        curve.extend([(ascending[rank], curve[curve.len() - 1].1), (ascending[rank], percentage(rank))]);
    }
    panel.segment(canvas, (TWOFOLD, 0.0), (TWOFOLD, 100.0), Stroke::REFERENCE);
    panel.curve(canvas, &curve, CURVE);
    draw_axes(
        canvas,
        &panel,
        "Fold error of TPM + 1",
        "Predictions within, %",
        &fold_ticks(panel.x),
        &round_ticks(panel.y, 6),
    );
}

/// Powers of two, at most six of them.
fn fold_ticks(span: Span) -> Vec<Tick> {
    let step = (span.high / 5.0).ceil().max(1.0) as usize;
    let folds = (0..=span.high as usize).step_by(step);
    folds.map(|log2| Tick { value: log2 as f64, label: format!("{}×", number(2_f64.powi(log2 as i32), 0)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_ticks_are_powers_of_two() {
        let labels = |high: f64| fold_ticks(Span::new(0.0, high)).into_iter().map(|t| t.label).collect::<Vec<_>>();
        assert_eq!(labels(3.5), ["1×", "2×", "4×", "8×"]);
        assert_eq!(labels(12.2), ["1×", "8×", "64×", "512×", "4,096×"]);
    }
}
