//! `tatabox audit`: whether held-out genes are as new to a model as the split claims.

mod baselines;
mod text;

use anyhow::{Context, Result, bail};
use tatabox_dataset::audit::AUDIT_DIR;
use tatabox_dataset::{AuditReport, Verdict};
use tatabox_model::{DEFAULT_EXTENT_COVERAGE, default_extent};

use crate::args::AuditArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &AuditArgs, console: &Console) -> Result<()> {
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    let out_dir = args.out.clone().unwrap_or_else(|| dataset.directory().join(AUDIT_DIR));
    let extent = args.extent.unwrap_or_else(|| default_extent(&dataset, DEFAULT_EXTENT_COVERAGE));
    console.note(format!("auditing for networks that read {extent} around the TSS"));
    let mut report = tatabox::audit::leak_audit(&dataset, &args.options(extent), console)?;
    if !args.no_baselines {
        for check in baselines::checks(&dataset, extent, console)? {
            report.push(check);
        }
    }
    report.write(&out_dir).context("cannot write the audit; choose another folder with --out")?;
    console.note(format!("written to {}", out_dir.display()));
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
