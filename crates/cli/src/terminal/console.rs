//! Terminal output on stderr: notes, warnings, errors and progress bars.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::ColorChoice;
use clap::builder::styling::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressBar};
use tatabox::{Observer, ProgressStage, ProgressState};

use crate::terminal::failure;
use crate::terminal::progress_bar;

/// Terminal of the user: an [`Observer`] that prints messages, draws bars and cancels after Ctrl-C.
#[derive(Clone)]
pub(crate) struct Console {
    quiet: bool,
    terminal: bool,
    color: bool,
    bars: MultiProgress,
    /// Bars on the screen, by the number of their step.
    steps: Arc<Mutex<HashMap<u64, ProgressBar>>>,
    interrupted: Arc<AtomicBool>,
}

impl Console {
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { quiet, terminal, color, bars: MultiProgress::new(), steps: Arc::default(), interrupted: Arc::default() }
    }

    /// Whether progress bars are drawn.
    pub(crate) fn draws_bars(&self) -> bool {
        self.terminal && !self.quiet
    }

    /// Flag that is set once Ctrl-C is pressed.
    pub(crate) fn interrupted(&self) -> &Arc<AtomicBool> {
        &self.interrupted
    }

    /// Prints information, unless the user asked for quiet.
    pub(crate) fn note(&self, message: impl Display) {
        if !self.quiet {
            self.line(&printable(&message.to_string()));
        }
    }

    /// Prints a condition that affects how results are to be read.
    pub(crate) fn warn(&self, message: impl Display) {
        let message = message.to_string();
        self.line(&format!("{} {}", self.painted("warning:", AnsiColor::Yellow), printable(&message)));
    }

    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.failure(&failure::in_one_line(error));
    }

    /// Prints the message of an error.
    pub(crate) fn failure(&self, message: &str) {
        self.line(&format!("{} {}", self.painted("error:", AnsiColor::Red), printable(message)));
    }

    /// Prints a line above the bars. A closed stderr is ignored, since there is nowhere left to report it.
    pub(crate) fn line(&self, line: &str) {
        self.bars.suspend(|| {
            let _ = writeln!(io::stderr().lock(), "{line}");
        });
    }

    fn painted(&self, word: &str, color: AnsiColor) -> String {
        if !self.color {
            return word.to_owned();
        }
        let style = Style::new().bold().fg_color(Some(color.into()));
        format!("{}{word}{}", style.render(), style.render_reset())
    }
}

/// Message with escapes in place of control characters other than line breaks and tabs: names that come from a file must
/// not reach the terminal as commands.
pub(crate) fn printable(message: &str) -> Cow<'_, str> {
    let is_printable = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    if message.chars().all(is_printable) {
        return Cow::Borrowed(message);
    }
    let mut escaped = String::with_capacity(message.len());
    for letter in message.chars() {
        if is_printable(letter) { escaped.push(letter) } else { escaped.extend(letter.escape_default()) }
    }
    Cow::Owned(escaped)
}

impl Observer for Console {
    fn progress(&self, state: &ProgressState) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        match state.stage {
            ProgressStage::Started if self.draws_bars() => {
                steps.insert(state.id, self.bars.add(progress_bar::new(state)));
            }
            ProgressStage::Started | ProgressStage::Running => {
                if let Some(bar) = steps.get(&state.id) {
                    progress_bar::update(bar, state);
                }
            }
            ProgressStage::Finished | ProgressStage::Removed => {
                if let Some(bar) = steps.remove(&state.id) {
                    bar.finish_and_clear();
                    self.bars.remove(&bar);
                } else if state.stage == ProgressStage::Finished
                    && let Some(line) = progress_bar::line(state)
                {
                    self.note(line);
                }
            }
        }
    }

    fn note(&self, message: &str) {
        Self::note(self, message);
    }

    fn warn(&self, message: &str) {
        Self::warn(self, message);
    }

    fn is_cancelled(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_escapes_control_characters() {
        assert_eq!(printable("x.tsv, line 2:\tplain\n"), "x.tsv, line 2:\tplain\n");
        assert_eq!(printable("\0\u{1b}[2Jcell\r\u{85}"), "\\u{0}\\u{1b}[2Jcell\\r\\u{85}");
    }
}
