//! The audit of a data set, with the progress of each of its steps.

use tatabox_dataset::audit::audit_verified;
use tatabox_dataset::{AuditOptions, AuditProgress, AuditReport, PreparedDataset};

use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Audits a data set, without the checks that fit a model.
pub(super) fn leak_audit(
    dataset: &PreparedDataset,
    options: &AuditOptions,
    observer: &dyn Observer,
) -> Result<AuditReport> {
    dataset.verify()?;
    leak_audit_of_verified(dataset, options, observer)
}

/// As [`leak_audit`], for a data set whose files are [verified](PreparedDataset::verify).
pub(super) fn leak_audit_of_verified(
    dataset: &PreparedDataset,
    options: &AuditOptions,
    observer: &dyn Observer,
) -> Result<AuditReport> {
    let mut steps = Steps { observer, current: None };
    let report = audit_verified(dataset, options, &mut |progress| steps.report(progress))?;
    steps.finish();
    Ok(report)
}

/// The step in progress.
struct Steps<'a> {
    observer: &'a dyn Observer,
    current: Option<(&'static str, Progress<'a>)>,
}

impl Steps<'_> {
    fn report(&mut self, now: AuditProgress) {
        if self.current.as_ref().is_none_or(|(step, _)| *step != now.step) {
            self.finish();
            let progress = Progress::start(self.observer, now.step, Some(now.total as u64), Unit::Windows);
            self.current = Some((now.step, progress));
        }
        if let Some((_, progress)) = &mut self.current {
            progress.set(now.done as u64);
        }
    }

    fn finish(&mut self) {
        if let Some((_, progress)) = self.current.take() {
            progress.finish();
        }
    }
}
