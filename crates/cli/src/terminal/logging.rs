//! Log events on stderr, above the bars.

use std::io::{self, Write};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::terminal::console::Console;

/// Variable with a filter of `tracing-subscriber`, instead of `-v`.
const FILTER_VARIABLE: &str = "TATABOX_LOG";

/// Shows events from here on: warnings, with `-v` what is done, with `-vv` every detail.
pub(crate) fn start(verbose: u8, console: &Console) -> Result<()> {
    let filter = match std::env::var(FILTER_VARIABLE) {
        Ok(filter) => EnvFilter::try_new(&filter).map_err(|error| anyhow!("{FILTER_VARIABLE}={filter}: {error}"))?,
        Err(_) => EnvFilter::new(match verbose {
            0 => "error,tatabox=warn",
            1 => "warn,tatabox=info",
            _ => "info,tatabox=debug",
        }),
    };
    let writer = console.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(console.color())
        .with_writer(move || LogLines { console: writer.clone() })
        .without_time()
        .with_target(verbose > 1)
        .init();
    Ok(())
}

/// Hands each event, which comes in one write, to the console.
struct LogLines {
    console: Console,
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.console.line(String::from_utf8_lossy(bytes).trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
