//! `tatabox simulate`: data whose truth is known.

use std::fmt::Write;

use anyhow::Result;
use tatabox_dataset::simulate::{EXPRESSION_FILE, PROMOTERS_FILE};
use tatabox_dataset::{PrepareConfig, SimulationTruth, simulate};

use crate::args::SimulateArgs;
use crate::commands::data::prepare;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &SimulateArgs, console: &Console) -> Result<()> {
    let config = args.config()?;
    console.note(format!("simulating {} genes, seed {}", config.genes, config.seed));
    let note = simulate(&config, &args.out)?;
    let (promoters, expression) = (args.out.join(PROMOTERS_FILE), args.out.join(EXPRESSION_FILE));
    console.note(format!("written to {}", args.out.display()));
    if args.prepare {
        let out_dir = args.out.join(data_choice::PREPARED_DIR);
        let prepared = PrepareConfig::new(expression, out_dir, config.geometry);
        let name = args.out.file_name().map(|name| name.to_string_lossy().into_owned());
        let report = prepare::prepare_and_remember(
            &PrepareConfig {
                name: name.unwrap_or_else(|| prepared.name.clone()),
                promoters: Some(promoters),
                seed: config.seed,
                force: args.force,
                ..prepared
            },
            console,
        )?;
        console.note(format!(
            "a data set of {} genes is the active one now; go on with: tatabox train --cell-type K562",
            report.kept
        ));
    } else {
        console.note(format!(
            "go on with: tatabox prepare --promoters {} --expression {} --upstream {} --downstream {}",
            promoters.display(),
            expression.display(),
            config.geometry.upstream_bp,
            config.geometry.downstream_bp
        ));
    }
    if args.json { stdout::print_json(&note) } else { stdout::print(&table(&note)?) }
}

/// The best scores that can be had, for whoever trains on it.
fn table(note: &SimulationTruth) -> Result<String> {
    let mut text = String::from("cell_type\tbest_reachable_pearson\tbest_reachable_pearson_cell_specific\n");
    for (cell_type, best) in &note.best_reachable_pearson {
        let specific = note.best_reachable_pearson_cross_cell_type.get(cell_type);
        let specific = specific.map(|score| format!("{score:.4}")).unwrap_or_default();
        writeln!(text, "{cell_type}\t{best:.4}\t{specific}")?;
    }
    Ok(text)
}
