//! `tatabox completions`: completions for a shell.

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::terminal::stdout;

pub(crate) fn run(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tatabox", &mut script);
    stdout::print(&String::from_utf8(script).context("completions are not text")?)
}
