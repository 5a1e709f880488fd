//! `tatabox prepare`: a data set from sequence and expression.

mod input_summary;

use std::fmt::Write;

use anyhow::Result;
use tatabox::prepare::{self, PrepareSummary};
use tatabox_dataset::Split;
use tatabox_sequence::counted;

use crate::args::PrepareArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: PrepareArgs, console: &Console) -> Result<()> {
    let json = args.json;
    let config = args.into_config()?;
    let report = prepare::run(&config, console)?;
    let is_active = !config.dry_run && data_choice::set_active(&config.out_dir, console);
    let summary = PrepareSummary::new(&config, &report);
    if json {
        stdout::print_json(&summary)?;
    } else {
        stdout::print(&text(&summary)?)?;
    }
    if config.dry_run {
        console.note("dry run: no data set was written; the same command without --dry-run writes it");
        return Ok(());
    }
    let folder = config.out_dir.display();
    console.note(if is_active {
        format!("active data set: {folder}; next: tatabox train --cell-type NAME")
    } else {
        format!("data set: {folder}; next: tatabox train --data {folder} --cell-type NAME")
    });
    Ok(())
}

/// The report as text.
fn text(summary: &PrepareSummary) -> Result<String> {
    let mut text = String::new();
    let kept = if summary.dry_run { "would be kept" } else { "kept" };
    writeln!(text, "{}: {} {kept}", summary.name, counted(summary.kept, "gene"))?;
    for split in Split::ALL {
        let part = summary.split.part(split);
        let percentage = 100.0 * part.genes as f64 / summary.kept.max(1) as f64;
        writeln!(text, "  {split:<22}{:>7}  {percentage:4.1}%  {}", part.genes, part.chromosomes.join(" "))?;
    }
    let dropped: usize = summary.dropped.values().sum();
    if summary.dry_run {
        writeln!(text, "{dropped} would be dropped")?;
    } else {
        writeln!(text, "{dropped} dropped, listed with reasons in {}/qc.tsv", summary.directory.display())?;
    }
    for (reason, count) in summary.dropped {
        writeln!(text, "  {:<22}{count:>7}", reason.as_str().replace('_', " "))?;
    }
    if let Some(matched) = summary.matched_contigs {
        let total = matched + summary.unmatched_contigs.len();
        writeln!(text, "contigs with genes: {matched} of {total} are in the genome")?;
    }
    write!(text, "{}", summary.gene_match)?;
    text += &summary.expression.summary(summary.cell_types);
    text += &input_summary::text(summary.tss, summary.promoters, summary.gene_features, summary.tracks);
    for assay in summary.assays {
        write!(text, "{assay}")?;
    }
    Ok(text)
}
