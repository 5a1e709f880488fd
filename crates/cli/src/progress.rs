//! How far a long piece of work has come: a bar on a terminal, a line at the end elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::console::Console;

/// Work shorter than this gets no line of its own where there is no terminal.
const WORTH_A_LINE: Duration = Duration::from_secs(2);

/// One piece of work.
pub(crate) struct Progress {
    label: String,
    unit: Unit,
    bar: ProgressBar,
    console: Console,
    started: Instant,
    done: u64,
    begun_at: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Windows,
    Records,
    Bytes,
    Models,
    Figures,
    Steps,
}

impl Progress {
    /// Starts a bar over `total` units; without a total it only counts.
    pub(crate) fn start(console: &Console, label: impl Into<String>, total: Option<u64>, unit: Unit) -> Self {
        let label = label.into();
        let bar = if console.draws_bars() {
            let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
            console.bars().add(bar.with_style(style(total.is_some(), unit)).with_prefix(label.clone()))
        } else {
            ProgressBar::hidden()
        };
        Self { label, unit, bar, console: console.clone(), started: Instant::now(), done: 0, begun_at: 0 }
    }

    pub(crate) fn set(&mut self, done: u64) {
        self.done = done;
        self.bar.set_position(done);
    }

    /// Tells what an earlier run did, so that it does not count as the speed of this one.
    pub(crate) fn begin_at(&mut self, done: u64) {
        self.set(done);
        self.begun_at = done;
        self.bar.reset_eta();
    }

    /// Tells the total once it is known.
    pub(crate) fn set_total(&self, total: u64) {
        self.bar.set_length(total);
    }

    /// A word at the end of the bar, such as the loss.
    pub(crate) fn tell(&self, message: String) {
        self.bar.set_message(message);
    }

    /// Units a second so far.
    pub(crate) fn rate(&self) -> f64 {
        (self.done - self.begun_at) as f64 / self.started.elapsed().as_secs_f64().max(1e-9)
    }

    /// Takes the bar away without a word.
    pub(crate) fn clear(self) {
        self.bar.finish_and_clear();
        self.console.bars().remove(&self.bar);
    }

    /// Takes the bar away; where there was none to see, work that took long gets a line.
    pub(crate) fn finish(self) {
        let elapsed = self.started.elapsed();
        if !self.console.draws_bars() && elapsed >= WORTH_A_LINE {
            let amount = match self.unit {
                Unit::Bytes => format!("{}", indicatif::HumanBytes(self.done - self.begun_at)),
                counted => format!("{} {}", HumanCount(self.done), counted.name()),
            };
            self.console.note(format!("{}: {amount} in {:.0} s", self.label, elapsed.as_secs_f64()));
        }
        self.clear();
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Records => "records",
            Self::Bytes => "bytes",
            Self::Models => "models",
            Self::Figures => "figures",
            Self::Steps => "steps",
        }
    }
}

fn style(has_total: bool, unit: Unit) -> ProgressStyle {
    let name = unit.name();
    let template = match (has_total, unit) {
        (true, Unit::Bytes) => {
            "{prefix} [{bar:28}] {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left  {msg}".to_owned()
        }
        (false, Unit::Bytes) => "{prefix} {spinner} {bytes}  {binary_bytes_per_sec}  {msg}".to_owned(),
        (true, _) => {
            format!("{{prefix}} [{{bar:28}}] {{human_pos}}/{{human_len}}  {{rate:>7}} {name}/s  {{eta}} left  {{msg}}")
        }
        (false, _) => format!("{{prefix}} {{spinner}} {{human_pos}}  {{rate:>7}} {name}/s  {{msg}}"),
    };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            // Writing to the line being drawn cannot fail.
            let _ = write!(out, "{:.0}", state.per_sec());
        })
        .progress_chars("=> ")
}
