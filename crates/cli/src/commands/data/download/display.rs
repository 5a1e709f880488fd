//! Progress of a download: bars for transfer and checksum, and lines for interruptions.

use indicatif::HumanBytes;
use tatabox_download::Event;

use crate::terminal::console::Console;
use tatabox::{Progress, Unit};

/// Progress of one file.
pub(super) struct TransferDisplay<'a> {
    console: &'a Console,
    name: &'a str,
    bar: Option<(Stage, Progress<'a>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Transfer,
    Check,
}

impl<'a> TransferDisplay<'a> {
    pub(super) fn new(console: &'a Console, name: &'a str) -> Self {
        Self { console, name, bar: None }
    }

    pub(super) fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::Transfer { bytes, total_bytes, .. } => self.advance(Stage::Transfer, *bytes, *total_bytes),
            Event::Check { bytes, total_bytes } => self.advance(Stage::Check, *bytes, Some(*total_bytes)),
            Event::Restart { bytes } => {
                self.clear();
                let partial = HumanBytes(*bytes);
                self.console.note(format!("{}: the partial file ({partial}) cannot be resumed; restarting", self.name));
            }
            Event::Pause { error, pause } => {
                self.clear();
                let when = if pause.is_zero() {
                    "restarting".to_owned()
                } else {
                    format!("retrying in {:.0} s", pause.as_secs_f64().ceil())
                };
                self.console.note(format!("{}: {error}; {when}", self.name));
            }
            Event::NextUrl { error } => {
                self.clear();
                self.console.note(format!("{}: {error}; trying the next address", self.name));
            }
            _ => {}
        }
    }

    pub(super) fn finish(&mut self) {
        if let Some((_, bar)) = self.bar.take() {
            bar.finish();
        }
    }

    fn advance(&mut self, stage: Stage, bytes: u64, total_bytes: Option<u64>) {
        if self.bar.as_ref().is_none_or(|(shown, _)| *shown != stage) {
            self.finish();
            let label = match stage {
                Stage::Transfer => self.name.to_owned(),
                Stage::Check => format!("{}: checksum", self.name),
            };
            let mut bar = Progress::start(self.console, label, total_bytes, Unit::Bytes);
            bar.resume_at(bytes);
            self.bar = Some((stage, bar));
        }
        if let Some((_, bar)) = &mut self.bar {
            bar.set(bytes);
        }
    }

    fn clear(&mut self) {
        if let Some((_, bar)) = self.bar.take() {
            bar.clear();
        }
    }
}
