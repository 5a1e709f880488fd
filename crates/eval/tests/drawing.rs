//! Figures and reports from made-up predictions.

#[path = "drawing/figures.rs"]
mod figures;
#[path = "drawing/report.rs"]
mod report;
#[path = "drawing/synthetic.rs"]
mod synthetic;
