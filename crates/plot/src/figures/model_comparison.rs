//! Figure 4: Pearson correlation of every model, mean and per cell type, with tests against a reference model.

use tatabox_eval::{Estimate, MetricRow};

use super::context::FigureContext;
use super::dot_plot::{Dot, DotPlot, DotRow};
use super::significance::{MARGIN_MM, Tests};
use crate::canvas::{
    Colour, FigurePage, FigureTable, GREY, INK, Marker, NO_BREAK, RenderedFigure, Swatch, TWO_COLUMNS_MM, count,
    counted, estimate_cells, estimate_text, optional_cell, series_look,
};
use crate::error::PlotError;

pub(super) const NAME: &str = "fig4_model_comparison";
const MEAN_RADIUS_MM: f64 = 0.8;
const CELL_RADIUS_MM: f64 = 0.7;
const PITCH_MM: f64 = 6.0;
/// Largest number of cell types with distinct markers; more cell types have grey markers.
const MAX_NAMED_CELLS: usize = 16;

/// Scores of one model: the mean over cell types and each cell type.
struct ModelScores<'a> {
    model: &'a str,
    mean: &'a MetricRow,
    cells: Vec<&'a MetricRow>,
}

pub(super) fn draw(context: &FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError> {
    let metrics = context.inputs.metrics;
    let scores = metrics.models().into_iter().filter_map(|model| {
        let mean = metrics.row(model, context.split, None)?;
        Some(ModelScores { model, mean, cells: metrics.cell_type_rows(model, context.split) })
    });
    let mut scores: Vec<ModelScores<'_>> = scores.collect();
    let pearson = |scores: &ModelScores<'_>| scores.mean.pearson.value.unwrap_or(f64::NEG_INFINITY);
    scores.sort_by(|a, b| pearson(b).total_cmp(&pearson(a)));

    let cell_types = cell_type_names(&scores);
    let several = cell_types.len() > 1;
    let models: Vec<&str> = scores.iter().map(|scores| scores.model).collect();
    let tests = Tests::new(context, &models);
    let plot = DotPlot {
        width_mm: TWO_COLUMNS_MM,
        pitch_mm: PITCH_MM,
        x_title: "Pearson correlation, measured with predicted".to_owned(),
        remark_title: if several { "mean r [95% interval]" } else { "r [95% interval]" }.to_owned(),
        margin_mm: if tests.is_some() { MARGIN_MM } else { 0.0 },
        rows: scores.iter().map(|scores| dot_row(scores, &cell_types, tests.as_ref())).collect(),
    };
    let sheet = FigurePage {
        name: NAME.to_owned(),
        width_mm: plot.width_mm,
        body_mm: plot.body_mm(),
        legend: legend(&cell_types),
        lead: "Comparison of models.".to_owned(),
        caption: caption(context, &scores, cell_types.len(), tests.as_ref()),
    };
    let figure = sheet.draw(vec![table(&scores, tests.as_ref())?], |canvas| {
        plot.draw(canvas);
        if let Some(tests) = &tests {
            tests.draw(canvas, &plot);
        }
    });
    figure.map(Some)
}

fn cell_type_names<'a>(scores: &[ModelScores<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in scores.iter().flat_map(|scores| &scores.cells).filter_map(|row| row.cell_type()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn cell_look(index: usize, cell_types: usize) -> (Colour, Marker) {
    if cell_types > MAX_NAMED_CELLS { (GREY, Marker::Disc) } else { series_look(index) }
}

fn dot_row(scores: &ModelScores<'_>, cell_types: &[&str], tests: Option<&Tests<'_>>) -> DotRow {
    let several = cell_types.len() > 1;
    let of_cell = |row: &&MetricRow| {
        let index = cell_types.iter().position(|&name| Some(name) == row.cell_type())?;
        let (colour, marker) = cell_look(index, cell_types.len());
        let value = row.pearson.value?;
        Some(Dot { value, interval: None, marker, colour, radius_mm: CELL_RADIUS_MM, drop_mm: -1.2 })
    };
    let Estimate { value, interval, .. } = scores.mean.pearson;
    let mean = value.map(|value| {
        let drop_mm = if several { 1.0 } else { 0.0 };
        Dot { value, interval, marker: Marker::Disc, colour: INK, radius_mm: MEAN_RADIUS_MM, drop_mm }
    });
    let cells = scores.cells.iter().filter_map(of_cell).filter(|_| several);
    DotRow {
        label: scores.model.to_owned(),
        bold: tests.is_some_and(|tests| tests.reference() == scores.model),
        undefined: value.is_none(),
        dots: cells.chain(mean).collect(),
        remark: if value.is_some() { estimate_text(&scores.mean.pearson) } else { "–".to_owned() },
    }
}

fn legend(cell_types: &[&str]) -> Vec<(Swatch, String)> {
    if cell_types.len() < 2 {
        return Vec::new();
    }
    let mut entries = vec![(Swatch::Mark(Marker::Disc, MEAN_RADIUS_MM, INK), "mean over cell types".to_owned())];
    if cell_types.len() > MAX_NAMED_CELLS {
        entries.push((Swatch::Mark(Marker::Disc, CELL_RADIUS_MM, GREY), "one cell type".to_owned()));
    } else {
        entries.extend(cell_types.iter().enumerate().map(|(index, name)| {
            let (colour, marker) = cell_look(index, cell_types.len());
            (Swatch::Mark(marker, CELL_RADIUS_MM, colour), (*name).to_owned())
        }));
    }
    entries
}

fn caption(
    context: &FigureContext<'_>,
    scores: &[ModelScores<'_>],
    cell_types: usize,
    tests: Option<&Tests<'_>>,
) -> String {
    let genes = scores.iter().map(|scores| scores.mean.n);
    let (least, most) = (genes.clone().min().unwrap_or(0), genes.max().unwrap_or(0));
    let n = match (least, most) {
        (least, most) if least == most => counted(most, "gene"),
        (least, most) => format!("{}–{}", count(least), counted(most, "gene")),
    };
    let over = if cell_types > 1 { format!(" in {cell_types} cell types") } else { String::new() };
    let undefined = scores.iter().any(|scores| scores.mean.pearson.value.is_none());
    let undefined = if undefined { " Not defined where values of a cell type do not vary." } else { "" };
    let tested = tests.map(Tests::caption_text).unwrap_or_default();
    context.caption(&format!(
        "{} split, n{NO_BREAK}={NO_BREAK}{n}{over}.{undefined} {}{tested}",
        capital(context.split.as_str()),
        context.interval_text("Bars and square brackets")
    ))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn table(scores: &[ModelScores<'_>], tests: Option<&Tests<'_>>) -> Result<FigureTable, PlotError> {
    let header =
        ["model", "cell_type", "n", "pearson", "pearson_low", "pearson_high", "reference", "p_holm_against_reference"];
    let records = scores.iter().flat_map(|scores| {
        scores.cells.iter().copied().chain([scores.mean]).map(|row| {
            let name = row.scope.to_string();
            let mut cells = vec![scores.model.to_owned(), name, row.n.to_string()];
            cells.extend(estimate_cells(&row.pearson));
            cells.push(tests.map(|tests| tests.reference().to_owned()).unwrap_or_default());
            let p = tests.filter(|_| row.is_mean()).and_then(|tests| tests.p_of(scores.model));
            cells.push(optional_cell(p));
            cells
        })
    });
    FigureTable::new(NAME, &header, records)
}
