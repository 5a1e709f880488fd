//! The five figures and that of an explanation: SVG, PNG and the tables behind each.

mod attention;
mod attention_profile;
mod canvas;
mod cell_types;
mod dot_plot;
mod error_analysis;
mod error_panels;
mod explanation;
mod gene_tracks;
mod hover;
mod model_comparison;
mod panel;
mod predicted_measured;
mod relative_error_panels;
mod scatter_cloud;
mod scene;
mod sequence_logo;
mod sheet;
mod significance;
mod small_multiples;
mod style;
mod text_block;
mod ticks;

use std::fs;
use std::path::{Path, PathBuf};

use tatabox_dataset::{AttentionExamples, AttentionTable, PredictionTable};

use crate::comparison::ComparisonTable;
use crate::error::EvalError;
use crate::metric_table::MetricTable;
use crate::png::svg_to_png;
use crate::replicate_ceiling::ReplicateCeiling;
use crate::whole_file::atomic_write;
pub use explanation::explanation_figure;
pub use hover::{HoverLayer, HoverPanel, HoverPoint};
pub(crate) use scene::{NO_BREAK, Scene, counted, estimate_words};
pub(crate) use significance::p_words;
pub(crate) use ticks::number;

/// What the figures are drawn from.
#[derive(Debug, Clone)]
pub struct FigureInputs<'a> {
    /// Predictions of one or more models.
    pub table: &'a PredictionTable,
    /// Their scores, from [`crate::evaluate`] on the same table.
    pub metrics: &'a MetricTable,
    /// Tests of one model against the others; with them figure 4 has brackets.
    pub comparisons: Option<&'a ComparisonTable>,
    /// Agreement of replicates; with it figure 3 shows how far a model could come.
    pub ceiling: Option<&'a ReplicateCeiling>,
    /// Attention by position; without it and examples there is no figure 5.
    pub attention: Option<&'a AttentionTable>,
    /// Attended motifs and single genes of figure 5.
    pub examples: Option<&'a AttentionExamples>,
    /// Figure 1 with a panel for each cell type, where it otherwise has one for all.
    pub panel_per_cell_type: bool,
    /// A remark that stands at the end of every caption, such as "simulated data".
    pub note: Option<String>,
    /// The model of figures 1 to 3. If none is named, the reference of the tests, else the one with the highest mean Pearson.
    pub model: Option<String>,
}

impl<'a> FigureInputs<'a> {
    /// Figures 1 to 4 without a remark, of the best model.
    pub fn new(table: &'a PredictionTable, metrics: &'a MetricTable) -> Self {
        Self {
            table,
            metrics,
            comparisons: None,
            ceiling: None,
            attention: None,
            examples: None,
            panel_per_cell_type: false,
            note: None,
            model: None,
        }
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

/// A figure in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureFile {
    /// File name without extension.
    pub name: String,
    /// The words that the caption begins with, in bold.
    pub title: String,
    /// The caption after its title.
    pub caption: String,
    /// The whole figure, title and caption included.
    pub svg: String,
    /// The figure without title and caption, for a page that sets them itself.
    pub picture: String,
    /// The numbers in the figure.
    pub tables: Vec<FigureTable>,
    /// Which gene each point is, where points are genes.
    pub hover: Option<HoverLayer>,
}

/// A table behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// File name without extension.
    pub name: String,
    /// Its rows as CSV with a header.
    pub csv: String,
}

struct Figure {
    name: &'static str,
    /// Answers nothing where the inputs lack what the figure shows.
    draw: fn(&Scene<'_>) -> Result<Option<FigureFile>, EvalError>,
}

const FIGURES: [Figure; 5] = [
    Figure { name: predicted_measured::NAME, draw: predicted_measured::draw },
    Figure { name: error_analysis::NAME, draw: error_analysis::draw },
    Figure { name: cell_types::NAME, draw: cell_types::draw },
    Figure { name: model_comparison::NAME, draw: model_comparison::draw },
    Figure { name: attention::NAME, draw: attention::draw },
];

/// Draws every figure that the inputs allow and answers them in memory.
///
/// The split shown is test where the metrics hold it, else the first they hold. The same inputs give the same bytes.
///
/// # Errors
///
/// [`EvalError::UnknownModel`], [`EvalError::NoRows`] for metrics without rows or of another table, and what drawing can meet.
pub fn render_figures(
    inputs: &FigureInputs<'_>,
    progress: &mut dyn FnMut(FigureProgress),
) -> Result<Vec<FigureFile>, EvalError> {
    let scene = Scene::new(inputs)?;
    let mut figures = Vec::new();
    let total = FIGURES.len();
    for (done, figure) in FIGURES.iter().enumerate() {
        progress(FigureProgress { figure: figure.name, done, total });
        if let Some(drawn) = (figure.draw)(&scene)? {
            figures.push(drawn);
        } else {
            tracing::info!(figure = figure.name, "left out: nothing to show");
        }
    }
    progress(FigureProgress { figure: FIGURES[total - 1].name, done: total, total });
    Ok(figures)
}

/// Writes figures into `out_dir` and answers the files written: SVG, PNG (300 dpi) and CSV of each.
///
/// # Errors
///
/// What rasterising and writing can meet.
pub fn write_figures(figures: &[FigureFile], out_dir: &Path) -> Result<Vec<PathBuf>, EvalError> {
    fs::create_dir_all(out_dir).map_err(|source| EvalError::write(out_dir, source))?;
    let mut written = Vec::new();
    for figure in figures {
        let mut write = |name: &str, bytes: &[u8]| {
            let path = out_dir.join(name);
            atomic_write(&path, bytes).map(|()| written.push(path))
        };
        write(&format!("{}.svg", figure.name), figure.svg.as_bytes())?;
        write(&format!("{}.png", figure.name), &svg_to_png(&figure.svg)?)?;
        figure.tables.iter().try_for_each(|table| write(&format!("{}.csv", table.name), table.csv.as_bytes()))?;
    }
    Ok(written)
}
