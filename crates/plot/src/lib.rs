//! Figures, sequence logos and reports of an evaluation, and the figure that explains one prediction.

mod attention;
mod canvas;
mod error;
mod figures;
mod html;
mod logo;

pub use canvas::{FigureFile, FigureTable, HoverLayer, HoverPanel, HoverPoint, svg_to_png};
pub use error::PlotError;
pub use figures::{
    AttendedBin, Attribution, DrawnHit, Explanation, FOCUS_BP, FigureInputs, FigureProgress, explanation_figure,
    focus_region, render_figures, write_figures,
};
pub use html::{AuditRow, AuditSection, REPORT_FORMAT_VERSION, ReportInputs, ReportTable, html_report, json_report};
