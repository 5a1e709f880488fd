//! `tatabox train`: from a data set to a trained model.

pub(crate) mod ensemble;
pub(crate) mod transfer_benchmark;
pub(crate) mod tune;

mod ensemble_text;
mod network_text;
mod tune_text;

use anyhow::Result;
use tatabox::train::{self, Trained};

use crate::args::TrainArgs;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

pub(crate) fn run(args: &TrainArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let dataset = data_choice::open_with_expression(args.data(), args.expression(), console)?;
    interrupt::watch(console)?;
    let trained = train::run(&dataset, &request, console).map_err(run_record::resumed_by_option)?;

    if args.json {
        stdout::print_json(&trained)?;
    } else {
        stdout::print(&match &trained {
            Trained::Network(network) => network_text::text(network)?,
            Trained::Ensemble(ensemble) => ensemble_text::text(ensemble)?,
        })?;
    }
    let directory = trained.directory().display();
    console.note(format!("score it on held-out genes with: tatabox evaluate --model {directory}"));
    Ok(())
}
