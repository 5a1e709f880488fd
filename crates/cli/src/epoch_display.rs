//! A bar an epoch, and a line when it is over.

use std::ops::ControlFlow;
use std::time::Instant;

use indicatif::{HumanCount, HumanDuration};
use tatabox_model::{EpochRecord, MemberEvent, TrainingEvent};

use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use tatabox::{Progress, Unit};

/// Shows training as it goes on, and stops it when the user wants.
pub(crate) struct EpochDisplay<'a> {
    console: &'a Console,
    interrupt: Interrupt,
    epochs: usize,
    stop_after_epoch: Option<usize>,
    /// Which member of an ensemble trains, before every line.
    member: String,
    bar: Option<Progress<'a>>,
    started: Instant,
    epochs_before: usize,
    windows_in_epoch: u64,
    windows_per_s: f64,
}

impl<'a> EpochDisplay<'a> {
    pub(crate) fn new(
        console: &'a Console,
        interrupt: Interrupt,
        epochs: usize,
        stop_after_epoch: Option<usize>,
    ) -> Self {
        Self {
            console,
            interrupt,
            epochs,
            stop_after_epoch,
            member: String::new(),
            bar: None,
            started: Instant::now(),
            epochs_before: 0,
            windows_in_epoch: 0,
            windows_per_s: 0.0,
        }
    }

    /// Takes an event; breaks after Ctrl-C.
    pub(crate) fn show(&mut self, event: TrainingEvent) -> ControlFlow<()> {
        let mut stops = self.interrupt.is_wanted();
        match event {
            TrainingEvent::Started { train_genes, validation_genes, parameters, epochs_done } => {
                self.started = Instant::now();
                self.epochs_before = epochs_done;
                self.windows_in_epoch = train_genes as u64;
                let resumed = if epochs_done > 0 { format!(", after {epochs_done} epochs") } else { String::new() };
                self.console.note(format!(
                    "training {} weights on {} genes, validating on {}{resumed}",
                    HumanCount(parameters as u64),
                    HumanCount(train_genes as u64),
                    HumanCount(validation_genes as u64)
                ));
                self.start_epoch(epochs_done + 1);
            }
            TrainingEvent::Step { windows, windows_in_epoch, loss, .. } => {
                if let Some(bar) = &mut self.bar {
                    bar.set(windows as u64);
                    let now = if windows == windows_in_epoch { ", validating" } else { "" };
                    bar.set_message(format!("loss {loss:.4}{now}"));
                    self.windows_per_s = bar.rate();
                }
            }
            TrainingEvent::Epoch { record, best } => {
                self.close();
                self.console.note(self.line(record, best));
                stops |= self.stop_after_epoch.is_some_and(|last| record.epoch >= last);
                if !stops && record.epoch < self.epochs {
                    self.start_epoch(record.epoch + 1);
                }
            }
        }
        if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Takes an event of an ensemble; breaks after Ctrl-C.
    pub(crate) fn show_member(&mut self, event: MemberEvent) -> ControlFlow<()> {
        let MemberEvent { member, members, seed, event } = event;
        if let TrainingEvent::Started { .. } = event {
            self.member = format!("member {member}/{members}, ");
            self.console.note(format!("member {member} of {members}, seed {seed}"));
        }
        self.show(event)
    }

    /// Takes the bar away.
    pub(crate) fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.clear();
        }
    }

    fn start_epoch(&mut self, epoch: usize) {
        let label = format!("{}epoch {epoch}/{}", self.member, self.epochs);
        self.bar = Some(Progress::start(self.console, label, Some(self.windows_in_epoch), Unit::Windows));
    }

    fn line(&self, record: &EpochRecord, best: &EpochRecord) -> String {
        let epochs_run = record.epoch.saturating_sub(self.epochs_before).max(1);
        let epochs_left = self.epochs.saturating_sub(record.epoch) as u32;
        let left = if epochs_left > 0 {
            let left = self.started.elapsed() / epochs_run as u32 * epochs_left;
            format!(", at most {} left", HumanDuration(left))
        } else {
            String::new()
        };
        let is_best = if best.epoch == record.epoch {
            ", the best so far".to_owned()
        } else {
            format!(", best {:.4} in epoch {}", best.validation_pearson, best.epoch)
        };
        format!(
            "{}epoch {:>2}/{}: loss {:.4}, validation loss {:.4}, validation Pearson {:.4}{is_best}; {:.0} windows/s{left}",
            self.member,
            record.epoch,
            self.epochs,
            record.train_loss,
            record.validation_loss,
            record.validation_pearson,
            self.windows_per_s,
        )
    }
}

#[cfg(test)]
mod tests {
    use clap::ColorChoice;

    use super::*;

    fn record(epoch: usize, validation_pearson: f64) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson, learning_rate: 0.001 }
    }

    #[test]
    fn training_goes_on_until_the_epoch_to_stop_after() {
        let console = Console::new(ColorChoice::Never, true);
        let mut display = EpochDisplay::new(&console, Interrupt::default(), 3, Some(2));
        let (first, second) = (record(1, 0.1), record(2, 0.2));
        assert!(display.show(TrainingEvent::Epoch { record: &first, best: &first }).is_continue());
        assert!(display.show(TrainingEvent::Epoch { record: &second, best: &second }).is_break());
    }

    #[test]
    fn a_line_tells_the_best_epoch() {
        let console = Console::new(ColorChoice::Never, true);
        let display = EpochDisplay::new(&console, Interrupt::default(), 3, None);
        assert!(display.line(&record(2, 0.25), &record(1, 0.5)).contains("0.2500, best 0.5000 in epoch 1;"));
        assert!(display.line(&record(2, 0.5), &record(2, 0.5)).contains("the best so far"));
    }

    #[test]
    fn lines_of_an_ensemble_tell_the_member() {
        let mut display = EpochDisplay::new(&Console::new(ColorChoice::Never, true), Interrupt::default(), 3, None);
        let event = TrainingEvent::Started { train_genes: 9, validation_genes: 8, parameters: 7, epochs_done: 0 };
        assert!(display.show_member(MemberEvent { member: 2, members: 5, seed: 7, event }).is_continue());
        let line = display.line(&record(2, 0.5), &record(2, 0.5));
        assert!(line.starts_with("member 2/5, epoch  2/3: loss"), "{line}");
    }
}
