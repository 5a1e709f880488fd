//! `tatabox crossval`: every gene predicted by a network that was not trained on its chromosome.

use anyhow::Result;
use tatabox::crossval;

use super::text;
use crate::args::CrossvalArgs;
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;

pub(crate) fn run(args: &CrossvalArgs, console: &Console) -> Result<()> {
    let (single, request) = (args.single_fold()?, args.request()?);
    let dataset = data_choice::open(args.data(), console)?;
    interrupt::watch(console)?;
    if let Some(fold) = single {
        let trained = crossval::train_fold(&dataset, &request, fold, console);
        let model = trained.map_err(run_record::resumed_by_repetition)?;
        console.note(format!(
            "fold {} is trained in {}; the command without --fold combines the folds",
            fold + 1,
            model.display()
        ));
        return Ok(());
    }
    let summary = crossval::run(&dataset, &request, console).map_err(run_record::resumed_by_repetition)?;
    console.note(format!("written to {}", summary.directory.display()));
    text::print(&summary.evaluation, args.json)
}
