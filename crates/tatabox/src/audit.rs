//! Leaks between train, validation and test.
//!
//! [`run`] looks for duplicated, overlapping and similar windows in two splits, genes and chromosomes in two splits, a target
//! transform fitted on held-out genes, and baselines that score although they cannot have learned a rule.

mod baselines;
mod leak_audit;
mod request;
mod summary;

use tatabox_dataset::audit::AUDIT_FILE;
use tatabox_dataset::{AuditReport, PreparedDataset};

use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::output_folder::{OutputFolder, is_empty};
use crate::remedy::Remedy;

pub use request::AuditRequest;
pub use summary::AuditSummary;

use leak_audit::leak_audit;

/// Audits a data set and writes the report: `audit.json` and the tables of similar, duplicated and overlapping windows.
///
/// A failed check is part of the report and not an error.
///
/// # Errors
/// A limit is out of range, the windows cannot be read, or the folder cannot be written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::audit::{self, AuditRequest};
/// use tatabox_dataset::{PreparedDataset, Verdict};
///
/// let dataset = PreparedDataset::open("data/demo/prepared".as_ref())?;
/// let report = audit::run(&dataset, &AuditRequest::default(), &Silent)?;
/// for check in report.checks().iter().filter(|check| check.verdict == Verdict::Fail) {
///     println!("{}: {}", check.name, check.finding);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(dataset: &PreparedDataset, request: &AuditRequest, observer: &dyn Observer) -> Result<AuditReport> {
    let path = request.folder(dataset);
    if path.is_dir() && !path.join(AUDIT_FILE).is_file() && !is_empty(&path)? {
        let message = format!("{} has files and is not the folder of an audit", path.display());
        return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
    }
    let folder = OutputFolder::update(&path, |_| true)?;
    let options = request.options(dataset);
    let mut report = leak_audit(dataset, &options, observer)?;
    if let Some(extent) = options.extent.filter(|_| request.baselines) {
        for check in baselines::checks(dataset, extent, observer)? {
            report.push(check);
        }
    }
    report.write(folder.path())?;
    folder.keep()?;
    Ok(report)
}
