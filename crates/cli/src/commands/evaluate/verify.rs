//! `tatabox verify`: integrity of model folders.

use std::fmt::Write;

use anyhow::{Result, bail};
use tatabox::verify::{self, Check, Verification, VerifyRequest};

use crate::args::VerifyArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::locations as locate;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::failure;
use crate::terminal::stdout;

pub(crate) fn run(args: &VerifyArgs, console: &Console) -> Result<()> {
    let named = args.model.clone().or_else(|| locate::beside_program(locate::SHIPPED_MODEL));
    let folder = model_choice::folder(&named.unwrap_or_else(|| locate::SHIPPED_MODEL.into()))?;
    let request = VerifyRequest { folder, device: args.device.select()? };
    let dataset = args.data.as_deref().map(|data| data_choice::open(Some(data), console)).transpose()?;
    if args.write {
        let background = dataset.as_ref().map(|data| verify::record_effect_background(&request, data, console));
        for change in background.transpose()?.flatten().into_iter().chain(verify::record(&request)?) {
            console.note(change);
        }
    }
    let verification = verify::run(&request, dataset.as_ref(), console)?;
    if args.json {
        stdout::print_json(&verification)?;
    } else {
        stdout::print(&text(&verification)?)?;
    }
    if verification.passed() {
        return Ok(());
    }
    bail!("{} does not verify: {}", request.folder.display(), verification.failed().join(", "))
}

/// One line per check, followed by its differences and by the parts that it does not cover.
fn text(verification: &Verification) -> Result<String> {
    let mut text = String::new();
    for folder in &verification.folders {
        writeln!(text, "{}", folder.folder.display())?;
        for check in &folder.checks {
            let verdict = match (check.passed(), check.is_skipped()) {
                (true, true) => "none",
                (true, false) => "ok",
                (false, _) => "FAIL",
            };
            writeln!(text, "  {:<12}{verdict:<6}{}", check.name, finding(check))?;
            for difference in &check.differences {
                writeln!(text, "  {:<12}  ! {difference}", "")?;
            }
            for unchecked in &check.unchecked {
                writeln!(text, "  {:<12}  - {unchecked}", "")?;
            }
        }
    }
    Ok(text)
}

fn finding(check: &Check) -> String {
    let remedy = check.remedy.as_ref().and_then(failure::in_flags);
    remedy.map_or_else(|| check.finding.clone(), |remedy| format!("{}; {remedy}", check.finding))
}
