//! `tatabox figures`: figures and report from the tables of an evaluation.

use anyhow::Result;

use crate::args::FiguresArgs;
use crate::terminal::console::Console;
use tatabox::OutputFolder;
use tatabox::evaluate::Evaluation;

pub(crate) fn run(args: &FiguresArgs, console: &Console) -> Result<()> {
    let evaluation = Evaluation::read(&args.evaluation)?;
    let out_dir = args.out.as_ref().unwrap_or(&args.evaluation);
    let out = OutputFolder::open(out_dir)?;
    evaluation.draw(out.path(), (&args.drawing).into(), console)?;
    out.keep();
    console.note(format!("written to {}", out_dir.display()));
    Ok(())
}
