//! `tatabox figures`: figures and report from the tables of an evaluation.

use anyhow::Result;

use crate::args::FiguresArgs;
use crate::terminal::console::Console;
use tatabox::evaluate;

pub(crate) fn run(args: &FiguresArgs, console: &Console) -> Result<()> {
    evaluate::redraw(&args.evaluation, args.out.as_deref(), args.force, (&args.drawing).into(), console)?;
    console.note(format!("written to {}", args.out.as_ref().unwrap_or(&args.evaluation).display()));
    Ok(())
}
