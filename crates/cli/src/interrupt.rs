//! Ctrl-C as a wish that long work can grant at a good moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use crate::console::Console;

/// Exit code of a program that SIGINT ended: 128 + 2.
const EXIT_BY_SIGINT: i32 = 130;

/// Whether Ctrl-C was pressed since this was made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    wanted: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over Ctrl-C: the first is remembered, the second ends the program there and then.
    pub(crate) fn watch(console: &Console) -> Result<Self> {
        let interrupt = Self::default();
        let (wanted, console) = (Arc::clone(&interrupt.wanted), console.clone());
        ctrlc::set_handler(move || {
            if wanted.swap(true, Ordering::Relaxed) {
                std::process::exit(EXIT_BY_SIGINT);
            }
            console.note("stopping after this step (Ctrl-C again: at once)");
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(interrupt)
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }
}
