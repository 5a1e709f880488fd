//! `tatabox simulate`: promoters and expression with known truth.

use std::fmt::Write;

use anyhow::Result;
use tatabox::simulate;
use tatabox_dataset::SimulationTruth;
use tatabox_sequence::counted;

use crate::args::SimulateArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &SimulateArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    console.note(format!("simulating {}, seed {}", counted(request.config.genes, "gene"), request.config.seed));
    let simulation = simulate::run(&request, console)?;
    console.note(format!("written to {}", request.out_dir.display()));
    if let Some(report) = &simulation.prepared {
        let is_active = data_choice::set_active(&request.dataset_folder(), console);
        let (folder, kept) = (request.dataset_folder(), counted(report.kept, "gene"));
        let folder = folder.display();
        console.note(if is_active {
            format!("active data set: {kept} in {folder}; next: tatabox train --cell-type K562")
        } else {
            format!("data set: {kept} in {folder}; next: tatabox train --data {folder} --cell-type K562")
        });
    } else {
        console.note(format!(
            "next: tatabox prepare --promoters {} --expression {} --upstream {} --downstream {}",
            simulation.promoters.display(),
            simulation.expression.display(),
            request.config.geometry.upstream_bp,
            request.config.geometry.downstream_bp
        ));
    }
    if args.json { stdout::print_json(&simulation.truth) } else { stdout::print(&table(&simulation.truth)?) }
}

/// The best correlation that any model can reach, per cell type.
fn table(truth: &SimulationTruth) -> Result<String> {
    let mut text = String::from("cell_type\tbest_reachable_pearson\tbest_reachable_pearson_cross_cell_type\n");
    for (cell_type, best) in &truth.best_reachable_pearson {
        let specific = truth.best_reachable_pearson_cross_cell_type.get(cell_type);
        let specific = specific.map(|score| format!("{score:.4}")).unwrap_or_default();
        writeln!(text, "{cell_type}\t{best:.4}\t{specific}")?;
    }
    Ok(text)
}
