//! `tatabox transfer-benchmark`: gain of transfer learning for held-out cell types.

use anyhow::Result;
use tatabox::transfer::{self, TransferScore};

use crate::args::TransferBenchmarkArgs;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

pub(crate) fn run(args: &TransferBenchmarkArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let dataset = data_choice::open(args.data(), console)?;
    interrupt::watch(console)?;
    let summary = transfer::benchmark(&dataset, &request, console).map_err(run_record::resumed_by_repetition)?;

    console.note(format!("written to {}; draw figures with: tatabox figures DIR", summary.directory.display()));
    if args.json { stdout::print_json(&summary.scores) } else { stdout::print(&TransferScore::to_tsv(&summary.scores)) }
}
