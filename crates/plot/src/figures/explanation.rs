//! Figure of one explanation: the effect of each base of a promoter on a prediction.

mod attention_steps;
mod base_letters;
mod base_table;
mod block;
mod caption;
mod focus;
mod hit_lanes;
mod input;
mod overview;
mod scales;
mod substitution_map;

use self::block::Block;
use self::overview::Overview;
use self::scales::Scales;
use crate::attention::POSITION;
use crate::canvas::{
    Anchor, Canvas, FigurePage, LIGHT_GREY, Panel, RenderedFigure, Stroke, TICK_PT, TWO_COLUMNS_MM, TextStyle,
    X_TITLE_DROP_MM,
};
use crate::error::PlotError;
pub use focus::{FOCUS_BP, focus_region};
pub use input::{AttentionBin, Attribution, Explanation, MotifAnnotation};

/// Width left of the panels, for the labels of their vertical axes.
const LEFT_MM: f64 = 10.0;
/// Width right of the panels, for the colour bar and its labels.
const RIGHT_MM: f64 = 10.0;
const PANELS_MM: f64 = TWO_COLUMNS_MM - LEFT_MM - RIGHT_MM;
/// Largest number of bases in a row, at which a letter is about 1 mm wide.
const MAX_IN_A_ROW: usize = 170;
/// Largest window with letters throughout; longer windows have an overview, and letters in one region.
const MAX_IN_LETTERS: usize = 2 * MAX_IN_A_ROW;
/// Largest width of a letter.
const MAX_LETTER_MM: f64 = 4.0;
/// Height above a panel for its title.
const TITLE_MM: f64 = 3.6;
/// Gap between two panels of one block, without the title.
const ROW_GAP_MM: f64 = 0.8;
const BLOCK_GAP_MM: f64 = 5.0;
/// Height below the last block for the axis title.
const FOOT_MM: f64 = X_TITLE_DROP_MM + 1.8;

/// Explanation with the derived values that the parts of the figure share.
struct PreparedExplanation<'a> {
    explanation: &'a Explanation,
    /// Effect of each base, from the substitutions.
    effects: Option<Vec<f64>>,
    attention: Vec<f64>,
    scales: Scales,
}

/// Parts of the figure from top to bottom.
struct Page<'a> {
    prepared: &'a PreparedExplanation<'a>,
    overview: Option<Overview>,
    blocks: Vec<Block<'a>>,
}

/// Draws an explanation; `name` is the file name without extension.
///
/// Windows of up to 340 bases show the effects of substitutions, the effect of each base, attention and motifs base by base.
/// Longer windows are shown in bins, with the bases of the [focus](Explanation::focus) below. The same explanation gives the
/// same bytes.
///
/// # Errors
///
/// [`PlotError::InvalidExplanation`] if the parts do not fit together; [`PlotError::Drawing`] and [`PlotError::Format`] if the
/// figure or its table cannot be made.
///
/// # Source
///
/// Letters scaled by the effect of a base: Shrikumar, Greenside and Kundaje 2017, <https://arxiv.org/abs/1704.02685>;
/// substitutions: Zhou and Troyanskaya 2015, <https://doi.org/10.1038/nmeth.3547>.
///
/// # Examples
///
/// ```
/// use tatabox_plot::{Explanation, explanation_figure};
///
/// let explanation = Explanation {
///     title: "GATA1".to_owned(),
///     cell_type: "K562".to_owned(),
///     model: "cnn".to_owned(),
///     start_bp: -1,
///     bases: vec![0, 3],
///     substitutions: Some(vec![[0.0, -1.0, -2.0, -3.0], [0.3, 0.3, 0.3, 0.0]]),
///     attribution: None,
///     attention: Vec::new(),
///     attention_agreement: None,
///     motif_hits: Vec::new(),
///     predicted_log2_tpm: 3.0,
///     measured_log2_tpm: Some(2.5),
///     note: None,
/// };
/// let figure = explanation_figure(&explanation, "gata1")?;
/// assert!(figure.svg.starts_with("<svg") && figure.tables[0].csv.starts_with("position_bp,base,change_to_A"));
/// # Ok::<(), tatabox_plot::PlotError>(())
/// ```
pub fn explanation_figure(explanation: &Explanation, name: &str) -> Result<RenderedFigure, PlotError> {
    explanation.check()?;
    let bases = explanation.bases.len();
    let focus = (bases > MAX_IN_LETTERS).then(|| explanation.focus());
    let shown = focus.clone().unwrap_or(0..bases);
    let effects = explanation.base_effects();
    let attention = explanation.attention_by_base();
    let scales = Scales::new(explanation, effects.as_deref(), &attention, shown.clone());
    let prepared = PreparedExplanation { explanation, effects, attention, scales };
    let overview = focus.map(|focus| Overview::new(&prepared, focus, 0.0));
    let rows = if overview.is_some() { 1 } else { shown.len().div_ceil(MAX_IN_A_ROW) };
    let in_a_row = shown.len().div_ceil(rows);
    let pitch_mm = (PANELS_MM / in_a_row as f64).min(MAX_LETTER_MM);
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut top = overview.as_ref().map_or(0.0, |overview| overview.bottom_mm() + BLOCK_GAP_MM);
    for start in shown.clone().step_by(in_a_row) {
        let block = Block::new(&prepared, start..(start + in_a_row).min(shown.end), pitch_mm, top);
        top = block.bottom_mm() + BLOCK_GAP_MM;
        blocks.push(block);
    }
    let page = Page { prepared: &prepared, overview, blocks };
    let sheet = FigurePage {
        name: name.to_owned(),
        width_mm: TWO_COLUMNS_MM,
        body_mm: top - BLOCK_GAP_MM + FOOT_MM,
        legend: Vec::new(),
        lead: caption::lead(explanation),
        caption: page.caption(),
    };
    sheet.draw(base_table::tables(&prepared, name)?, |canvas| page.paint(canvas))
}

impl Page<'_> {
    fn caption(&self) -> String {
        let hidden = self.blocks.iter().map(Block::hidden_hits).sum();
        caption::caption(self.prepared, self.overview.is_some(), hidden)
    }

    fn paint(&self, canvas: &mut Canvas<'_>) {
        if let (Some(overview), Some(block)) = (&self.overview, self.blocks.first()) {
            overview.draw(canvas, self.prepared);
            for (from, to) in overview.focus_edges_mm().into_iter().zip(block.edges_mm()) {
                canvas.line((from, overview.bottom_mm()), (to, block.top_mm()), Stroke::new(0.2, LIGHT_GREY));
            }
        }
        for block in &self.blocks {
            block.draw(canvas);
        }
        if let Some(block) = self.blocks.last() {
            block.axis().x_title(canvas, POSITION);
        }
    }
}

/// Draws the title of a panel with the given upper left corner.
fn panel_title(canvas: &mut Canvas<'_>, title: &str, left: f64, top: f64) {
    canvas.text(title, (left, top - TITLE_MM / 2.0 + 0.2), TextStyle::regular(TICK_PT, Anchor::Start));
}

/// Draws a line at the TSS across the panels but not across their titles; nothing if the TSS is outside.
fn mark_tss<'a>(canvas: &mut Canvas<'_>, panels: impl IntoIterator<Item = &'a Panel>) {
    for panel in panels.into_iter().filter(|panel| panel.x.contains(0.0)) {
        let x = panel.x_mm(0.0);
        canvas.line((x, panel.top), (x, panel.bottom()), Stroke::REFERENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::explanation::input::tests::five_bases;

    #[test]
    fn explanation_figure_short_promoter_has_letters_and_table() {
        let figure = explanation_figure(&five_bases(), "gata1").expect("drawn");
        assert_eq!(figure.name, "gata1");
        let table = "position_bp,base,change_to_A,change_to_C,change_to_G,change_to_T,effect,attention\n\
                     -2,A,0.000000,-1.000000,-2.000000,-3.000000,2.000000,0.250000\n\
                     -1,C,0.500000,0.000000,,-0.100000,-0.200000,0.250000\n\
                     0,G,,,,,,0.250000\n\
                     1,T,0.300000,0.300000,0.300000,0.000000,-0.300000,0.250000\n\
                     2,N,0.100000,0.100000,0.100000,0.100000,,\n";
        assert_eq!(figure.tables[0].csv, table);
        for text in ["TSS", "Attention weight", "Jain and Wallace"] {
            assert!(figure.svg.contains(text), "{text}");
        }
        assert!(figure.caption.contains("predicts 3.00"), "{}", figure.caption);
    }

    #[test]
    fn explanation_figure_windows_up_to_340_bases_are_split_into_rows() {
        let letters = |bases: usize| {
            let mut explanation = five_bases();
            explanation.bases = vec![0; bases];
            explanation.substitutions = Some(vec![[0.0, 1.0, 1.0, 1.0]; bases]);
            explanation.start_bp = -(bases as i64);
            let figure = explanation_figure(&explanation, "x").expect("drawn");
            (figure.svg.matches("Change of the prediction").count(), figure.svg.contains("Whole window"))
        };
        assert_eq!(
            [letters(170), letters(171), letters(340), letters(341)],
            [(1, false), (2, false), (2, false), (1, true)]
        );
    }
}
