//! Texts and JSON on standard output.

use std::io::{self, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Prints a finished text.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("cannot write to standard output")
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    // By way of a string, since serde_json would hide that the reader of a pipe closed it.
    let text = serde_json::to_string_pretty(value).context("cannot encode JSON")?;
    print(&(text + "\n"))
}
