//! The five figures: SVG, PNG and the table behind each.

mod attention;
mod canvas;
mod cell_types;
mod dot_plot;
mod error_analysis;
mod error_panels;
mod model_comparison;
mod panel;
mod predicted_measured;
mod scene;
mod sheet;
mod small_multiples;
mod style;
mod text_block;
mod ticks;

use std::fs;
use std::path::{Path, PathBuf};

use tatabox_dataset::{AttentionTable, PredictionTable};

use crate::error::EvalError;
use crate::metric_table::MetricTable;
use crate::png::svg_to_png;
use crate::whole_file::write_whole;
use scene::Scene;

/// What the figures are drawn from.
#[derive(Debug, Clone)]
pub struct FigureInputs<'a> {
    /// Predictions of one or more models.
    pub table: &'a PredictionTable,
    /// Their scores, from [`crate::evaluate`] on the same table.
    pub metrics: &'a MetricTable,
    /// Attention by position; without it there is no figure 5.
    pub attention: Option<&'a AttentionTable>,
    /// A remark that stands at the end of every caption, such as "simulated data".
    pub note: Option<String>,
    /// The model of figures 1 to 3; the one with the highest mean Pearson if none is named.
    pub model: Option<String>,
}

impl<'a> FigureInputs<'a> {
    /// Figures 1 to 4 without a remark, of the best model.
    pub fn new(table: &'a PredictionTable, metrics: &'a MetricTable) -> Self {
        Self { table, metrics, attention: None, note: None, model: None }
    }
}

/// How far drawing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureProgress {
    /// The figure that is drawn next, or was drawn last.
    pub figure: &'static str,
    /// Figures done.
    pub done: usize,
    /// Figures in all.
    pub total: usize,
}

/// A finished drawing and the numbers in it.
struct Drawing {
    svg: String,
    csv: String,
}

struct Figure {
    name: &'static str,
    /// Answers nothing where the inputs lack what the figure shows.
    draw: fn(&Scene<'_>) -> Result<Option<Drawing>, EvalError>,
}

const FIGURES: [Figure; 5] = [
    Figure { name: "fig1_predicted_measured", draw: predicted_measured::draw },
    Figure { name: "fig2_error_analysis", draw: error_analysis::draw },
    Figure { name: "fig3_cell_types", draw: cell_types::draw },
    Figure { name: "fig4_model_comparison", draw: model_comparison::draw },
    Figure { name: "fig5_attention", draw: attention::draw },
];

/// Draws every figure that the inputs allow into `out_dir` and answers the files written: SVG, PNG (300 dpi) and CSV of each.
///
/// The split shown is test where the metrics hold it, else the first they hold. The same inputs give the same bytes.
///
/// # Errors
///
/// [`EvalError::UnknownModel`], [`EvalError::NoRows`] for metrics without rows or of another table, and what drawing and
/// writing can meet.
pub fn draw_figures(
    inputs: &FigureInputs<'_>,
    out_dir: &Path,
    progress: &mut dyn FnMut(FigureProgress),
) -> Result<Vec<PathBuf>, EvalError> {
    let scene = Scene::new(inputs)?;
    fs::create_dir_all(out_dir).map_err(|source| EvalError::write(out_dir, source))?;
    let mut written = Vec::new();
    let total = FIGURES.len();
    for (done, figure) in FIGURES.iter().enumerate() {
        progress(FigureProgress { figure: figure.name, done, total });
        let Some(drawing) = (figure.draw)(&scene)? else {
            tracing::info!(figure = figure.name, "left out: nothing to show");
            continue;
        };
        let png = svg_to_png(&drawing.svg)?;
        for (extension, bytes) in [("svg", drawing.svg.as_bytes()), ("png", &png), ("csv", drawing.csv.as_bytes())] {
            let path = out_dir.join(format!("{}.{extension}", figure.name));
            write_whole(&path, bytes)?;
            written.push(path);
        }
    }
    progress(FigureProgress { figure: FIGURES[total - 1].name, done: total, total });
    Ok(written)
}
