//! `tatabox half-life`: half-life features of messenger RNAs, as a table.

use std::collections::BTreeMap;

use anyhow::Result;
use tatabox::half_life;
use tatabox_sequence::counted;

use crate::args::HalfLifeArgs;
use crate::terminal::console::Console;

pub(crate) fn run(args: &HalfLifeArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let summary = half_life::run(&request, console)?;
    let reasons = in_brackets(&summary.missing);
    console.note(format!(
        "{} with {} features, {} without{reasons}, written to {}",
        counted(summary.genes_with_features(), "gene"),
        request.feature_set,
        summary.genes_without_features(),
        summary.destination
    ));
    if !summary.excluded.is_empty() {
        let total: usize = summary.excluded.values().sum();
        console.note(format!(
            "{total} genes, transcripts or groups of parts are excluded from the annotation{}",
            in_brackets(&summary.excluded)
        ));
    }
    Ok(())
}

/// Counts by reason in brackets; empty without counts.
fn in_brackets(counts: &BTreeMap<&str, usize>) -> String {
    let counts: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}
