//! Inputs of a report.

use serde::Serialize;
use tatabox_dataset::InputFile;
use tatabox_eval::StratifiedTable;

use crate::figures::FigureInputs;

/// Inputs of a report.
///
/// Scores, tests and noise ceiling are those of the figures, so that the tables and figures of the page agree.
#[derive(Debug, Clone)]
pub struct ReportInputs<'a> {
    /// Title of the page.
    pub title: String,
    /// Inputs of the figures: predictions, scores and, optionally, tests, noise ceiling and attention.
    pub figures: FigureInputs<'a>,
    /// Scores by similarity to the training genes.
    pub stratified: Option<&'a StratifiedTable>,
    /// Result of the leakage audit.
    pub audit: Option<AuditSection>,
    /// Additional tables.
    pub tables: Vec<ReportTable>,
    /// Settings and environment of the run, by name.
    pub run_record: Vec<(String, String)>,
    /// Input files of the data set.
    pub provenance: Vec<InputFile>,
    /// Terms of use of the data.
    pub licence: Option<String>,
    /// Limitations of the results, one sentence each.
    pub limits: Vec<String>,
    /// Command that reproduces the report.
    pub command: String,
    /// Program and version, such as `tatabox 0.1.0`.
    pub generator: String,
}

impl<'a> ReportInputs<'a> {
    /// Report of scores and figures only.
    pub fn new(title: &str, figures: FigureInputs<'a>) -> Self {
        Self {
            title: title.to_owned(),
            figures,
            stratified: None,
            audit: None,
            tables: Vec::new(),
            run_record: Vec::new(),
            provenance: Vec::new(),
            licence: None,
            limits: Vec::new(),
            command: String::new(),
            generator: format!("tatabox {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// Result of an audit, one row per check.
///
/// # Examples
///
/// ```
/// use tatabox_plot::{AuditRow, AuditSection};
///
/// let check = AuditRow {
///     name: "overlapping windows".to_owned(),
///     value: "0 of 2,000".to_owned(),
///     verdict: "ok".to_owned(),
/// };
/// let audit = AuditSection { headline: "No leakage between the splits.".to_owned(), rows: vec![check] };
/// assert_eq!(serde_json::to_value(&audit)?["rows"][0]["verdict"], "ok");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditSection {
    /// Summary in one sentence.
    pub headline: String,
    /// One row per check.
    pub rows: Vec<AuditRow>,
}

/// Check of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// Name of the check.
    pub name: String,
    /// Result with its unit.
    pub value: String,
    /// Verdict, such as `ok` or `leak`.
    pub verdict: String,
}

/// Additional table of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportTable {
    /// Heading.
    pub title: String,
    /// Description of the table, with intervals and units.
    pub text: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Rows of cells, one cell per column.
    pub rows: Vec<Vec<String>>,
}
