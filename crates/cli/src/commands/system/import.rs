//! `tatabox import`: a model folder from weights.

use anyhow::Result;
use tatabox::exchange;

use crate::args::ImportArgs;
use crate::terminal::console::Console;

pub(crate) fn run(args: &ImportArgs, console: &Console) -> Result<()> {
    let summary = exchange::import(&args.request()?)?;
    let (names, model) = (if summary.from_torch { " with PyTorch names" } else { "" }, summary.model.display());
    console.note(format!("weights{names} imported to {model}"));
    if !summary.has_scores {
        console.note(format!(
            "the weights have no validation scores; score the model with: tatabox evaluate --model {model}"
        ));
    }
    Ok(())
}
