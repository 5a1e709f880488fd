//! `tatabox demo`: the whole tool on simulated promoters.

use anyhow::Result;
use tatabox::demo;

use crate::args::DemoArgs;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::{interrupt, stdout};

pub(crate) fn run(args: &DemoArgs, console: &Console) -> Result<()> {
    interrupt::watch(console)?;
    let demo = demo::run(&args.request(run_record::command()), console)?;
    if args.json { stdout::print_json(&demo) } else { stdout::print(&demo.to_string()) }
}
