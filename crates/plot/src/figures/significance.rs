//! Brackets from the reference model to every other model, with the p-values of the tests.

use tatabox_eval::{ComparisonRow, ComparisonTable};

use super::context::FigureContext;
use super::dot_plot::DotPlot;
use crate::canvas::{
    Anchor, Canvas, GREY, INK, NO_BREAK, Stroke, TICK_PT, TextStyle, caption_name, count, p_value_text,
};

/// Width right of the plot for the bracket and its labels.
pub(super) const MARGIN_MM: f64 = 24.5;
const SPINE_GAP_MM: f64 = 5.0;
const TOOTH_MM: f64 = 2.0;
const LABEL_GAP_MM: f64 = 1.0;
/// Width of three stars.
const STARS_MM: f64 = 5.4;
const ARROW_MM: f64 = 1.1;
const LEVELS: [(f64, &str); 3] = [(0.001, "***"), (0.01, "**"), (0.05, "*")];
const NOT_SIGNIFICANT: &str = "n.s.";

/// Tests of the models of a figure against the reference.
pub(super) struct Tests<'a> {
    table: &'a ComparisonTable,
    /// Models of the figure, from the top.
    models: Vec<String>,
    /// Row index of the reference in the figure.
    reference: usize,
    /// Tests over all cell types in the split shown.
    rows: Vec<&'a ComparisonRow>,
}

impl<'a> Tests<'a> {
    /// Tests between `models`; `None` if the inputs contain none of them.
    pub(super) fn new(context: &FigureContext<'a>, models: &[&str]) -> Option<Self> {
        let table = context.inputs.comparisons?;
        let reference = models.iter().position(|&model| model == table.reference)?;
        let rows = table.rows.iter().filter(|row| row.split == context.split && row.cell_type.is_none());
        let models = models.iter().map(|&model| model.to_owned()).collect();
        Some(Self { table, models, reference, rows: rows.collect() }).filter(|tests| !tests.rows.is_empty())
    }

    pub(super) fn reference(&self) -> &str {
        &self.table.reference
    }

    /// Adjusted p-value of the reference against a model, if both have a score.
    pub(super) fn p_of(&self, model: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.model == model)?.pearson?.p_holm
    }

    /// Draws one bracket with a tooth per model, since separate brackets would cross.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, plot: &DotPlot) {
        let spine = plot.remark_end_mm() + SPINE_GAP_MM;
        let tip = spine + TOOTH_MM;
        let label = tip + LABEL_GAP_MM;
        let title = TextStyle::regular(TICK_PT, Anchor::Start).coloured(GREY);
        canvas.text("adjusted p", (label, DotPlot::title_mm()), title);
        let tested: Vec<usize> = (0..self.models.len()).filter(|&row| self.p_of(&self.models[row]).is_some()).collect();
        let ends = tested.iter().chain([&self.reference]);
        let (first, last) = (ends.clone().min(), ends.max());
        if let (Some(&first), Some(&last)) = (first, last) {
            canvas.line((spine, plot.row_mm(first)), (spine, plot.row_mm(last)), Stroke::AXIS);
        }
        let regular = TextStyle::regular(TICK_PT, Anchor::Start);
        for (row, model) in self.models.iter().enumerate() {
            let y = plot.row_mm(row);
            if row == self.reference {
                // The bracket starts with an arrow at the reference.
                let (from, to) = (spine - TOOTH_MM, spine);
                canvas.line((from, y), (to, y), Stroke::AXIS);
                canvas.fill(&[(from, y), (from + ARROW_MM, y - 0.6), (from + ARROW_MM, y + 0.6)], INK, 1.0);
                canvas.text("reference", (label, y), regular.coloured(GREY));
                continue;
            }
            match self.p_of(model) {
                Some(p) => {
                    canvas.line((spine, y), (tip, y), Stroke::AXIS);
                    canvas.text(stars(p), (label, y), regular);
                    canvas.text(&p_value_text(p), (label + STARS_MM, y), regular);
                }
                None => canvas.text("not tested", (label, y), regular.coloured(GREY)),
            }
        }
    }

    /// Sentence that explains the bracket.
    pub(super) fn caption_text(&self) -> String {
        format!(
            " Bracket: {} against each other model, paired bootstrap over genes ({}{NO_BREAK}resamples) of the difference in mean r, \
             p adjusted after Holm; ***{NO_BREAK}p{NO_BREAK}<{NO_BREAK}0.001, **{NO_BREAK}p{NO_BREAK}<{NO_BREAK}0.01, \
             *{NO_BREAK}p{NO_BREAK}<{NO_BREAK}0.05, n.s. not significant.",
            caption_name(self.reference()),
            count(self.table.bootstrap_resamples),
        )
    }
}

fn stars(p: f64) -> &'static str {
    LEVELS.iter().find(|(limit, _)| p < *limit).map_or(NOT_SIGNIFICANT, |(_, stars)| stars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_p_value_text_follow_the_adjusted_p() {
        assert_eq!([0.000_9, 0.001, 0.049, 0.05, 1.0].map(stars), ["***", "**", "*", "n.s.", "n.s."]);
        assert_eq!([0.000_5, 0.001, 0.049_6, 0.5].map(p_value_text), ["<\u{a0}0.001", "0.001", "0.050", "0.50"]);
    }
}
