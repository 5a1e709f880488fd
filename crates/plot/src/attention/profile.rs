//! Mean attention along the window, by quartile of expression.

use std::collections::{BTreeMap, BTreeSet};

use tatabox_dataset::AttentionTable;

use crate::canvas::{
    Anchor, Canvas, Colour, FigureTable, LABEL_PT, MAX_PANELS, NO_BREAK, Panel, Point, SharedAxis, SmallMultiples,
    Span, Stroke, Swatch, TICK_PT, TextStyle, Weight, cell, count, counted, round_ticks, shorten, viridis,
};
use crate::error::PlotError;

/// Title of the axis along the window.
pub(crate) const POSITION: &str = "Position relative to the TSS, bp";
/// Half width of the 95% interval of a mean, in standard errors.
const NORMAL_95: f64 = 1.959_964;
/// Height above a panel for its name and the TSS label, and for the TSS label only.
const HEAD_MM: f64 = 7.2;
const HEAD_UNNAMED_MM: f64 = 3.2;
/// Height of each of two panels across two columns, relative to its width.
const WIDE_PAIR_ASPECT: f64 = 0.45;
const BAND_OPACITY: f64 = 0.22;

/// Mean attention over the genes of one expression quartile at one position.
struct ProfilePoint {
    position_bp: i32,
    genes: usize,
    mean: f64,
    /// Half width of the 95% interval of the mean.
    margin: f64,
}

/// Profiles of one cell type by quartile; the name is empty for all cell types together.
struct CellProfile<'a> {
    cell_type: &'a str,
    quartiles: BTreeMap<u8, Vec<ProfilePoint>>,
    genes: usize,
}

/// Attention profiles of a figure.
pub(crate) struct ProfileSection<'a> {
    table: &'a AttentionTable,
    profiles: Vec<CellProfile<'a>>,
    shown: usize,
    x: SharedAxis,
    y: SharedAxis,
}

impl<'a> ProfileSection<'a> {
    /// Profiles of an attention table; `None` without rows.
    pub(crate) fn new(table: &'a AttentionTable) -> Option<Self> {
        let profiles = profiles(table);
        if profiles.is_empty() {
            return None;
        }
        let shown = profiles.len().min(MAX_PANELS);
        let points = || profiles[..shown].iter().flat_map(|profile| profile.quartiles.values().flatten());
        // Rounded up, because the centre of a bin of odd width is offset by half a base.
        let half_bin = (table.rows.iter().map(|row| f64::from(row.bin_bp)).fold(0.0, f64::max) / 2.0).ceil();
        let position = |p: &ProfilePoint| f64::from(p.position_bp);
        let x = Span::around(points().flat_map(|p| [position(p) - half_bin, position(p) + half_bin]), 0.0);
        let top = points().map(|p| p.mean + p.margin).fold(0.0, f64::max);
        let y = Span::new(0.0, if top > 0.0 { top * 1.06 } else { 1.0 });
        let x = SharedAxis { span: x, ticks: round_ticks(x, if shown > 1 { 4 } else { 7 }) };
        let y = SharedAxis { span: y, ticks: round_ticks(y, 6) };
        Some(Self { table, profiles, shown, x, y })
    }

    /// Whether there is a single panel.
    pub(crate) fn is_single(&self) -> bool {
        self.shown == 1
    }

    /// Layout in the default width for the number of panels.
    pub(crate) fn layout(&self) -> SmallMultiples {
        SmallMultiples::new(self.shown, if self.is_single() { 0.6 } else { 0.85 }, self.head_mm(), &self.x, &self.y)
    }

    /// Layout that fills a width.
    pub(crate) fn wide_layout(&self, width_mm: f64, single_height_mm: f64) -> SmallMultiples {
        match self.shown {
            1 => self.single_layout(width_mm, single_height_mm),
            2 => SmallMultiples::within(width_mm, 2, 2, WIDE_PAIR_ASPECT, self.head_mm(), &self.x, &self.y),
            _ => self.layout(),
        }
    }

    /// Layout of a single panel whose axes and plot area fill a width and height.
    pub(crate) fn single_layout(&self, width_mm: f64, height_mm: f64) -> SmallMultiples {
        let layout = |aspect| SmallMultiples::within(width_mm, 1, 1, aspect, self.head_mm(), &self.x, &self.y);
        let flat = layout(0.0);
        let width = flat.panels.first().map_or(width_mm, |panel| panel.width);
        layout((height_mm - flat.body_mm) / width)
    }

    fn head_mm(&self) -> f64 {
        let unnamed = self.is_single() && self.profiles[0].cell_type.is_empty();
        if unnamed { HEAD_UNNAMED_MM } else { HEAD_MM }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, layout: &SmallMultiples) {
        for (index, (panel, profile)) in layout.panels.iter().zip(&self.profiles).enumerate() {
            draw_profile(canvas, panel, profile);
            panel.spines(canvas);
            panel.x_ticks(canvas, &self.x.ticks, layout.ends_column(index));
            panel.y_ticks(canvas, &self.y.ticks, layout.starts_row(index));
        }
        layout.frame().x_title(canvas, POSITION);
        layout.frame().y_title(canvas, "Mean attention weight per bin", &self.y.ticks);
    }

    pub(crate) fn legend(&self) -> Vec<(Swatch, String)> {
        legend(&self.profiles)
    }

    pub(crate) fn caption_text(&self) -> String {
        caption_text(self.table, &self.profiles, self.shown)
    }

    pub(crate) fn table(&self, name: &str) -> Result<FigureTable, PlotError> {
        let header = ["cell_type", "expression_quartile", "position_bp", "n_genes", "mean_attention", "low", "high"];
        FigureTable::new(name, &header, rows(&self.profiles))
    }
}

fn draw_profile(canvas: &mut Canvas<'_>, panel: &Panel, profile: &CellProfile<'_>) {
    let tss = panel.x_mm(0.0);
    if panel.x.contains(0.0) {
        canvas.line((tss, panel.top), (tss, panel.bottom()), Stroke::REFERENCE);
        canvas.text("TSS", (tss, panel.top - 1.6), TextStyle::regular(TICK_PT, Anchor::Middle));
    }
    for (&quartile, points) in &profile.quartiles {
        let at = |shift: f64| -> Vec<Point> {
            points.iter().map(|p| (f64::from(p.position_bp), p.mean + shift * p.margin)).collect()
        };
        panel.band(canvas, &at(-1.0), &at(1.0), quartile_colour(quartile), BAND_OPACITY);
    }
    for (&quartile, points) in &profile.quartiles {
        let curve: Vec<Point> = points.iter().map(|p| (f64::from(p.position_bp), p.mean)).collect();
        panel.curve(canvas, &curve, Stroke::new(0.35, quartile_colour(quartile)));
        if let [only] = curve[..] {
            canvas.disc(panel.place(only.0, only.1), 0.7, quartile_colour(quartile));
        }
    }
    if !profile.cell_type.is_empty() {
        let at = (panel.left, panel.top - 5.0);
        let name = shorten(profile.cell_type, LABEL_PT, Weight::Bold, panel.width * 0.65);
        canvas.text(&name, at, TextStyle::bold(LABEL_PT, Anchor::Start));
        let genes = format!("n = {}", count(profile.genes));
        canvas.text(&genes, (panel.right(), panel.top - 5.0), TextStyle::regular(TICK_PT, Anchor::End));
    }
}

/// Colour from dark (low expression) to green (high); the yellow end of viridis is too faint for a line.
fn quartile_colour(quartile: u8) -> Colour {
    viridis(f64::from(quartile.saturating_sub(1)) * 0.27)
}

fn legend(profiles: &[CellProfile<'_>]) -> Vec<(Swatch, String)> {
    let quartiles: BTreeSet<u8> = profiles.iter().flat_map(|profile| profile.quartiles.keys().copied()).collect();
    let genes = |quartile: u8| {
        let points = profiles.iter().filter_map(|profile| profile.quartiles.get(&quartile)).flatten();
        points.map(|point| point.genes).max().unwrap_or(0)
    };
    let entry = |quartile: u8| {
        let end = match quartile {
            1 => " (lowest)",
            4 => " (highest)",
            _ => "",
        };
        let label = if profiles.len() == 1 {
            format!("Q{quartile}{end}, n = {}", count(genes(quartile)))
        } else {
            format!("Q{quartile}{end}")
        };
        (Swatch::Line(Stroke::new(0.5, quartile_colour(quartile))), label)
    };
    quartiles.into_iter().map(entry).collect()
}

fn caption_text(table: &AttentionTable, profiles: &[CellProfile<'_>], shown: usize) -> String {
    let genes: BTreeSet<&str> = table.rows.iter().map(|row| row.gene_id.as_str()).collect();
    let bins: BTreeSet<u32> = table.rows.iter().map(|row| row.bin_bp).collect();
    let bins: Vec<String> = bins.into_iter().map(|bin| count(bin as usize)).collect();
    let hidden = if shown < profiles.len() {
        format!(" The first {shown} of {} cell types are shown.", profiles.len())
    } else {
        String::new()
    };
    format!(
        "Mean over genes by quartile of measured expression (Q1 lowest), n{NO_BREAK}={NO_BREAK}{}, bins of {}{NO_BREAK}bp. \
         Shading: 95% interval of the mean. Negative positions are upstream.{hidden}",
        counted(genes.len(), "gene"),
        bins.join(" or ")
    )
}

fn profiles(table: &AttentionTable) -> Vec<CellProfile<'_>> {
    let mut cell_types: Vec<&str> = Vec::new();
    let mut weights: BTreeMap<(&str, u8, i32), Vec<f64>> = BTreeMap::new();
    let mut genes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &table.rows {
        if !genes.contains_key(row.cell_type.as_str()) {
            cell_types.push(&row.cell_type);
        }
        genes.entry(&row.cell_type).or_default().insert(&row.gene_id);
        weights.entry((&row.cell_type, row.expression_quartile, row.position_bp)).or_default().push(row.weight);
    }
    let mut by_cell: BTreeMap<&str, BTreeMap<u8, Vec<ProfilePoint>>> = BTreeMap::new();
    for ((cell_type, quartile, position_bp), values) in weights {
        let quartiles = by_cell.entry(cell_type).or_default();
        quartiles.entry(quartile).or_default().push(profile_point(position_bp, &values));
    }
    let profile = |cell_type| {
        let quartiles = by_cell.remove(cell_type).unwrap_or_default();
        CellProfile { cell_type, quartiles, genes: genes[cell_type].len() }
    };
    cell_types.into_iter().map(profile).collect()
}

fn profile_point(position_bp: i32, weights: &[f64]) -> ProfilePoint {
    let n = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / n;
    let squares: f64 = weights.iter().map(|weight| (weight - mean).powi(2)).sum();
    let margin = if weights.len() > 1 { NORMAL_95 * (squares / (n - 1.0) / n).sqrt() } else { 0.0 };
    ProfilePoint { position_bp, genes: weights.len(), mean, margin }
}

fn rows(profiles: &[CellProfile<'_>]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for profile in profiles {
        for (quartile, points) in &profile.quartiles {
            for point in points {
                rows.push(vec![
                    profile.cell_type.to_owned(),
                    quartile.to_string(),
                    point.position_bp.to_string(),
                    point.genes.to_string(),
                    cell(point.mean),
                    cell(point.mean - point.margin),
                    cell(point.mean + point.margin),
                ]);
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_point_margin_is_1_96_standard_errors() {
        // 0.1 and 0.3: mean 0.2, variance 0.02, standard error 0.1.
        let point = profile_point(-50, &[0.1, 0.3]);
        assert!((point.mean - 0.2).abs() < 1e-12 && (point.margin - 0.195_996_4).abs() < 1e-7);
        assert!(profile_point(0, &[0.5]).margin.abs() < f64::EPSILON);
    }
}
