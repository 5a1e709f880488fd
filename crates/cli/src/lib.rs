//! The command line of tatabox, as a library for programs that contain it.
//!
//! Everything else is in the library `tatabox`.

mod args;
mod cell_type_score;
mod commands;
mod resolve;
mod run_record;
mod terminal;

use std::ffi::OsString;

use anyhow::{Context, Result};

use args::{Cli, Command};
use terminal::console::Console;
use terminal::{failure, logging};

/// Runs the command that `arguments` state, the first of which is the name of the program; returns the exit code. Help, version
/// and wrong usage end the process.
///
/// # Examples
///
/// ```no_run
/// assert_eq!(tatabox_cli::run(["tatabox", "info"].map(Into::into).to_vec()), 0);
/// ```
pub fn run(arguments: Vec<OsString>) -> u8 {
    let cli = Cli::from_arguments(run_record::set_arguments(arguments));
    let console = Console::new(cli.global.color, cli.global.quiet);
    match run_command(cli, &console) {
        Ok(()) => 0,
        // Whoever read the results, `head` say, has enough of them.
        Err(error) if failure::is_broken_pipe(&error) => 0,
        Err(error) => {
            console.error(&error);
            failure::exit_code(&error)
        }
    }
}

fn run_command(cli: Cli, console: &Console) -> Result<()> {
    logging::start(cli.global.verbose, console)?;
    if let Some(threads) = cli.global.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("cannot start threads")?;
    }
    match cli.command {
        Command::Demo(args) => commands::system::demo::run(&args, console),
        Command::Download(args) => commands::data::download::run(&args, console),
        Command::Prepare(args) => commands::data::prepare::run(*args, console),
        Command::HalfLife(args) => commands::data::half_life::run(&args, console),
        Command::Audit(args) => commands::data::audit::run(&args, console),
        Command::Train(args) => commands::train::run(&args, console),
        Command::Predict(args) => commands::predict::run(&args, console),
        Command::Variants(args) => commands::predict::variants::run(&args, console),
        Command::Design(args) => commands::interpret::design::run(&args, console),
        Command::Evaluate(args) => commands::evaluate::run(&args, console),
        Command::EvaluateVariants(args) => commands::evaluate::variants::run(&args, console),
        Command::Crossval(args) => commands::evaluate::crossval::run(&args, console),
        Command::Tune(args) => commands::train::tune::run(&args, console),
        Command::Ensemble(args) => commands::train::ensemble::run(&args, console),
        Command::TransferBenchmark(args) => commands::train::transfer_benchmark::run(&args, console),
        Command::Figures(args) => commands::evaluate::figures::run(&args, console),
        Command::Explain(args) => commands::interpret::explain::run(&args, console),
        Command::Motifs(args) => commands::interpret::motifs::run(&args, console),
        Command::Marginalize(args) => commands::interpret::marginalize::run(&args, console),
        Command::Simulate(args) => commands::data::simulate::run(&args, console),
        Command::Data(args) => commands::data::run(args, console),
        Command::Info(args) => commands::system::info::run(&args, console),
        Command::Benchmark(args) => commands::system::benchmark::run(&args, console),
        Command::Verify(args) => commands::evaluate::verify::run(&args, console),
        Command::Export(args) => commands::system::export::run(&args, console),
        Command::Import(args) => commands::system::import::run(&args, console),
        Command::Completions(args) => commands::system::completions::run(&args),
        Command::Man(args) => commands::system::man::run(&args, console),
    }
}
