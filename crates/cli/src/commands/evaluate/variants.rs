//! `tatabox evaluate-variants`: measured and predicted effects of variants.

use anyhow::Result;
use tatabox::evaluate_variants::{self, VariantEvaluation};
use tatabox_sequence::{counted, is_or_are};

use crate::args::EvaluateVariantsArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

pub(crate) fn run(args: &EvaluateVariantsArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    request.validate()?;
    interrupt::watch(console)?;
    let folders: Vec<_> =
        if args.model.is_empty() { vec![None] } else { args.model.iter().map(|folder| Some(&**folder)).collect() };
    let open = |folder| model_choice::open_on(folder, args.device.select()?, console);
    let models = folders.into_iter().map(open).collect::<Result<Vec<_>>>()?;
    let dataset = args.data.as_deref().map(|folder| data_choice::open(Some(folder), console)).transpose()?;
    let evaluation = evaluate_variants::run(&models, dataset.as_ref(), &request, console)?;
    present(&evaluation, console);
    console.note(format!("written to {}", args.out.display()));
    if args.json { stdout::print_json(&evaluation) } else { stdout::print(&evaluation.to_text()) }
}

fn present(evaluation: &VariantEvaluation, console: &Console) {
    if !evaluation.excluded.is_empty() {
        console.warn(format!(
            "{} of {} {} not compared: {} (excluded.tsv lists them)",
            evaluation.excluded.len(),
            counted(evaluation.rows, "variant"),
            is_or_are(evaluation.excluded.len()),
            evaluation.excluded_reasons()
        ));
    }
    for note in &evaluation.notes {
        console.note(note.clone());
    }
}
