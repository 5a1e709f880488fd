//! Figures and reports of synthetic predictions.

#[path = "drawing/explanation.rs"]
mod explanation;
#[path = "drawing/figures.rs"]
mod figures;
#[path = "drawing/report.rs"]
mod report;
#[path = "drawing/synthetic.rs"]
mod synthetic;
