//! What a report is written from.

use serde::Serialize;
use tatabox_dataset::InputFile;
use tatabox_eval::StratifiedTable;

use crate::figures::FigureInputs;

/// Everything that a report shows. Scores, tests and replicates are those of the figures, so that page and pictures agree.
#[derive(Debug, Clone)]
pub struct ReportInputs<'a> {
    /// Title of the page.
    pub title: String,
    /// What the figures are drawn from: predictions, scores and, where given, tests, replicates and attention.
    pub figures: FigureInputs<'a>,
    /// Scores by similarity to the training genes.
    pub stratified: Option<&'a StratifiedTable>,
    /// What a leak audit found.
    pub audit: Option<AuditSection>,
    /// Further tables.
    pub tables: Vec<ReportTable>,
    /// Settings and surroundings of the run, by name.
    pub run_record: Vec<(String, String)>,
    /// Files that the data came from.
    pub provenance: Vec<InputFile>,
    /// Under which terms the data may be used.
    pub licence: Option<String>,
    /// What the results do not show, a sentence each.
    pub limits: Vec<String>,
    /// The command that makes the report again.
    pub command: String,
    /// Program and version, such as `tatabox 0.1.0`.
    pub generator: String,
}

impl<'a> ReportInputs<'a> {
    /// A report of scores and figures alone.
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

/// What an audit found, check by check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditSection {
    /// The finding in a sentence.
    pub headline: String,
    /// One row a check.
    pub rows: Vec<AuditRow>,
}

/// One check of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// What was checked.
    pub name: String,
    /// What was found, with its unit.
    pub value: String,
    /// What to make of it, such as `ok` or `leak`.
    pub verdict: String,
}

/// A table with a heading and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportTable {
    /// Heading.
    pub title: String,
    /// What the table shows, its intervals and units.
    pub text: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Cells, as many in a row as there are columns.
    pub rows: Vec<Vec<String>>,
}
