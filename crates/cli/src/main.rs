//! `tatabox`: gene expression from promoter DNA, on the command line.

mod args;
mod beside_bases;
mod cell_type_score;
mod commands;
mod comparators;
mod console;
mod data_choice;
mod ensemble_summary;
mod epoch_display;
mod evaluation;
mod failure;
mod genome_choice;
mod genome_place;
mod interrupt;
mod leak_audit;
mod locate;
mod logging;
mod model_choice;
mod network_summary;
mod output;
mod pipeline;
mod progress;
mod promoters;
mod run_record;
mod split_prediction;
mod training_run;
mod training_setup;
mod transfer_source;

use std::process::ExitCode;

use anyhow::{Context, Result};

use args::{Cli, Command};
use console::Console;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::from_command_line();
    let console = Console::new(cli.global.color, cli.global.quiet);
    match run(cli, &console) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the results, `head` say, has enough of them.
        Err(error) if failure::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            console.error(&error);
            failure::exit_code(&error)
        }
    }
}

fn run(cli: Cli, console: &Console) -> Result<()> {
    logging::start(cli.global.verbose, console)?;
    if let Some(threads) = cli.global.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("cannot start threads")?;
    }
    match cli.command {
        Command::Download(args) => commands::download::run(&args, console),
        Command::Prepare(args) => commands::prepare::run(*args, console),
        Command::HalfLife(args) => commands::half_life::run(&args, console),
        Command::Audit(args) => commands::audit::run(&args, console),
        Command::Train(args) => commands::train::run(*args, console),
        Command::Predict(args) => commands::predict::run(&args, console),
        Command::Variants(args) => commands::variants::run(&args, console),
        Command::Design(args) => commands::design::run(&args, console),
        Command::Evaluate(args) => commands::evaluate::run(&args, console),
        Command::Crossval(args) => commands::crossval::run(*args, console),
        Command::Tune(args) => commands::tune::run(&args, console),
        Command::Ensemble(args) => commands::ensemble::run(&args, console),
        Command::TransferTrial(args) => commands::transfer_trial::run(&args, console),
        Command::Figures(args) => commands::figures::run(&args, console),
        Command::Explain(args) => commands::explain::run(&args, console),
        Command::Motifs(args) => commands::motifs::run(&args, console),
        Command::Insert(args) => commands::insert::run(&args, console),
        Command::Simulate(args) => commands::simulate::run(&args, console),
        Command::Data(args) => commands::data::run(args, console),
        Command::Info(args) => commands::info::run(&args, console),
        Command::Benchmark(args) => commands::benchmark::run(&args, console),
        Command::Verify(args) => commands::verify::run(&args, console),
        Command::Export(args) => commands::export::run(&args, console),
        Command::Import(args) => commands::import::run(&args, console),
        Command::Completions(args) => commands::completions::run(&args),
    }
}
