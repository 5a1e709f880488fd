//! Figures and report of an evaluation.

use std::fs;
use std::path::Path;

use tatabox_plot::{FigureInputs, render_figures, write_figures};

use super::evaluation::{self, Evaluation};
use super::report;
use crate::error::{Context, Error, Result};
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
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

/// Redraws the figures and the report of the evaluation in a folder, into another folder or, without one, into the same.
///
/// # Errors
/// The folder holds no evaluation, nothing is chosen, `out` is not empty and `overwrite` is not set, or a file cannot be written.
pub fn redraw(
    folder: &Path,
    out: Option<&Path>,
    overwrite: bool,
    drawing: Drawing,
    observer: &dyn Observer,
) -> Result<()> {
    let evaluation = Evaluation::read(folder)?;
    if !drawing.figures && !drawing.report {
        return Err(Error::request("no_figures", "without figures and report there is nothing to draw"));
    }
    let is_same = |out: &Path| fs::canonicalize(out).ok().is_some_and(|out| fs::canonicalize(folder).ok() == Some(out));
    let out = match out {
        Some(out) if !is_same(out) => OutputFolder::create(out, overwrite)?,
        _ => OutputFolder::update(folder, evaluation::is_drawn)?,
    };
    evaluation.draw(out.path(), drawing, observer)?;
    out.keep()
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
