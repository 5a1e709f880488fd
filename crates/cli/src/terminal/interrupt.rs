//! Ctrl-C: the first ends a task at its next opportunity, the second ends the program at once.

use std::sync::atomic::Ordering;

use anyhow::{Context, Result};

use crate::terminal::console::Console;

/// Exit code of a program that SIGINT ended: 128 + 2.
const EXIT_BY_SIGINT: i32 = 130;

/// Cancels tasks that observe `console` after Ctrl-C. Without this, Ctrl-C ends the program at once.
pub(crate) fn watch(console: &Console) -> Result<()> {
    let console = console.clone();
    ctrlc::set_handler(move || {
        if console.interrupted().swap(true, Ordering::Relaxed) {
            std::process::exit(EXIT_BY_SIGINT);
        }
        console.note("stopping after this step (Ctrl-C again: at once)");
    })
    .context("cannot listen for Ctrl-C")
}
