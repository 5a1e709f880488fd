#![doc = include_str!("../README.md")]

mod attention;
mod canvas;
mod error;
mod figures;
mod html;
mod logo;

pub use canvas::{FigureTable, HoverLayer, HoverPanel, HoverPoint, RenderedFigure, svg_to_png};
pub use error::PlotError;
pub use figures::{
    AttentionBin, Attribution, EffectFigure, EffectPanel, Explanation, FOCUS_BP, FigureInputs, FigureProgress,
    MotifAnnotation, effect_figure, explanation_figure, focus_region, render_figures, write_figures,
};
pub use html::{
    AuditRow, AuditSection, REPORT_FORMAT_VERSION, ReportInputs, ReportTable, VariantReportInputs, html_report,
    json_report, variant_report,
};
