//! `tatabox ensemble`: trained models as one.

use anyhow::Result;
use tatabox::train;

use super::ensemble_text;
use crate::args::EnsembleArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &EnsembleArgs, console: &Console) -> Result<()> {
    let dataset = args.data.as_deref().map(|data| data_choice::open(Some(data), console)).transpose()?;
    let ensemble = train::assemble(dataset.as_ref(), &args.request()?, console)?;
    if args.json { stdout::print_json(&ensemble) } else { stdout::print(&ensemble_text::text(&ensemble)?) }
}
