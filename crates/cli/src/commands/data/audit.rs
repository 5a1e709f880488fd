//! `tatabox audit`: leaks between train, validation and test.

mod text;

use anyhow::{Result, bail};
use tatabox::audit;
use tatabox_dataset::{AuditReport, Verdict};

use crate::args::AuditArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &AuditArgs, console: &Console) -> Result<()> {
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    let request = args.request();
    console.note(format!("auditing for models that read {} around the TSS", request.resolve_extent(&dataset)));
    let report = audit::run(&dataset, &request, console)?;
    console.note(format!("written to {}", request.folder(&dataset).display()));
    if args.json {
        stdout::print_json(&report)?;
    } else {
        stdout::print(&text::of(&report, &dataset)?)?;
    }
    if report.verdict() == Verdict::Fail && !args.no_fail {
        bail!("{} fails the audit: {}", dataset.name(), failed(&report).join(", "));
    }
    Ok(())
}

/// Names of the checks that ended as FAIL.
fn failed(report: &AuditReport) -> Vec<&str> {
    let failed = report.checks().iter().filter(|check| check.verdict == Verdict::Fail);
    failed.map(|check| check.name.as_str()).collect()
}
