//! The five figures of an evaluation and the figure of an explanation: SVG, PNG and CSV.

mod attention;
mod cell_types;
mod context;
mod dot_plot;
mod error_analysis;
mod error_panels;
mod explanation;
mod model_comparison;
mod predicted_measured;
mod relative_error_panels;
mod scatter_cloud;
mod significance;
mod variant_effects;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tatabox_dataset::{AttentionExamples, AttentionTable, PredictionTable, atomic_write};
use tatabox_eval::{ComparisonTable, MetricTable, NoiseCeiling};

use crate::canvas::{RenderedFigure, svg_to_png};
use crate::error::PlotError;
pub(crate) use context::FigureContext;
pub use explanation::{
    AttentionBin, Attribution, Explanation, FOCUS_BP, MotifAnnotation, explanation_figure, focus_region,
};
pub use variant_effects::{EffectFigure, EffectPanel, effect_figure};

/// Inputs of the figures: predictions, scores and, optionally, tests, noise ceiling and attention.
#[derive(Debug, Clone)]
pub struct FigureInputs<'a> {
    /// Predictions of one or more models.
    pub table: &'a PredictionTable,
    /// Scores of the same table, from [`tatabox_eval::evaluate`].
    pub metrics: &'a MetricTable,
    /// Tests of one model against the others, shown as brackets in figure 4.
    pub comparisons: Option<&'a ComparisonTable>,
    /// Noise ceiling from replicates, shown in figure 3.
    pub ceiling: Option<&'a NoiseCeiling>,
    /// Attention by position; figure 5 requires this or the examples.
    pub attention: Option<&'a AttentionTable>,
    /// Attention-enriched k-mers and example genes of figure 5.
    pub examples: Option<&'a AttentionExamples>,
    /// Whether figure 1 has one panel per cell type instead of a single panel.
    pub panel_per_cell_type: bool,
    /// Note at the end of every caption, such as "simulated data".
    pub note: Option<String>,
    /// Model of figures 1 to 3.
    ///
    /// The default is the reference of the tests or, without tests, the model with the highest mean Pearson correlation.
    pub model: Option<String>,
}

impl<'a> FigureInputs<'a> {
    /// Inputs of figures 1 to 4 of the best model, without a note.
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

/// Progress of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureProgress {
    /// Name of the current figure.
    pub figure: &'static str,
    /// Number of finished figures.
    pub done: usize,
    /// Number of figures.
    pub total: usize,
}

struct FigureDefinition {
    name: &'static str,
    /// Returns `None` if the inputs lack the data of the figure.
    draw: fn(&FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError>,
}

const FIGURES: [FigureDefinition; 5] = [
    FigureDefinition { name: predicted_measured::NAME, draw: predicted_measured::draw },
    FigureDefinition { name: error_analysis::NAME, draw: error_analysis::draw },
    FigureDefinition { name: cell_types::NAME, draw: cell_types::draw },
    FigureDefinition { name: model_comparison::NAME, draw: model_comparison::draw },
    FigureDefinition { name: attention::NAME, draw: attention::draw },
];

/// Draws every figure for which the inputs have data.
///
/// The figures show the test split if the metrics contain it, otherwise the first split. The same inputs give the same bytes.
///
/// # Errors
///
/// [`PlotError::UnknownModel`] if the metrics lack the requested model; [`PlotError::NoRows`] if the metrics are empty or belong
/// to another table; [`PlotError::Drawing`] and [`PlotError::Format`] if a figure or its table cannot be made.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, evaluate};
/// use tatabox_plot::{FigureInputs, render_figures};
///
/// let rows = (0..20).map(|gene| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene % 7),
///     predicted: f64::from(gene % 5),
///     model: "cnn".to_owned(),
/// });
/// let table = PredictionTable { rows: rows.collect() };
/// let metrics = evaluate(&table, &EvaluateOptions { resamples: 100, ..EvaluateOptions::default() })?;
/// let inputs = FigureInputs { note: Some("simulated data".to_owned()), ..FigureInputs::new(&table, &metrics) };
///
/// let figures = render_figures(&inputs, &mut |_| {})?;
/// let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
/// assert_eq!(names, ["fig1_predicted_measured", "fig2_error_analysis", "fig3_cell_types", "fig4_model_comparison"]);
/// assert!(figures[0].caption.ends_with("Note: simulated data."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render_figures(
    inputs: &FigureInputs<'_>,
    progress: &mut dyn FnMut(FigureProgress),
) -> Result<Vec<RenderedFigure>, PlotError> {
    let context = FigureContext::new(inputs)?;
    let mut figures = Vec::new();
    let total = FIGURES.len();
    for (done, figure) in FIGURES.iter().enumerate() {
        progress(FigureProgress { figure: figure.name, done, total });
        if let Some(drawn) = (figure.draw)(&context)? {
            figures.push(drawn);
        } else {
            tracing::info!(figure = figure.name, "skipped: no data");
        }
    }
    progress(FigureProgress { figure: FIGURES[total - 1].name, done: total, total });
    Ok(figures)
}

/// Writes SVG, PNG (300 dpi) and CSV files of each figure into `out_dir` and returns the paths of the written files.
///
/// # Errors
///
/// [`PlotError::Raster`] if a PNG cannot be made; [`PlotError::Write`] if a file cannot be written.
///
/// # Examples
///
/// ```
/// use tatabox_plot::{AttentionBin, Explanation, explanation_figure, write_figures};
///
/// let explanation = Explanation {
///     title: "GATA1".to_owned(),
///     cell_type: "K562".to_owned(),
///     model: "cnn".to_owned(),
///     start_bp: -2,
///     bases: vec![0, 1, 2, 3],
///     substitutions: None,
///     attribution: None,
///     attention: vec![AttentionBin { start_bp: -2, end_bp: 2, weight: 1.0 }],
///     attention_agreement: None,
///     motif_hits: Vec::new(),
///     predicted_log2_tpm: 3.0,
///     measured_log2_tpm: None,
///     note: None,
/// };
/// let folder = std::env::temp_dir().join("tatabox-write-figures");
/// let files = write_figures(&[explanation_figure(&explanation, "gata1")?], &folder)?;
/// let names: Vec<_> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
/// assert_eq!(names, ["gata1.svg", "gata1.png", "gata1.csv"]);
/// # Ok::<(), tatabox_plot::PlotError>(())
/// ```
pub fn write_figures(figures: &[RenderedFigure], out_dir: &Path) -> Result<Vec<PathBuf>, PlotError> {
    fs::create_dir_all(out_dir).map_err(|source| PlotError::write(out_dir, source))?;
    let mut written = Vec::new();
    for figure in figures {
        let mut write = |name: &str, bytes: &[u8]| {
            let path = out_dir.join(name);
            atomic_write(&path, |file| file.write_all(bytes))
                .map_err(|source| PlotError::write(&path, source))
                .map(|()| written.push(path))
        };
        write(&format!("{}.svg", figure.name), figure.svg.as_bytes())?;
        write(&format!("{}.png", figure.name), &svg_to_png(&figure.svg)?)?;
        figure.tables.iter().try_for_each(|table| write(&format!("{}.csv", table.name), table.csv.as_bytes()))?;
    }
    Ok(written)
}

#[cfg(test)]
pub(crate) mod tests {
    use tatabox_dataset::{PredictionRow, Split};

    /// A row of the test split, named by gene, cell type and model.
    pub(crate) fn row(gene: &str, cell_type: &str, model: &str, measured: f64, predicted: f64) -> PredictionRow {
        PredictionRow {
            gene_id: gene.to_owned(),
            gene_name: None,
            cell_type: cell_type.to_owned(),
            split: Split::Test,
            measured,
            predicted,
            model: model.to_owned(),
        }
    }
}
