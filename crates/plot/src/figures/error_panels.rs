//! Residuals of all cell types, and the panels of their distribution.

use statrs::distribution::{Continuous, Normal};
use tatabox_eval::{mean, normal_quantiles, qq_band, quantile, relative_density, sorted, standard_deviation};

use super::context::{FigureContext, MEASURED};
use super::predicted_measured::scatter;
use crate::canvas::{
    BLUE, Canvas, LIGHT_GREY, Marker, Panel, Point, SKY_BLUE, Span, Stroke, Tick, VERMILLION, count_ticks,
    point_radius_mm, round_ticks,
};

const RESIDUAL: &str = "Residual, log₂(TPM + 1)";
const LEVELS: usize = 10;
pub(super) const CURVE: Stroke = Stroke { width_mm: 0.35, colour: VERMILLION, dash_mm: None };

/// Residuals (measured − predicted) of all genes, ordered by cell type.
pub(super) struct Residuals {
    /// Index of the gene of each residual in the matrix.
    pub(super) genes: Vec<usize>,
    pub(super) measured: Vec<f64>,
    pub(super) error: Vec<f64>,
    /// Residuals minus their mean, divided by their standard deviation; `None` if the residuals do not vary.
    pub(super) standardised: Option<Vec<f64>>,
    /// Standard normal quantile of the rank of each residual.
    pub(super) normal_quantile: Vec<f64>,
    /// Decile group of each measured value, an index into `levels`.
    level: Vec<usize>,
    /// First and last decile of each group, counted from 1.
    levels: Vec<(usize, usize)>,
}

impl Residuals {
    pub(super) fn new(context: &FigureContext<'_>) -> Self {
        let cells = &context.matrix.cell_types;
        let genes = cells.iter().flat_map(|cell| cell.genes.iter().copied()).collect();
        let measured: Vec<f64> = cells.iter().flat_map(|cell| cell.measured.iter().copied()).collect();
        let predicted = cells.iter().flat_map(|cell| cell.predicted.iter());
        let error: Vec<f64> = measured.iter().zip(predicted).map(|(m, p)| m - p).collect();
        let mut order: Vec<usize> = (0..error.len()).collect();
        order.sort_by(|&a, &b| error[a].total_cmp(&error[b]).then(a.cmp(&b)));
        let mut normal_quantile = vec![0.0; error.len()];
        for (index, z) in order.into_iter().zip(normal_quantiles(error.len())) {
            normal_quantile[index] = z;
        }
        let (level, levels) = decile_groups(&measured);
        let mut residuals = Self { genes, measured, error, standardised: None, normal_quantile, level, levels };
        residuals.standardised = residuals.standardise();
        residuals
    }

    fn standardise(&self) -> Option<Vec<f64>> {
        let (mean, sd) = (self.mean(), self.sd()?);
        Some(self.error.iter().map(|error| (error - mean) / sd).collect())
    }

    pub(super) fn mean(&self) -> f64 {
        mean(&self.error).unwrap_or(0.0)
    }

    /// Standard deviation; `None` if the residuals do not vary.
    pub(super) fn sd(&self) -> Option<f64> {
        standard_deviation(&self.error)
    }

    pub(super) fn level_name(&self, index: usize) -> String {
        group_name(self.levels[self.level[index]])
    }

    /// Absolute residuals.
    pub(super) fn absolute(&self) -> Vec<f64> {
        self.error.iter().map(|error| error.abs()).collect()
    }

    /// One tick per decile group.
    pub(super) fn level_ticks(&self) -> Vec<Tick> {
        let groups = self.levels.iter().enumerate();
        groups.map(|(index, &group)| Tick { value: index as f64 + 1.0, label: group_name(group) }).collect()
    }

    /// `values` split by decile group.
    pub(super) fn by_level(&self, values: &[f64]) -> Vec<Vec<f64>> {
        let mut groups = vec![Vec::new(); self.levels.len()];
        for (&level, &value) in self.level.iter().zip(values) {
            groups[level].push(value);
        }
        groups
    }
}

pub(super) fn histogram(canvas: &mut Canvas<'_>, place: Panel, residuals: &Residuals) {
    let ascending = sorted(&residuals.error);
    let reach = Span::around(ascending.iter().copied(), 0.03);
    let n = ascending.len() as f64;
    let iqr = quantile(&ascending, 0.75).unwrap_or(0.0) - quantile(&ascending, 0.25).unwrap_or(0.0);
    // Bin width of Freedman and Diaconis (1981), limited to 8 to 60 bins.
    let bins = if iqr > 0.0 { (reach.length() * n.cbrt() / (2.0 * iqr)).ceil().clamp(8.0, 60.0) } else { 11.0 };
    let width = reach.length() / bins;
    let mut counts = vec![0_usize; bins as usize];
    for value in &ascending {
        let bin = ((value - reach.low) / width) as usize;
        counts[bin.min(bins as usize - 1)] += 1;
    }
    let curve: Option<Vec<Point>> = residuals.sd().and_then(|sd| {
        let normal = Normal::new(residuals.mean(), sd).ok()?;
        let at = |i: usize| reach.low + f64::from(u32::try_from(i).ok().unwrap_or(0)) / 200.0 * reach.length();
        Some((0..=200).map(|i| (at(i), normal.pdf(at(i)) * n * width)).collect())
    });
    let highest = curve.iter().flatten().map(|p| p.1).chain(counts.iter().map(|&c| c as f64)).fold(1.0, f64::max);
    let panel = Panel { x: reach, y: Span::new(0.0, highest * 1.06), ..place };
    for (bin, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (left, right) = (reach.low + bin as f64 * width, reach.low + (bin + 1) as f64 * width);
        let (from, to) = (panel.place(left, count as f64), panel.place(right, 0.0));
        canvas.rectangle(from, (to.0 - 0.08, to.1), SKY_BLUE);
    }
    if let Some(curve) = curve {
        panel.curve(canvas, &curve, CURVE);
    }
    draw_axes(canvas, &panel, RESIDUAL, "Number of residuals", &round_ticks(panel.x, 7), &count_ticks(panel.y, 6));
}

pub(super) fn residual_scatter(canvas: &mut Canvas<'_>, place: Panel, residuals: &Residuals) {
    let density = relative_density(&residuals.measured, &residuals.error);
    let panel = Panel {
        x: Span::around(residuals.measured.iter().copied(), 0.03),
        y: Span::around(residuals.error.iter().copied(), 0.04),
        ..place
    };
    scatter(canvas, &panel, &residuals.measured, &residuals.error, &density);
    panel.segment(canvas, (panel.x.low, 0.0), (panel.x.high, 0.0), Stroke::REFERENCE);
    let centres = residuals.by_level(&residuals.measured);
    let means = residuals.by_level(&residuals.error);
    let trend: Vec<Point> = centres.iter().zip(&means).filter_map(|(x, y)| mean(x).zip(mean(y))).collect();
    panel.curve(canvas, &trend, CURVE);
    for &(x, y) in &trend {
        Marker::Disc.draw(canvas, panel.place(x, y), 0.6, VERMILLION);
    }
    draw_axes(canvas, &panel, MEASURED, RESIDUAL, &round_ticks(panel.x, 7), &round_ticks(panel.y, 7));
}

pub(super) fn quantile_plot(canvas: &mut Canvas<'_>, place: Panel, residuals: &Residuals, genes: usize) {
    let standardised = &residuals.standardised;
    let x = Span::around(residuals.normal_quantile.iter().copied(), 0.06);
    let y = Span::around(standardised.iter().flatten().copied().chain([x.low, x.high]), 0.03);
    let panel = Panel { x, y, ..place };
    if let Some(standardised) = standardised {
        let limits = qq_band(genes, 121);
        let low: Vec<Point> = limits.iter().map(|p| (p.theoretical, p.low)).collect();
        let high: Vec<Point> = limits.iter().map(|p| (p.theoretical, p.high)).collect();
        panel.band(canvas, &low, &high, LIGHT_GREY, 1.0);
        let mut drawn: Vec<Point> =
            residuals.normal_quantile.iter().zip(standardised).map(|(&z, &value)| panel.place(z, value)).collect();
        // Neighbours closer than a tenth of the width of a point are indistinguishable.
        drawn.sort_by(|a, b| a.0.total_cmp(&b.0));
        drawn.dedup_by(|next, previous| (next.0 - previous.0).hypot(next.1 - previous.1) < 0.05);
        panel.segment(canvas, (x.low, x.low), (x.high, x.high), CURVE);
        let radius = point_radius_mm(residuals.error.len());
        for at in drawn {
            Marker::Disc.draw(canvas, at, radius, BLUE);
        }
    } else {
        panel.remark(canvas, "not defined: the residuals do not vary");
    }
    draw_axes(canvas, &panel, "Normal quantile", "Standardised residual", &round_ticks(x, 9), &round_ticks(y, 7));
}

pub(super) fn draw_axes(canvas: &mut Canvas<'_>, panel: &Panel, x: &str, y: &str, x_ticks: &[Tick], y_ticks: &[Tick]) {
    panel.spines(canvas);
    panel.x_ticks(canvas, x_ticks, true);
    panel.y_ticks(canvas, y_ticks, true);
    panel.x_title(canvas, x);
    panel.y_title(canvas, y, y_ticks);
}

/// Decile group of each value, and the deciles that each group spans.
///
/// Values between two decile limits form a group. Deciles whose limits coincide, because of many equal values, are merged.
fn decile_groups(values: &[f64]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let ascending = sorted(values);
    let limit = |decile: usize| quantile(&ascending, decile as f64 / LEVELS as f64).unwrap_or(f64::INFINITY);
    let mut limits: Vec<(f64, usize)> = (1..=LEVELS).map(|decile| (limit(decile), decile)).collect();
    // Equal limits become one limit with the highest decile, so that the group spans all of them.
    limits.dedup_by(|next, previous| {
        let same = next.0 <= previous.0;
        if same {
            previous.1 = next.1;
        }
        same
    });
    // A decile without values is merged with the next decile that has some.
    let mut below = f64::NEG_INFINITY;
    limits.retain(|&(limit, _)| {
        let first = ascending.partition_point(|&value| value <= below);
        let occupied = ascending.get(first).is_some_and(|&value| value <= limit);
        if occupied {
            below = limit;
        }
        occupied
    });
    let group = |value: f64| limits.partition_point(|limit| limit.0 < value).min(limits.len() - 1);
    let groups = values.iter().map(|&value| group(value)).collect();
    let spans = limits.iter().enumerate().map(|(index, limit)| {
        let first = if index == 0 { 1 } else { limits[index - 1].1 + 1 };
        (first, limit.1)
    });
    (groups, spans.collect())
}

fn group_name((first, last): (usize, usize)) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decile_groups_of_twenty_values_have_two_each() {
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        let (groups, spans) = decile_groups(&values);
        assert_eq!(groups, (0..20).map(|i| i / 2).collect::<Vec<_>>());
        assert_eq!(spans.len(), 10);
    }

    #[test]
    fn decile_groups_equal_values_merge_deciles() {
        // Five of ten are zero: the limits of deciles 1 to 4 are 0, that of decile 5 is above.
        let values = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let (groups, spans) = decile_groups(&values);
        assert_eq!(spans[0], (1, 4));
        assert!(groups[..5].iter().all(|&group| group == 0));
        // Seven values 0, 1, 2, ...: there is no value between the limits of deciles 1 and 2, 4 and 5, 7 and 8.
        let (_, spans) = decile_groups(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert!(spans.len() == 7 && spans[0].0 == 1 && spans[6].1 == 10, "{spans:?}");
        let (groups, spans) = decile_groups(&[7.0]);
        assert_eq!((groups, spans), (vec![0], vec![(1, 10)]));
    }
}
