//! Figure of the measured and predicted effects of variants along one element.

use tatabox_eval::{EffectMetric, EffectScoreRow, PredictorKind};

use crate::canvas::{
    Anchor, BLUE, Canvas, EDGE_MM, FigurePage, FigureTable, NO_BREAK, Panel, RenderedFigure, SKY_BLUE, Span, Stroke,
    Swatch, TICK_PT, TWO_COLUMNS_MM, TextStyle, VERMILLION, X_TITLE_DROP_MM, caption_name, cell, counted,
    left_margin_mm, number, point_radius_mm, round_ticks,
};
use crate::error::PlotError;

/// Axis title of positions.
const POSITION: &str = "Position relative to the TSS (bp)";
const PANEL_MM: f64 = 27.0;
/// Height above a panel for its title.
const TITLE_MM: f64 = 5.0;
const MOST_X_TICKS: usize = 10;
const MOST_Y_TICKS: usize = 5;
const STEM_MM: f64 = 0.3;
/// Margin beyond the values, as a fraction of the axis.
const MARGIN: f64 = 0.06;

/// Measured and predicted effects of the variants of one element.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectFigure {
    /// Promoter or locus.
    pub element: String,
    /// Cell type.
    pub cell_type: String,
    /// Position of each variant relative to the TSS, which is 0.
    pub positions_bp: Vec<i64>,
    /// Whether the measured effect of each variant is significant.
    pub significant: Vec<bool>,
    /// Measured effects, then those of each model.
    pub panels: Vec<EffectPanel>,
    /// Scores of the element, whose correlations are in the caption.
    pub scores: Vec<EffectScoreRow>,
    /// Note at the end of the caption, such as "simulated data".
    pub note: Option<String>,
}

/// Effects in one panel.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectPanel {
    /// Heading, such as "Measured".
    pub title: String,
    /// One effect per variant, as log2 fold change.
    pub values: Vec<f64>,
}

/// Draws the effects along an element, one panel each; `name` is the file name without extension.
///
/// # Errors
///
/// [`PlotError::Drawing`] and [`PlotError::Format`] if the figure or its table cannot be made.
///
/// # Panics
///
/// If a panel has another number of values than there are positions.
///
/// # Examples
///
/// ```
/// use tatabox_plot::{EffectFigure, EffectPanel, effect_figure};
///
/// let panel = |title: &str, values: [f64; 2]| EffectPanel { title: title.to_owned(), values: values.to_vec() };
/// let figure = EffectFigure {
///     element: "TERT".to_owned(),
///     cell_type: "K562".to_owned(),
///     positions_bp: vec![-124, -30],
///     significant: vec![true, false],
///     panels: vec![panel("Measured", [1.2, -0.1]), panel("Predicted by human", [0.4, -0.2])],
///     scores: Vec::new(),
///     note: None,
/// };
/// let drawn = effect_figure(&figure, "tert")?;
/// assert!(drawn.tables[0].csv.starts_with("position_bp,significant,Measured,Predicted by human\n-124,true,"));
/// # Ok::<(), tatabox_plot::PlotError>(())
/// ```
pub fn effect_figure(figure: &EffectFigure, name: &str) -> Result<RenderedFigure, PlotError> {
    let variants = figure.positions_bp.len();
    assert!(figure.panels.iter().all(|panel| panel.values.len() == variants), "one value per position");
    let ticks: Vec<_> =
        figure.panels.iter().map(|panel| round_ticks(through_zero(&panel.values), MOST_Y_TICKS)).collect();
    let left = ticks.iter().map(|ticks| left_margin_mm(ticks)).fold(0.0, f64::max);
    let x = Span::around(figure.positions_bp.iter().map(|&position| position as f64), 0.02);
    let panel_at = |index: usize| Panel {
        left,
        top: TITLE_MM + index as f64 * (PANEL_MM + TITLE_MM),
        width: TWO_COLUMNS_MM - left - 2.0 * EDGE_MM,
        height: PANEL_MM,
        x,
        y: through_zero(&figure.panels[index].values),
    };
    let has_significance = figure.significant.contains(&true);
    let legend = if has_significance {
        vec![
            (Swatch::Line(Stroke::new(2.0 * STEM_MM, VERMILLION)), "significant measured effect".to_owned()),
            (Swatch::Line(Stroke::new(2.0 * STEM_MM, SKY_BLUE)), "other".to_owned()),
        ]
    } else {
        Vec::new()
    };
    let page = FigurePage {
        name: name.to_owned(),
        width_mm: TWO_COLUMNS_MM,
        body_mm: figure.panels.len() as f64 * (PANEL_MM + TITLE_MM) + X_TITLE_DROP_MM + 1.8,
        legend,
        lead: format!("Effects of variants: {}, {}.", caption_name(&figure.element), caption_name(&figure.cell_type)),
        caption: caption(figure),
    };
    let header: Vec<&str> =
        ["position_bp", "significant"].into_iter().chain(figure.panels.iter().map(|panel| &*panel.title)).collect();
    let row = |index: usize| {
        let values = figure.panels.iter().map(|panel| cell(panel.values[index]));
        [figure.positions_bp[index].to_string(), figure.significant[index].to_string()]
            .into_iter()
            .chain(values)
            .collect()
    };
    let table = FigureTable::new(name, &header, (0..variants).map(row))?;
    page.draw(vec![table], |canvas| {
        for (index, effects) in figure.panels.iter().enumerate() {
            let panel = panel_at(index);
            let is_last = index + 1 == figure.panels.len();
            draw_panel(canvas, &panel, figure, effects, has_significance);
            panel.spines(canvas);
            panel.x_ticks(canvas, &round_ticks(panel.x, MOST_X_TICKS), is_last);
            panel.y_ticks(canvas, &ticks[index], true);
            panel.y_title(canvas, "Effect, log₂", &ticks[index]);
            if is_last {
                panel.x_title(canvas, POSITION);
            }
        }
    })
}

/// Draws one stem per variant, from 0 to its effect.
fn draw_panel(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    figure: &EffectFigure,
    effects: &EffectPanel,
    has_significance: bool,
) {
    let title = TextStyle::bold(TICK_PT, Anchor::Start);
    canvas.text(&effects.title, (panel.left, panel.top - TITLE_MM / 2.0), title);
    if panel.x.contains(0.0) {
        let x = panel.x_mm(0.0);
        canvas.line((x, panel.top), (x, panel.bottom()), Stroke::REFERENCE);
    }
    panel.segment(canvas, (panel.x.low, 0.0), (panel.x.high, 0.0), Stroke::REFERENCE);
    let radius = point_radius_mm(effects.values.len());
    // Significant effects are drawn last, above the others.
    let mut order: Vec<usize> = (0..effects.values.len()).collect();
    order.sort_by_key(|&index| figure.significant[index]);
    for index in order {
        let colour = match (has_significance, figure.significant[index]) {
            (true, true) => VERMILLION,
            (true, false) => SKY_BLUE,
            (false, _) => BLUE,
        };
        let (position, value) = (figure.positions_bp[index] as f64, effects.values[index]);
        panel.segment(canvas, (position, 0.0), (position, value), Stroke::new(STEM_MM, colour));
        canvas.disc(panel.place(position, value), radius, colour);
    }
}

fn caption(figure: &EffectFigure) -> String {
    let mut sentences = vec![format!(
        "Effects of {}, alternative minus reference allele, at the first changed base; dashed: no effect and TSS.",
        counted(figure.positions_bp.len(), "variant")
    )];
    let correlations: Vec<String> = figure
        .scores
        .iter()
        .filter(|row| row.kind == PredictorKind::Model)
        .filter_map(|row| {
            let spearman = row.estimate(EffectMetric::Spearman);
            let range = spearman.interval.map(|interval| {
                format!("{NO_BREAK}[{},{NO_BREAK}{}]", number(interval.low, 2), number(interval.high, 2))
            });
            let value = number(spearman.value?, 2);
            Some(format!("{}: {value}{}", caption_name(&row.predictor), range.unwrap_or_default()))
        })
        .collect();
    if !correlations.is_empty() {
        sentences.push(format!(
            "Spearman correlation with the measured effects [95% bootstrap interval over variants]: {}.",
            correlations.join("; ")
        ));
    }
    let note = figure.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    sentences.extend(note.map(|note| format!("Note: {}.", note.trim_end_matches('.'))));
    sentences.join(" ")
}

/// Range of the values and 0, with a margin.
fn through_zero(values: &[f64]) -> Span {
    Span::around(values.iter().copied().chain([0.0]), MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(significant: bool) -> EffectFigure {
        let panel = |title: &str, values: [f64; 3]| EffectPanel { title: title.to_owned(), values: values.to_vec() };
        EffectFigure {
            element: "E1".to_owned(),
            cell_type: "HepG2".to_owned(),
            positions_bp: vec![-60, -30, 4],
            significant: vec![false, significant, false],
            panels: vec![panel("Measured", [0.1, -1.5, 0.0]), panel("Predicted by cnn", [0.0, -0.25, 0.125])],
            scores: Vec::new(),
            note: Some("simulated data".to_owned()),
        }
    }

    #[test]
    fn effect_figure_has_one_panel_per_predictor_and_its_values_as_a_table() {
        let drawn = effect_figure(&figure(true), "e1").expect("drawn");
        let expected = "position_bp,significant,Measured,Predicted by cnn\n\
                        -60,false,0.100000,0.000000\n-30,true,-1.500000,-0.250000\n4,false,0.000000,0.125000\n";
        assert_eq!(drawn.tables[0].csv, expected);
        for text in ["Measured", "Predicted by cnn", "Position relative to the TSS", "significant measured effect"] {
            assert!(drawn.svg.contains(text), "{text}");
        }
        assert!(drawn.title.contains("E1, HepG2") && drawn.caption.ends_with("Note: simulated data."));
        assert_eq!(drawn, effect_figure(&figure(true), "e1").expect("drawn"));
    }

    #[test]
    fn effect_figure_without_significance_has_no_legend() {
        let drawn = effect_figure(&figure(false), "e1").expect("drawn");
        assert!(!drawn.svg.contains("significant measured effect"));
    }
}
