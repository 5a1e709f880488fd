//! Figures and report of an evaluation.

use std::path::Path;

use tatabox_plot::{FigureInputs, render_figures, write_figures};

use super::evaluation::Evaluation;
use super::report;
use crate::error::{Context, Result};
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Choice of figures and report.
///
/// # Examples
///
/// ```
/// use tatabox::evaluate::Drawing;
///
/// let everything = Drawing::default();
/// assert!(everything.figures && everything.report && !everything.panel_per_cell_type);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Whether figures are written.
    pub figures: bool,
    /// Whether report.html and report.json are written.
    pub report: bool,
    /// Whether the figure of predicted against measured values has one panel per cell type.
    pub panel_per_cell_type: bool,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { figures: true, report: true, panel_per_cell_type: false }
    }
}

impl Evaluation {
    /// Draws the chosen figures and the report into a folder.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn draw(&self, folder: &Path, drawing: Drawing, observer: &dyn Observer) -> Result<()> {
        if !drawing.figures && !drawing.report {
            return Ok(());
        }
        let inputs = FigureInputs {
            comparisons: self.comparisons.as_ref(),
            ceiling: self.ceiling.as_ref(),
            attention: self.attention.as_ref(),
            examples: self.examples.as_ref(),
            note: self.record.note.clone(),
            model: Some(self.record.reference.clone()),
            panel_per_cell_type: drawing.panel_per_cell_type,
            ..FigureInputs::new(&self.table, &self.metrics)
        };
        let mut progress = Progress::start(observer, "drawing figures", None, Unit::Figures);
        let figures = render_figures(&inputs, &mut |now| {
            progress.set_total(now.total as u64);
            progress.set(now.done as u64);
        })
        .context("cannot draw the figures")?;
        progress.finish();
        if drawing.figures {
            write_figures(&figures, folder).context("cannot write the figures")?;
        }
        if drawing.report {
            report::write(self, inputs, &figures, folder).context("cannot write the report")?;
        }
        Ok(())
    }
}
