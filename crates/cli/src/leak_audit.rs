//! A leak audit with a bar for each of its steps.

use anyhow::Result;
use tatabox_dataset::{AuditOptions, AuditProgress, AuditReport, PreparedDataset, audit};

use crate::terminal::console::Console;
use tatabox::{Progress, Unit};

/// Audits the data set; the checks that need a fitted model are left out.
pub(crate) fn audited(dataset: &PreparedDataset, options: &AuditOptions, console: &Console) -> Result<AuditReport> {
    let mut steps = Steps { console, current: None };
    let report = audit(dataset, options, &mut |progress| steps.show(progress))?;
    steps.finish();
    Ok(report)
}

/// A bar a step.
struct Steps<'a> {
    console: &'a Console,
    current: Option<(&'static str, Progress<'a>)>,
}

impl<'a> Steps<'a> {
    fn show(&mut self, progress: AuditProgress) {
        if self.current.as_ref().is_none_or(|(step, _)| *step != progress.step) {
            self.finish();
            let bar = Progress::start(self.console, progress.step, Some(progress.total as u64), Unit::Windows);
            self.current = Some((progress.step, bar));
        }
        if let Some((_, bar)) = &mut self.current {
            bar.set(progress.done as u64);
        }
    }

    fn finish(&mut self) {
        if let Some((_, bar)) = self.current.take() {
            bar.finish();
        }
    }
}
