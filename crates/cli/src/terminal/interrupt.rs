//! Ctrl-C: the first ends a task at its next opportunity, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use crate::terminal::console::Console;

/// Exit code of a program that SIGINT ended: 128 + 2.
const EXIT_BY_SIGINT: i32 = 130;

/// Whether Ctrl-C was pressed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    wanted: Arc<AtomicBool>,
}

impl Interrupt {
    /// Cancels tasks that observe `console` after Ctrl-C. Without this, Ctrl-C ends the program at once.
    pub(crate) fn watch(console: &Console) -> Result<Self> {
        let wanted = Arc::clone(console.interrupted());
        let watched = console.clone();
        ctrlc::set_handler(move || {
            if watched.interrupted().swap(true, Ordering::Relaxed) {
                std::process::exit(EXIT_BY_SIGINT);
            }
            watched.note("stopping after this step (Ctrl-C again: at once)");
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(Self { wanted })
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }
}
