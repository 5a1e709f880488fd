//! Log events on stderr, above the bars.

use std::io::{self, Write};

use anyhow::{Result, anyhow};
use tatabox_dataset::Scale;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::terminal::console::{Console, printable};

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
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_level(false)
        .with_writer(LogWriter(console.clone()))
        .without_time()
        .with_target(verbose > 1)
        .init();
    Ok(())
}

/// The text of an event, in which the library names scales of expression values, with the flags that set them.
fn with_flags(event: &str) -> String {
    Scale::ALL
        .iter()
        .fold(event.to_owned(), |text, scale| text.replace(&format!("scale `{scale}`"), &format!("`--scale {scale}`")))
}

/// Hands events to the console.
struct LogWriter(Console);

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = LogLine;

    fn make_writer(&'a self) -> LogLine {
        LogLine { console: self.0.clone(), level: Level::INFO }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> LogLine {
        LogLine { console: self.0.clone(), level: *event.level() }
    }
}

/// One event, which comes in one write. Warnings look as those of the commands do.
struct LogLine {
    console: Console,
    level: Level,
}

impl Write for LogLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let event = with_flags(&String::from_utf8_lossy(bytes));
        match self.level {
            Level::ERROR => self.console.failure(event.trim_end()),
            Level::WARN => self.console.warn(event.trim_end()),
            level => self.console.line(&printable(&format!("{}: {}", level.as_str().to_lowercase(), event.trim_end()))),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_flags_names_scales_by_their_flag() {
        assert_eq!(with_flags("scale `log2` undoes it"), "`--scale log2` undoes it");
        assert_eq!(with_flags("on another scale"), "on another scale");
    }
}
