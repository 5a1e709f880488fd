//! `tatabox half-life`: half-life features of messenger RNAs, as a table.

use anyhow::Result;
use tatabox::half_life;

use crate::args::HalfLifeArgs;
use crate::terminal::console::Console;

pub(crate) fn run(args: &HalfLifeArgs, console: &Console) -> Result<()> {
    let summary = half_life::run(&args.request()?, console)?;
    let reasons: Vec<String> = summary.missing.iter().map(|(reason, genes)| format!("{genes} {reason}")).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    console.note(format!(
        "{} genes with half-life features, {} without{reasons}, written to {}",
        summary.genes_with_features(),
        summary.genes_without_features(),
        summary.destination
    ));
    Ok(())
}
