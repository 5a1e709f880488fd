//! Figures and reports from made-up predictions.

#[path = "drawing/explanation.rs"]
mod explanation;
#[path = "drawing/figures.rs"]
mod figures;
#[path = "drawing/report.rs"]
mod report;
#[path = "drawing/synthetic.rs"]
mod synthetic;
