//! What goes to stderr: notes, warnings, errors and the bars between them.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::ColorChoice;
use clap::builder::styling::{AnsiColor, Style};
use indicatif::MultiProgress;

use crate::failure;

/// Stderr, as far as the user wants to see it.
#[derive(Clone)]
pub(crate) struct Console {
    quiet: bool,
    terminal: bool,
    color: bool,
    bars: MultiProgress,
}

impl Console {
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { quiet, terminal, color, bars: MultiProgress::new() }
    }

    /// Whether bars are drawn.
    pub(crate) fn draws_bars(&self) -> bool {
        self.terminal && !self.quiet
    }

    pub(crate) fn color(&self) -> bool {
        self.color
    }

    /// The bars on the screen; new ones are added here.
    pub(crate) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Something worth knowing; not with `--quiet`.
    pub(crate) fn note(&self, message: impl Display) {
        if !self.quiet {
            self.line(&message.to_string());
        }
    }

    /// Something the user has to know to read the results rightly.
    pub(crate) fn warn(&self, message: impl Display) {
        self.line(&format!("{} {message}", self.painted("warning:", AnsiColor::Yellow)));
    }

    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.line(&format!("{} {}", self.painted("error:", AnsiColor::Red), failure::in_one_line(error)));
    }

    /// A line above the bars. There is nobody left to tell if stderr is closed.
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
