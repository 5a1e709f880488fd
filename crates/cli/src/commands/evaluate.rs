//! `tatabox evaluate`: scores, tests, figures and a report on held-out genes.

pub(crate) mod crossval;
pub(crate) mod figures;
pub(crate) mod variants;
pub(crate) mod verify;

pub(crate) mod text;

use anyhow::Result;
use tatabox::comparators::Comparator;
use tatabox::evaluate;
use tatabox_dataset::Verdict;

use crate::args::EvaluateArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;

pub(crate) fn run(args: &EvaluateArgs, console: &Console) -> Result<()> {
    if args.predictions.is_empty() { score_model(args, console) } else { score_tables(args, console) }
}

fn score_model(args: &EvaluateArgs, console: &Console) -> Result<()> {
    let request = args.request();
    let device = args.device.select()?.with_precision(args.precision)?;
    let model = model_choice::open_on(args.model.as_deref(), device, console)?;
    let dataset = data_choice::open_with_expression(args.data.as_deref(), args.measurements.config(), console)?;
    if request.resolve_comparators(&model, &dataset).into_iter().any(Comparator::trains_network) {
        // Training ends after a step; everything else is short enough to end at once.
        interrupt::watch(console)?;
    }
    let folder = request.folder(&model);
    let evaluation = evaluate::run(model, &dataset, &request, console).map_err(run_record::resumed_by_repetition)?;
    console.note(format!("written to {}", folder.display()));
    if evaluation.record.audit.as_ref().is_some_and(|audit| audit.verdict == Verdict::Fail) {
        console.note("`tatabox audit` describes the checks that fail");
    }
    text::print(&evaluation, args.json)
}

fn score_tables(args: &EvaluateArgs, console: &Console) -> Result<()> {
    let request = args.tables_request();
    let dataset = args.data.as_deref().map(|folder| data_choice::open(Some(folder), console)).transpose()?;
    let evaluation = evaluate::run_on_tables(dataset.as_ref(), &request, console)?;
    console.note(format!("written to {}", request.folder().display()));
    text::print(&evaluation, args.json)
}
