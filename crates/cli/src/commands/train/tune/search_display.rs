//! A bar for the trial that is trained.

use std::ops::ControlFlow;

use tatabox_model::TrainingEvent;

use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use tatabox::{Progress, Unit};

/// Shows the trials as they are trained, and stops them at the end of a rung and when the user wants.
pub(super) struct SearchDisplay<'a> {
    console: &'a Console,
    interrupt: Interrupt,
    stop_after_epoch: Option<usize>,
    /// Of any trials, since the program started.
    epochs_trained: usize,
    label: String,
    /// Epochs up to which the trial is trained, and those that it had behind it.
    epochs: usize,
    epochs_before: usize,
    windows_in_epoch: usize,
    bar: Option<Progress<'a>>,
}

impl<'a> SearchDisplay<'a> {
    pub(super) fn new(console: &'a Console, interrupt: Interrupt, stop_after_epoch: Option<usize>) -> Self {
        Self {
            console,
            interrupt,
            stop_after_epoch,
            epochs_trained: 0,
            label: String::new(),
            epochs: 0,
            epochs_before: 0,
            windows_in_epoch: 0,
            bar: None,
        }
    }

    /// A trial goes on up to `epochs` epochs.
    pub(super) fn start(&mut self, label: &str, epochs: usize) {
        label.clone_into(&mut self.label);
        self.epochs = epochs;
    }

    /// Takes an event; breaks at the end of the rung, and after Ctrl-C.
    pub(super) fn show(&mut self, event: TrainingEvent) -> ControlFlow<()> {
        let mut stops = false;
        match event {
            TrainingEvent::Started { train_genes, epochs_done, .. } => {
                (self.windows_in_epoch, self.epochs_before) = (train_genes, epochs_done);
                let windows = self.epochs.saturating_sub(epochs_done) * train_genes;
                self.bar = Some(Progress::start(self.console, self.label.clone(), Some(windows as u64), Unit::Windows));
            }
            TrainingEvent::Step { epoch, windows, loss, .. } => {
                let epochs_behind = epoch.saturating_sub(self.epochs_before + 1);
                if let Some(bar) = &mut self.bar {
                    bar.set((epochs_behind * self.windows_in_epoch + windows) as u64);
                    bar.set_message(format!("epoch {epoch}/{}, loss {loss:.4}", self.epochs));
                }
            }
            TrainingEvent::Epoch { record, .. } => {
                self.epochs_trained += 1;
                stops = record.epoch >= self.epochs;
            }
        }
        stops |= self.interrupt.is_wanted();
        stops |= self.stop_after_epoch.is_some_and(|last| self.epochs_trained >= last);
        if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Takes the bar away.
    pub(super) fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ColorChoice;
    use tatabox_model::EpochRecord;

    use super::*;

    fn record(epoch: usize) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson: 0.1, learning_rate: 0.001 }
    }

    #[test]
    fn a_trial_stops_at_the_end_of_its_rung_and_the_search_when_told_to() {
        let console = Console::new(ColorChoice::Never, true);
        let mut display = SearchDisplay::new(&console, Interrupt::default(), Some(3));
        display.start("trial 1", 2);
        let (first, second) = (record(1), record(2));
        assert!(display.show(TrainingEvent::Epoch { record: &first, best: &first }).is_continue());
        assert!(display.show(TrainingEvent::Epoch { record: &second, best: &first }).is_break(), "end of the rung");
        assert!(display.show(TrainingEvent::Epoch { record: &first, best: &first }).is_break(), "third epoch");
        let step = TrainingEvent::Step { epoch: 1, windows: 1, windows_in_epoch: 9, loss: 1.0 };
        assert!(display.show(step).is_break(), "the next trial does not begin");
    }
}
