//! `tatabox data`: the active data set.

pub(crate) mod audit;
pub(crate) mod download;
pub(crate) mod half_life;
pub(crate) mod prepare;
pub(crate) mod simulate;

use std::fmt::Write;

use anyhow::{Context, Result};
use tatabox::inputs::{DatasetSummary, SplitGenes};
use tatabox::simulate::prepared_folder;
use tatabox_dataset::PreparedDataset;

use crate::args::{DataArgs, DataCommand};
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: DataArgs, console: &Console) -> Result<()> {
    match args.command {
        DataCommand::Show { data, json } => {
            let dataset = data_choice::open(data.as_deref(), console)?;
            if json { stdout::print_json(dataset.manifest()) } else { stdout::print(&description(&dataset)?) }
        }
        DataCommand::Use { directory } => {
            let directory = prepared_folder(&directory);
            let dataset = PreparedDataset::open(&directory)
                .with_context(|| format!("cannot use data set {}", directory.display()))?;
            data_choice::write_active(&dataset)?;
            console.note(format!("active data set: {}", dataset.name()));
            Ok(())
        }
    }
}

fn description(dataset: &PreparedDataset) -> Result<String> {
    let summary = DatasetSummary::of_dataset(dataset);
    let mut text = String::new();
    writeln!(text, "name        {}", summary.name)?;
    writeln!(text, "folder      {}", summary.folder.display())?;
    writeln!(text, "windows     {} around the TSS", summary.windows)?;
    writeln!(text, "known       {} in {:.0}% of the train genes", summary.default_extent, 100.0 * summary.coverage)?;
    writeln!(text, "cell types  {}", summary.cell_types.join(", "))?;
    writeln!(text, "genes       {}", summary.genes)?;
    for SplitGenes { split, genes, chromosomes, .. } in &summary.splits {
        writeln!(text, "  {split:<10}{genes:>6}  {}", chromosomes.join(" "))?;
    }
    for assay in dataset.assays() {
        write!(text, "{}", assay.record)?;
    }
    for input in &summary.inputs {
        writeln!(text, "{:<12}{}", input.role, input.path)?;
    }
    if let Some(record) = &dataset.manifest().expression {
        text += &record.summary(dataset.cell_types());
    }
    let origin = if summary.simulated { "SIMULATED" } else { "measured" };
    writeln!(text, "origin      {origin}, prepared by tatabox {}", summary.tatabox_version)?;
    Ok(text)
}
