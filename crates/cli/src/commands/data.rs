//! `tatabox data`: the data set in use.

pub(crate) mod audit;
pub(crate) mod download;
pub(crate) mod half_life;
pub(crate) mod prepare;
pub(crate) mod simulate;

use std::fmt::Write;

use anyhow::{Context, Result};
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{DEFAULT_EXTENT_COVERAGE, default_extent};

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
            let directory = data_choice::prepared_folder(&directory);
            let dataset = PreparedDataset::open(&directory)
                .with_context(|| format!("cannot use data set {}", directory.display()))?;
            data_choice::remember(&dataset)?;
            console.note(format!("{} is the active data set now", dataset.name()));
            Ok(())
        }
    }
}

fn description(dataset: &PreparedDataset) -> Result<String> {
    let manifest = dataset.manifest();
    let mut text = String::new();
    writeln!(text, "name        {}", dataset.name())?;
    writeln!(text, "folder      {}", dataset.directory().display())?;
    writeln!(text, "windows     {} around the TSS", Extent::of_window(dataset.geometry()))?;
    let share = 100.0 * DEFAULT_EXTENT_COVERAGE;
    writeln!(
        text,
        "known over  {} in {share:.0}% of the train genes",
        default_extent(dataset, DEFAULT_EXTENT_COVERAGE)
    )?;
    writeln!(text, "cell types  {}", dataset.cell_types().join(", "))?;
    writeln!(text, "genes       {}", dataset.len())?;
    for split in Split::ALL {
        let part = manifest.split.part(split);
        writeln!(text, "  {split:<10}{:>6}  {}", part.genes, part.chromosomes.join(" "))?;
    }
    for input in &manifest.inputs {
        writeln!(text, "{:<12}{}", input.role, input.path)?;
    }
    let origin = if data_choice::is_simulated(dataset) { "SIMULATED" } else { "measured" };
    writeln!(text, "origin      {origin}, made by tatabox {}", manifest.tatabox_version)?;
    Ok(text)
}
