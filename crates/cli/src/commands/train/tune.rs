//! `tatabox tune`: hyperparameter search on validation genes.

use anyhow::Result;
use tatabox::tune;

use super::tune_text;
use crate::args::TuneArgs;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

pub(crate) fn run(args: &TuneArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let dataset = data_choice::open(args.data(), console)?;
    if args.print_space {
        return stdout::print_json(&tune::search_space(&dataset, &request)?.to_json());
    }
    interrupt::watch(console)?;
    let summary = tune::run(&dataset, &request, console).map_err(run_record::resumed_by_repetition)?;

    if args.json {
        stdout::print_json(&summary.trials)?;
    } else {
        stdout::print(&tune_text::text(&summary, &args.train_command(&summary.settings_file))?)?;
    }
    console.note(format!("written to {}", summary.directory.display()));
    console.note("the test genes were not used; score the final network once on them with: tatabox evaluate");
    Ok(())
}
